// What a FakeCenter does with work: arrive, offer, accept, wrap up, transfer. One function a step; each commits one change.
import type { Schemas } from '@carillon/contract';
import { newTask, pushMessage } from './arrive';
import type { FakeCenter, Mutable } from './center';
import type { Draft } from './drafts';
import { messageEvent, reservationEvent, taskEvent, workerEvent } from './drafts';

type Task = Mutable<Schemas['Task']>;
type Reservation = Mutable<Schemas['Reservation']>;
type Worker = Mutable<Schemas['Worker']>;
// A sliver of the expression language: terms joined by AND.
export function eligible(expression: string, attributes: Readonly<Record<string, unknown>>): boolean {
  if (expression.trim() === '') return true;
  return expression.split(/\s+AND\s+/i).every((term) => {
    const [, key = '', op = '', raw = ''] = /^\s*(\w+)\s*(HAS|==|>=)\s*(.+?)\s*$/i.exec(term) ?? [];
    const want = raw.startsWith("'") || raw.startsWith('"') ? raw.slice(1, -1) : Number(raw);
    const have = attributes[key];
    if (op.toUpperCase() === 'HAS') return Array.isArray(have) && have.includes(want);
    return op === '==' ? have === want : typeof have === 'number' && have >= Number(want);
  });
}

const kLive = ['pending', 'accepted', 'suspended', 'wrapping'];

// What follows from a worker's activity, connection and reservations.
export function refreshWorker(center: FakeCenter, worker: Worker): void {
  const mine = [...center.tables.reservation.values()].filter(
    (r) => r.worker_sid === worker.sid && kLive.includes(r.status),
  );
  const cost = (r: Reservation) => center.tables['task-channel'].get(r.task_channel_sid)?.cost ?? 0;
  worker.version += 1;
  worker.held_capacity = mine.filter((r) => r.status !== 'suspended').reduce((sum, r) => sum + cost(r), 0);
  worker.assignments = mine.map((r) => ({
    reservation_sid: r.sid,
    reservation_status: r.status,
    task_sid: r.task_sid,
    task_channel_unique_name: r.task_channel_unique_name,
    task_queue_sid: r.task_queue_sid,
    contact_sid: r.contact_sid,
    since: r.accepted_at ?? r.created_at,
  }));
  const activity = center.tables.activity.get(worker.activity_sid);
  worker.activity_name = activity?.friendly_name ?? '';
  worker.activity_class = activity?.activity_class ?? 'system';
  worker.available =
    worker.activity_class === 'available' &&
    !worker.pending_activity &&
    (worker.connected || !worker.requires_connection);
  for (const channel of worker.channels) {
    const own = mine.filter((r) => r.task_channel_sid === channel.task_channel_sid);
    const each = center.tables['task-channel'].get(channel.task_channel_sid)?.cost ?? 100;
    channel.assigned_tasks = own.filter((r) => r.status !== 'pending').length;
    channel.reserved_tasks = own.filter((r) => r.status === 'pending').length;
    channel.available_capacity =
      each > 0 ? Math.max(0, Math.floor((worker.total_capacity - worker.held_capacity) / each)) : 99;
    channel.available_capacity_percentage = Math.max(0, 100 - worker.held_capacity);
  }
}

export function offer(center: FakeCenter, task: Task, worker: Worker, seconds = 25): Reservation {
  const reservation: Reservation = {
    sid: center.newSid('reservation'),
    workspace_sid: center.workspace.sid,
    version: 1,
    status: 'pending',
    reason: null,
    task_sid: task.sid,
    worker_sid: worker.sid,
    worker_friendly_name: worker.friendly_name,
    task_queue_sid: task.task_queue_sid,
    task_channel_sid: task.task_channel_sid,
    task_channel_unique_name: task.task_channel_unique_name,
    contact_sid: task.contact_sid,
    created_at: center.time(),
    expires_at: center.time(center.now() + seconds * 1000),
    auto_accept: false,
    accepted_at: null,
    interrupts: [],
    interrupted_by_sid: null,
    suspended_at: null,
    suspended_s: 0,
    suspended_until: null,
    wrap_up: null,
    disposition_sid: null,
    ended_at: null,
  };
  center.tables.reservation.set(reservation.sid, reservation);
  task.status = 'reserved';
  task.version += 1;
  refreshWorker(center, worker);
  center.commit([
    reservationEvent('reservation.created', reservation, task),
    workerEvent('worker.capacity.update', worker),
  ]);
  return reservation;
}

