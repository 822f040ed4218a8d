// reduce: the one place where what the server says becomes what the tab knows. Pure: the same inputs give the same state, so any
// evening of a contact center can be replayed in a test.
import type { Snapshot } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import type { Event, Input, Live, Reservation, Table, Task } from './live';
import { emptyLive } from './live';
import { noticeOf } from './notices';
import { mergeMessages, reduceThread, reduceThreads } from './threads';

const kMostNotices = 20;

// now: the page's clock, milliseconds.
export function reduce(live: Live, input: Input, now: number): Live {
  switch (input.type) {
    case 'frame':
      return reduceFrame(live, input.frame, now);
    case 'connection':
      return { ...live, connection: input.connection };
    case 'signed-out':
      return emptyLive();
    case 'notice-said':
      return { ...live, notices: live.notices.filter((n) => n.id !== input.id) };
    default:
      return reduceThread(live, input);
  }
}

function reduceFrame(live: Live, frame: Extract<Input, { type: 'frame' }>['frame'], now: number): Live {
  switch (frame.type) {
    case 'hello':
      return { ...live, workerSid: frame.worker_sid, skewMs: Date.parse(frame.at) - now };
    case 'ping':
      return { ...live, skewMs: smooth(live.skewMs, Date.parse(frame.at) - now) };
    case 'snapshot':
      return fromSnapshot(live, frame);
    case 'events':
      return frame.events.reduce((state, event) => reduceEvent(state, event), { ...live, position: frame.position });
    case 'numbers':
      return { ...live, numbers: reduceNumbers(live, frame) };
    case 'typing':
      return reduceThreads(live, frame.conversation_sid, (thread) =>
        frame.who.type !== 'customer'
          ? thread
          : { ...thread, typing: frame.typing ? { name: frame.who.display_name, until: now + 6500 } : null },
      );
    // The phone's own.
    case 'phone.connected':
    case 'phone.failed':
    case 'phone.replaced':
    case 'error':
      return live;
  }
}

// A late ping says less about the clock than an early one; the difference only creeps.
function smooth(before: number, measured: number): number {
  return Math.abs(measured - before) > 5000 ? measured : before + (measured - before) / 8;
}

function reduceNumbers(live: Live, frame: Schemas['NumbersFrame']): Live['numbers'] {
  const { numbers } = live;
  const queues = frame.task_queues;
  return {
    workspace: frame.workspace ?? numbers.workspace,
    worker: frame.worker ?? numbers.worker,
    queues: queues ? { ...numbers.queues, ...tableOf(queues, (queue) => queue.task_queue_sid) } : numbers.queues,
  };
}

function fromSnapshot(live: Live, snapshot: Snapshot): Live {
  const bySid = <T extends { readonly sid: string }>(items: readonly T[]) => tableOf(items, (item) => item.sid);
  // What was said in between is not in a snapshot: every open thread has to be read again.
  const threads = Object.fromEntries(Object.entries(live.threads).map(([sid, t]) => [sid, { ...t, loaded: false }]));
  return {
    ...live,
    position: snapshot.position,
    ready: true,
    activities: bySid(snapshot.activity),
    taskChannels: bySid(snapshot['task-channel']),
    taskQueues: bySid(snapshot['task-queue']),
    workflows: bySid(snapshot.workflow),
    workers: bySid(snapshot.worker),
    tasks: bySid(snapshot.task),
    reservations: bySid(snapshot.reservation),
    conversations: bySid(snapshot.conversation),
    contacts: bySid(snapshot.contact),
    calls: bySid(snapshot.call),
    threads,
  };
}

function reduceEvent(live: Live, event: Event): Live {
  const notice = noticeOf(live, event);
  let next = applyEvent(live, event);
  if (notice) {
    const id = next.noticesSoFar + 1;
    next = { ...next, noticesSoFar: id, notices: [...next.notices, { id, ...notice }].slice(-kMostNotices) };
  }
  return next;
}