// Offers what waits to whoever is free, oldest first.
export function offerWaiting(center: FakeCenter): void {
  const waiting = [...center.tables.task.values()]
    .filter((t) => t.status === 'pending')
    .sort((a, b) => b.priority - a.priority || a.virtual_start_time.localeCompare(b.virtual_start_time));
  for (const task of waiting) {
    const queue = task.task_queue_sid ? center.tables['task-queue'].get(task.task_queue_sid) : undefined;
    const worker = [...center.tables.worker.values()]
      .filter((w) =>
        task.direct_worker_sid ? w.sid === task.direct_worker_sid : queue && eligible(queue.expression, w.attributes),
      )
      .filter(
        (w) =>
          w.available &&
          !w.channels.some(
            (c) => c.task_channel_sid === task.task_channel_sid && (c.not_responding_since || c.available_capacity < 1),
          ),
      )
      .sort((a, b) => a.held_capacity - b.held_capacity)[0];
    if (worker) offer(center, task, worker);
  }
}

export function accept(center: FakeCenter, reservation: Reservation): void {
  const { task, worker } = partsOf(center, reservation);
  const at = center.time();
  Object.assign(reservation, { status: 'accepted', accepted_at: at, version: reservation.version + 1 });
  Object.assign(task, {
    status: 'assigned',
    worker_sid: worker.sid,
    worker_friendly_name: worker.friendly_name,
    reservation_sid: reservation.sid,
    assigned_at: at,
    version: task.version + 1,
  });
  for (const channel of worker.channels) channel.not_responding_since = null;
  const events = [reservationEvent('reservation.accepted', reservation, task)];
  const contact = task.contact_sid ? center.tables.contact.get(task.contact_sid) : undefined;
  if (contact) {
    contact.worker_sids = [...contact.worker_sids, worker.sid];
    events.push({
      type: 'contact.updated',
      payload: { contact: structuredClone(contact) },
      resource_sid: contact.sid,
      about: { contact_sid: contact.sid },
    } as Draft);
  }
  if (task.conversation_sid) {
    events.push(
      messageEvent(
        pushMessage(center, task.conversation_sid, task.contact_sid, 'system', '', `${worker.friendly_name} joined`),
      ),
    );
  }
  refreshWorker(center, worker);
  events.push(workerEvent('worker.capacity.update', worker));
  center.commit(events);
  // The target of a transfer to a worker has answered: the first segment is over.
  const first = task.transferred_from_sid ? center.tables.task.get(task.transferred_from_sid) : undefined;
  if (first?.status === 'assigned') wrapUp(center, first, 'transferred');
}

export function endOffer(
  center: FakeCenter,
  reservation: Reservation,
  status: 'rejected' | 'timeout' | 'rescinded',
  reason: Schemas['ReasonCode'],
): void {
  const { task, worker } = partsOf(center, reservation);
  Object.assign(reservation, { status, reason, ended_at: center.time(), version: reservation.version + 1 });
  const direct = task.task_queue_sid === null && status !== 'rescinded';
  Object.assign(task, {
    status: direct ? 'canceled' : 'pending',
    reason,
    version: task.version + 1,
    ended_at: direct ? center.time() : null,
  });
  if (reason === 'missed') {
    for (const c of worker.channels)
      if (c.task_channel_sid === task.task_channel_sid) c.not_responding_since = center.time();
  }
  refreshWorker(center, worker);
  center.commit([
    reservationEvent(`reservation.${status}`, reservation, task),
    ...(direct ? [taskEvent('task.canceled', task)] : []),
    workerEvent(reason === 'missed' ? 'worker.not-responding' : 'worker.capacity.update', worker),
  ]);
}

export function wrapUp(center: FakeCenter, task: Task, reason: Schemas['ReasonCode'], seconds = 60): void {
  const reservation = task.reservation_sid ? center.tables.reservation.get(task.reservation_sid) : undefined;
  if (!reservation) return;
  const { worker } = partsOf(center, reservation);
  const wrap = {
    mode: 'timed' as const,
    since: center.time(),
    expires_at: center.time(center.now() + seconds * 1000),
    overdue: false,
    extensions_used: 0,
    extensions_left: 2,
  };
  Object.assign(task, { status: 'wrapping', reason, wrap_up: wrap, version: task.version + 1 });
  Object.assign(reservation, { status: 'wrapping', reason, wrap_up: wrap, version: reservation.version + 1 });
  refreshWorker(center, worker);
  center.commit([
    reservationEvent('reservation.wrapup', reservation, task),
    taskEvent('task.wrapup', task),
    workerEvent('worker.capacity.update', worker),
  ]);
}

export function complete(center: FakeCenter, task: Task, disposition: string | null): void {
  const reservation = task.reservation_sid ? center.tables.reservation.get(task.reservation_sid) : undefined;
  const at = center.time();
  Object.assign(task, {
    status: 'completed',
    wrap_up: null,
    ended_at: at,
    disposition_sid: disposition ?? task.disposition_sid,
    version: task.version + 1,
  });
  const events: Draft[] = [taskEvent('task.completed', task)];
  if (reservation) {
    const { worker } = partsOf(center, reservation);
    Object.assign(reservation, {
      status: 'completed',
      wrap_up: null,
      ended_at: at,
      disposition_sid: task.disposition_sid,
      version: reservation.version + 1,
    });
    if (
      worker.pending_activity &&
      ![...center.tables.reservation.values()].some((r) => r.worker_sid === worker.sid && kLive.includes(r.status))
    ) {
      Object.assign(worker, {
        activity_sid: worker.pending_activity.activity_sid,
        activity_since: at,
        pending_activity: null,
      });
    }
    refreshWorker(center, worker);
    events.push(
      reservationEvent('reservation.completed', reservation, task),
      workerEvent('worker.activity.update', worker),
    );
  }
  const contact = task.contact_sid ? center.tables.contact.get(task.contact_sid) : undefined;
  const more = [...center.tables.task.values()].some(
    (t) => t.contact_sid === task.contact_sid && !['completed', 'canceled'].includes(t.status),
  );
  if (contact && !more) events.push(...endContact(center, contact));
  center.commit(events);
}

function endContact(center: FakeCenter, contact: Mutable<Schemas['Contact']>): Draft[] {
  Object.assign(contact, {
    status: 'ended',
    ended_at: center.time(),
    version: contact.version + 1,
    customer_ended_at: contact.customer_ended_at ?? center.time(),
  });
  const conversation = center.tables.conversation.get(contact.conversation_sid);
  if (conversation)
    Object.assign(conversation, { status: 'closed', closed_at: center.time(), version: conversation.version + 1 });
  return [
    {
      type: 'contact.ended',
      payload: { contact: structuredClone(contact) },
      resource_sid: contact.sid,
      about: { contact_sid: contact.sid },
    } as Draft,
    {
      type: 'conversation.closed',
      payload: { conversation: structuredClone(conversation) },
      resource_sid: contact.conversation_sid,
      about: { contact_sid: contact.sid },
    } as Draft,
  ];
}