function applyEvent(live: Live, event: Event): Live {
  const { payload } = event;
  if ('reservation' in payload && payload.reservation) {
    const tasks = putTask(live.tasks, payload.task);
    return { ...live, tasks, reservations: putReservation(live.reservations, payload.reservation) };
  }
  if ('message' in payload) return reduceMessage(live, event.type, payload);
  if ('conversation' in payload) {
    const { conversation } = payload;
    const conversations =
      conversation.status === 'closed'
        ? without(live.conversations, conversation.sid)
        : put(live.conversations, conversation);
    return { ...live, conversations };
  }
  if ('contact' in payload) {
    const { contact } = payload;
    return {
      ...live,
      contacts: contact.status === 'ended' ? without(live.contacts, contact.sid) : put(live.contacts, contact),
    };
  }
  if ('call' in payload) {
    const { call } = payload;
    return { ...live, calls: call.status === 'ended' ? without(live.calls, call.sid) : put(live.calls, call) };
  }
  if ('alert' in payload || 'number' in payload) return live;
  if ('worker' in payload) {
    const gone = event.type === 'worker.deleted';
    return { ...live, workers: gone ? without(live.workers, payload.worker.sid) : put(live.workers, payload.worker) };
  }
  if ('task' in payload && payload.task) return { ...live, tasks: putTask(live.tasks, payload.task) };
  return applyConfiguration(live, event.type, payload as Schemas['ConfigurationEventPayload']);
}

function applyConfiguration(live: Live, type: string, payload: Schemas['ConfigurationEventPayload']): Live {
  const gone = type.endsWith('.deleted');
  const change = <T extends { readonly sid: string }>(table: Table<T>, item: T) =>
    gone ? without(table, item.sid) : put(table, item);
  if (payload.workspace) return { ...live, workspace: payload.workspace };
  if (payload.activity) return { ...live, activities: change(live.activities, payload.activity) };
  if (payload.task_channel) return { ...live, taskChannels: change(live.taskChannels, payload.task_channel) };
  if (payload.task_queue) return { ...live, taskQueues: change(live.taskQueues, payload.task_queue) };
  if (payload.workflow) return { ...live, workflows: change(live.workflows, payload.workflow) };
  return live;
}

function reduceMessage(live: Live, type: string, payload: Schemas['MessageEventPayload']): Live {
  const { message, reader } = payload;
  return reduceThreads(live, message.conversation_sid, (thread) => {
    if (type === 'message.read') {
      const index = message.index;
      if (reader?.type === 'worker') return { ...thread, readByWorker: Math.max(thread.readByWorker, index) };
      if (reader?.type === 'customer') return { ...thread, readByCustomer: Math.max(thread.readByCustomer, index) };
      return thread;
    }
    return {
      ...thread,
      messages: mergeMessages(thread.messages, [message]),
      outgoing: thread.outgoing.filter((o) => o.client_message_id !== message.client_message_id),
      typing: message.author.type === 'customer' ? null : thread.typing,
    };
  });
}

export function tableOf<T>(items: readonly T[], key: (item: T) => string): Table<T> {
  return Object.fromEntries(items.map((item) => [key(item), item]));
}

function put<T extends { readonly sid: string }>(table: Table<T>, item: T): Table<T> {
  return { ...table, [item.sid]: item };
}

function without<T>(table: Table<T>, sid: string): Table<T> {
  if (!(sid in table)) return table;
  const { [sid]: _, ...rest } = table;
  return rest;
}

function putTask(table: Table<Task>, task: Task): Table<Task> {
  return task.status === 'completed' || task.status === 'canceled' ? without(table, task.sid) : put(table, task);
}

const kLive = new Set<Reservation['status']>(['pending', 'accepted', 'suspended', 'wrapping']);

function putReservation(table: Table<Reservation>, reservation: Reservation): Table<Reservation> {
  return kLive.has(reservation.status) ? put(table, reservation) : without(table, reservation.sid);
}