// The customer closes the window, or somebody ends the talk: their tasks go to wrap-up.
export function endCustomerSide(center: FakeCenter, contactSid: string, reason: Schemas['ReasonCode']): void {
  const contact = center.tables.contact.get(contactSid);
  if (!contact || contact.customer_ended_at) return;
  Object.assign(contact, {
    customer_ended_at: center.time(),
    customer_connected: false,
    reason,
    version: contact.version + 1,
  });
  const ended = pushMessage(
    center,
    contact.conversation_sid,
    contact.sid,
    'system',
    '',
    reason === 'customer_left' ? 'The customer left' : 'The conversation was ended',
  );
  center.commit([
    {
      type: 'contact.updated',
      payload: { contact: structuredClone(contact) },
      resource_sid: contact.sid,
      about: { contact_sid: contact.sid },
    } as Draft,
    messageEvent(ended),
  ]);
  for (const task of center.tables.task.values()) {
    if (task.contact_sid !== contactSid) continue;
    if (task.status === 'assigned') wrapUp(center, task, reason);
    else if (task.status === 'pending' || task.status === 'reserved') cancel(center, task, reason);
  }
}

export function cancel(center: FakeCenter, task: Task, reason: Schemas['ReasonCode']): void {
  const events: Draft[] = [];
  Object.assign(task, { status: 'canceled', reason, ended_at: center.time(), version: task.version + 1 });
  for (const r of center.tables.reservation.values()) {
    if (r.task_sid !== task.sid || !kLive.includes(r.status)) continue;
    const { worker } = partsOf(center, r);
    Object.assign(r, { status: 'canceled', reason, ended_at: center.time(), version: r.version + 1 });
    refreshWorker(center, worker);
    events.push(reservationEvent('reservation.canceled', r, task), workerEvent('worker.capacity.update', worker));
  }
  center.commit([...events, taskEvent('task.canceled', task)]);
}

export function move(center: FakeCenter, task: Task, queueSid: string): void {
  const queue = center.tables['task-queue'].get(queueSid);
  for (const r of center.tables.reservation.values()) {
    if (r.task_sid === task.sid && r.status === 'pending') endOffer(center, r, 'rescinded', 'moved');
  }
  Object.assign(task, {
    status: 'pending',
    reason: 'moved',
    task_queue_sid: queueSid,
    task_queue_friendly_name: queue?.friendly_name ?? null,
    worker_sid: null,
    version: task.version + 1,
  });
  center.commit([taskEvent('task-queue.moved', task)]);
}

export function transfer(center: FakeCenter, task: Task, to: { queue?: string; worker?: string }): Task {
  const made = newTask(center, {
    queue: to.queue ?? null,
    contact: task.contact_sid,
    conversation: task.conversation_sid,
    customer: task.customer_sid,
    at: center.time(),
    attributes: structuredClone(task.attributes) as Record<string, unknown>,
    priority: task.priority,
    from: task.sid,
    boost: 60,
    ...(to.worker ? { worker: to.worker } : {}),
  });
  center.commit([
    taskEvent('task.transfer-initiated', task, { new_task_sid: made.sid }),
    taskEvent('task.created', made),
  ]);
  if (to.queue) wrapUp(center, task, 'transferred');
  return made;
}

// What has become due: offers nobody took, wrap-up that is over.
export function tick(center: FakeCenter): void {
  const now = center.now();
  for (const r of [...center.tables.reservation.values()]) {
    if (r.status === 'pending' && r.expires_at && Date.parse(r.expires_at) <= now)
      endOffer(center, r, 'timeout', 'missed');
    const task = center.tables.task.get(r.task_sid);
    if (r.status === 'wrapping' && task && r.wrap_up?.expires_at && Date.parse(r.wrap_up.expires_at) <= now)
      complete(center, task, null);
  }
  offerWaiting(center);
}

export function partsOf(center: FakeCenter, reservation: Reservation): { task: Task; worker: Worker } {
  const task = center.tables.task.get(reservation.task_sid);
  const worker = center.tables.worker.get(reservation.worker_sid);
  if (!task || !worker) throw new Error('the fake lost a task or a worker');
  return { task, worker };
}
