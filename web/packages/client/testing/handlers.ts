// Handlers of a FakeCenter's API: sessions, work, conversations, history.
import type { Schemas } from '@carillon/contract';
import type { Context, Reply, Routes } from './api';
import { find, match, ok, page, refuse, rows } from './api';
import type { FakeCenter, Mutable } from './center';
import { kConfiguration } from './configuration';
import { kNoWorker, queueNow, workspaceNow } from './numbers';
import { pushMessage } from './arrive';
import { messageEvent, reservationEvent, taskEvent, workerEvent } from './drafts';
import {
  accept,
  cancel,
  complete,
  endCustomerSide,
  endOffer,
  move,
  offerWaiting,
  refreshWorker,
  transfer,
} from './routing';
import { whyIdle, whyTask } from './why';

export { kConfiguration };

function meOf(center: FakeCenter, sessionId: string): Schemas['Me'] {
  const who = center.who(sessionId);
  if (!who) refuse(401, 'session_expired', 'The sign-in has ended. Sign in again.');
  const memberships = [...center.tables.membership.values()].filter((m) => m.user_sid === who.user.sid);
  return {
    principal: 'user',
    user: who.user,
    api_key_sid: null,
    scopes: [],
    role: who.role,
    instance_admin: false,
    memberships: memberships as Schemas['Membership'][],
    workspace: center.workspace as Schemas['Workspace'],
    worker: who.worker,
    session_id: sessionId,
    csrf_token: center.signedIn.get(sessionId)?.csrf_token ?? null,
    expires_at: center.time(center.now() + 8 * 3600_000),
  };
}

export function signIn(center: FakeCenter, username: string): Schemas['SignIn'] {
  const user = [...center.tables.user.values()].find((u) => u.username === username);
  if (!user) refuse(401, 'bad_credentials', 'Name or password is wrong.');
  const session_id = center.newSid('sign_in');
  center.signedIn.set(session_id, { session_id, csrf_token: `csrf-${session_id}`, user: user.sid });
  const worker = [...center.tables.worker.values()].find((w) => w.user_sid === user.sid);
  if (worker) {
    worker.connected = true;
    refreshWorker(center, worker);
  }
  const me = meOf(center, session_id);
  return { session_id, csrf_token: me.csrf_token ?? '', expires_at: me.expires_at ?? '', me };
}

function own(context: Context, workerSid: string): Mutable<Schemas['Worker']> {
  const worker = find(context.center, 'worker', workerSid);
  if (context.me.role === 'agent' && context.me.worker?.sid !== workerSid) {
    refuse(403, 'forbidden', 'An agent may change only their own activity.');
  }
  return worker;
}

function changed(center: FakeCenter, worker: Mutable<Schemas['Worker']>, type: string): Reply {
  refreshWorker(center, worker);
  center.commit([workerEvent(type, worker)]);
  offerWaiting(center);
  return ok(worker, 200, worker.version);
}

function liveReservation(context: Context, status: Schemas['ReservationStatus']): Mutable<Schemas['Reservation']> {
  const reservation = find(context.center, 'reservation', context.sid);
  if (reservation.status !== status) refuse(409, 'state_forbids', `The offer is ${reservation.status}, not ${status}.`);
  return reservation;
}

function conversationDetail(center: FakeCenter, sid: string): Schemas['ConversationDetail'] {
  const conversation = find(center, 'conversation', sid);
  const messages = center.messages.get(sid) ?? [];
  const customer = conversation.customer_sid ? center.tables.customer.get(conversation.customer_sid) : undefined;
  const reads = center.reads.get(sid) ?? { worker: 0, customer: 0 };
  return {
    conversation: conversation as Schemas['Conversation'],
    customer_display_name: customer?.display_name ?? null,
    open_contacts: [...center.tables.contact.values()].filter(
      (c) => c.conversation_sid === sid && c.status === 'open',
    ) as Schemas['Contact'][],
    message_count: messages.length,
    last_message: (messages.at(-1) as Schemas['Message'] | undefined) ?? null,
    read_index_by_worker: reads.worker,
    read_index_by_customer: reads.customer,
  };
}

function postMessage({ center, call, sid, me }: Context): Reply {
  find(center, 'conversation', sid);
  const body = call.body as Schemas['CreateMessage'];
  const known = (center.messages.get(sid) ?? []).find(
    (m) => m.client_message_id && m.client_message_id === body.client_message_id,
  );
  if (known) return ok(known, 201);
  const contact = [...center.tables.contact.values()].find((c) => c.conversation_sid === sid && c.status === 'open');
  if (!contact && !body.internal) refuse(409, 'state_forbids', 'The conversation is closed; nobody would read it.');
  const message = pushMessage(
    center,
    sid,
    contact?.sid ?? null,
    'worker',
    me.worker?.friendly_name ?? me.user.display_name,
    body.text ?? '',
    {
      sid: me.worker?.sid ?? null,
      internal: body.internal ?? false,
      client: body.client_message_id ?? null,
    },
  );
  center.commit([messageEvent(message)]);
  return ok(message, 201);
}

function markRead({ center, call, sid }: Context): Reply {
  const { index } = call.body as Schemas['MarkRead'];
  const reads = center.reads.get(sid) ?? { worker: 0, customer: 0 };
  reads.worker = Math.max(reads.worker, index);
  center.reads.set(sid, reads);
  const message = center.messages.get(sid)?.[index - 1];
  if (message) {
    center.commit([
      {
        type: 'message.read',
        payload: { message, reader: { type: 'worker', sid: null, display_name: '' } },
        about: { conversation_sid: sid },
      } as never,
    ]);
  }
  return ok(conversationDetail(center, sid));
}

function today({ center, me }: Context): Reply {
  const agent = me.role === 'agent';
  return ok({
    date: center.time().slice(0, 10),
    time_zone: center.workspace.time_zone,
    from: `${center.time().slice(0, 10)}T00:00:00Z`,
    to: center.time(),
    position: center.position,
    workspace: agent ? null : workspaceNow(center).today,
    task_queues: agent
      ? []
      : rows(center, 'task-queue').map((q) => ({
          task_queue_sid: q.sid,
          friendly_name: q['friendly_name'],
          numbers: center.today[q.sid],
        })),
    workers: me.worker
      ? [
          {
            worker_sid: me.worker.sid,
            friendly_name: me.worker.friendly_name,
            numbers: center.workerNumbers ?? kNoWorker,
          },
        ]
      : [],
  });
}

function contacts({ center, call }: Context): Reply {
  const { query } = call;
  const q = (query.get('q') ?? '').toLowerCase();
  const buckets = query.getAll('bucket');
  const items = [...center.summaries.values()]
    .filter((s) => !q || (s.customer_display_name ?? '').toLowerCase().includes(q))
    .filter((s) => buckets.length === 0 || buckets.includes(s.bucket ?? ''))
    .filter((s) => !query.get('task_queue_sid') || s.task_queue_sid === query.get('task_queue_sid'))
    .filter((s) => !query.get('worker_sid') || s.worker_sid === query.get('worker_sid'))
    .filter((s) => !query.get('customer_sid') || s.contact.customer_sid === query.get('customer_sid'))
    .filter((s) => !query.get('disposition_sid') || s.disposition_sid === query.get('disposition_sid'))
    .filter(
      (s) => !query.get('within_service_level') || String(s.within_service_level) === query.get('within_service_level'),
    )
    .filter((s) => !query.get('created_from') || s.contact.created_at >= (query.get('created_from') ?? ''))
    .filter((s) => !query.get('created_to') || s.contact.created_at < (query.get('created_to') ?? ''))
    .sort((a, b) => b.contact.created_at.localeCompare(a.contact.created_at));
  return page(items, call);
}

function contactDetail({ center, sid }: Context): Reply {
  const summary = center.summaries.get(sid);
  if (!summary) refuse(404, 'not_found', `There is no contact ${sid}.`);
  return ok({
    summary,
    tasks: rows(center, 'task').filter((t) => t['contact_sid'] === sid),
    queue_entries: center.queueEntries.get(sid) ?? [],
    segments: center.segments.get(sid) ?? [],
    notes: rows(center, 'note').filter((n) => n['contact_sid'] === sid),
  });
}

function extend({ center, sid }: Context): Reply {
  const task = find(center, 'task', sid);
  const reservation = task.reservation_sid ? center.tables.reservation.get(task.reservation_sid) : undefined;
  if (task.status !== 'wrapping' || !task.wrap_up || !reservation)
    refuse(409, 'state_forbids', `The task is ${task.status}, not wrapping.`);
  if (task.wrap_up.extensions_left < 1) refuse(409, 'state_forbids', 'No extension is left.');
  const wrap = {
    ...task.wrap_up,
    extensions_used: task.wrap_up.extensions_used + 1,
    extensions_left: task.wrap_up.extensions_left - 1,
    expires_at: center.time(Date.parse(task.wrap_up.expires_at ?? center.time()) + 60_000),
  };
  task.wrap_up = reservation.wrap_up = wrap;
  center.commit([reservationEvent('reservation.wrapup-extended', reservation, task)]);
  return ok(task, 200, task.version);
}

function messagesPage({ center, call, sid }: Context): Reply {
  find(center, 'conversation', sid);
  const list = center.messages.get(sid) ?? [];
  return page(call.query.get('order') === 'desc' ? list.toReversed() : list, call);
}

function wanted<T>(list: T[], of: (item: T) => string, values: string[]): T[] {
  return values.length === 0 ? list : list.filter((item) => values.includes(of(item)));
}

export const kWork: Routes = {
  'POST /sign-in': ({ center, call }) => {
    const { username, password } = call.body as Schemas['SignInRequest'];
    if (center.passwords.get(username) !== password) refuse(401, 'bad_credentials', 'Name or password is wrong.');
    return ok(signIn(center, username), 201);
  },
  'POST /sign-out': ({ center, call }) => {
    center.signedIn.delete(call.headers.get('Carillon-Session') ?? '');
    return ok(undefined, 204);
  },
  'GET /me': ({ center, call }) => ok(meOf(center, call.headers.get('Carillon-Session') ?? '')),
  'POST /me/password': ({ call }) =>
    (call.body as Schemas['ChangePassword']).current_password === 'wrong'
      ? refuse(403, 'bad_credentials', 'The current password is not right.', { field: '/current_password' })
      : ok(undefined, 204),
  'GET /demo': ({ center }) => (center.demo ? ok(center.demo) : refuse(404, 'not_found', 'This is no demo.')),
  'GET /statistics/today': today,
  'GET /workspace/real-time-statistics': ({ center }) => ok({ now: workspaceNow(center) }),
  'GET /task-queues/*/real-time-statistics': ({ center, sid }) =>
    ok({ task_queue_sid: sid, now: queueNow(center, find(center, 'task-queue', sid) as Schemas['TaskQueue']) }),
  'GET /task-queues/*/why-idle': ({ center, sid }) => ok(whyIdle(center, sid)),
  'GET /tasks/*/why': ({ center, sid }) => ok(whyTask(center, find(center, 'task', sid))),
  'GET /tasks': ({ center, call }) =>
    page(
      wanted(rows(center, 'task'), (t) => String(t['status']), call.query.getAll('status')).filter(
        (t) => !call.query.get('task_queue_sid') || t['task_queue_sid'] === call.query.get('task_queue_sid'),
      ),
      call,
    ),
  'GET /tasks/*': ({ center, sid }) => ok(find(center, 'task', sid)),
  'POST /tasks/*/cancel': ({ center, sid }) => {
    const task = find(center, 'task', sid);
    cancel(center, task, 'by_supervisor');
    return ok(task);
  },
  'POST /tasks/*/wrap-up': ({ center, sid }) => {
    const task = find(center, 'task', sid);
    if (task.status !== 'assigned') refuse(409, 'state_forbids', `The task is ${task.status}, not assigned.`);
    if (task.contact_sid) endCustomerSide(center, task.contact_sid, 'by_worker');
    return ok(task);
  },
  'POST /tasks/*/extend-wrap-up': extend,
  'POST /tasks/*/complete': ({ center, call, sid }) => {
    const task = find(center, 'task', sid);
    if (!['assigned', 'wrapping'].includes(task.status)) refuse(409, 'state_forbids', `The task is ${task.status}.`);
    complete(center, task, (call.body as Schemas['CompleteTask']).disposition_sid ?? null);
    offerWaiting(center);
    return ok(task);
  },
  'PUT /tasks/*/disposition': ({ center, call, sid }) => {
    const task = find(center, 'task', sid);
    task.disposition_sid = (call.body as Schemas['SetDisposition']).disposition_sid;
    center.commit([taskEvent('task.updated', task)]);
    return ok(task);
  },
  'POST /tasks/*/transfer': ({ center, call, sid }) => {
    const task = find(center, 'task', sid);
    const body = call.body as Schemas['TransferTask'];
    if (task.status !== 'assigned') refuse(409, 'state_forbids', `The task is ${task.status}, not assigned.`);
    const made = transfer(center, task, {
      ...(body.task_queue_sid ? { queue: body.task_queue_sid } : {}),
      ...(body.worker_sid ? { worker: body.worker_sid } : {}),
    });
    offerWaiting(center);
    return ok({ task, new_task: made });
  },
  'POST /tasks/*/move': ({ center, call, sid }) => {
    const task = find(center, 'task', sid);
    move(center, task, (call.body as Schemas['MoveTask']).task_queue_sid);
    return ok(task);
  },
  'POST /tasks/*/re-evaluate': ({ center, sid }) => ok(find(center, 'task', sid)),
  'POST /reservations/*/accept': (context) => {
    const reservation = liveReservation(context, 'pending');
    accept(context.center, reservation);
    return ok(reservation);
  },
  'POST /reservations/*/reject': (context) => {
    const reservation = liveReservation(context, 'pending');
    endOffer(context.center, reservation, 'rejected', 'rejected');
    return ok(reservation);
  },
  'GET /conversations/*': ({ center, sid }) => ok(conversationDetail(center, sid)),
  'GET /conversations/*/messages': messagesPage,
  'POST /conversations/*/messages': postMessage,
  'POST /conversations/*/read': markRead,
  'POST /conversations/*/typing': () => ok(undefined, 204),
  'GET /conversations/*/contacts': ({ center, call, sid }) =>
    page(
      [...center.summaries.values()].filter((s) => s.contact.conversation_sid === sid),
      call,
    ),
  'POST /conversations/*/end': ({ center, sid }) => {
    for (const contact of [...center.tables.contact.values()])
      if (contact.conversation_sid === sid) endCustomerSide(center, contact.sid, 'by_worker');
    return ok(conversationDetail(center, sid));
  },
  'GET /contacts': contacts,
  'GET /contacts/*': contactDetail,
  'PUT /workers/*/activity': (context) => {
    const worker = own(context, context.sid);
    const { activity_sid } = context.call.body as Schemas['SetActivity'];
    const activity = find(context.center, 'activity', activity_sid);
    if (activity.offline && worker.assignments.length > 0 && context.me.role === 'agent') {
      refuse(409, 'state_forbids', 'You have work in hand. Finish it, or choose to go offline after it.');
    }
    Object.assign(worker, { activity_sid, activity_since: context.center.time(), pending_activity: null });
    return changed(context.center, worker, 'worker.activity.update');
  },
  'PUT /workers/*/pending-activity': (context) => {
    const worker = own(context, context.sid);
    const activity = find(
      context.center,
      'activity',
      (context.call.body as Schemas['SetPendingActivity']).activity_sid,
    );
    worker.pending_activity = { activity_sid: activity.sid, activity_name: activity.friendly_name };
    return changed(context.center, worker, 'worker.pending-activity.update');
  },
  'DELETE /workers/*/pending-activity': (context) => {
    const worker = own(context, context.sid);
    worker.pending_activity = null;
    return changed(context.center, worker, 'worker.pending-activity.update');
  },
  'POST /workers/*/clear-not-responding': (context) => {
    const worker = own(context, context.sid);
    for (const channel of worker.channels) channel.not_responding_since = null;
    return changed(context.center, worker, 'worker.responding');
  },
  'GET /alerts': ({ center, call }) =>
    page(
      wanted(rows(center, 'alert'), (a) => String(a['state']), call.query.getAll('state')),
      call,
    ),
  'POST /alerts/*/acknowledge': ({ center, sid, me }) => {
    const alert = find(center, 'alert', sid);
    Object.assign(alert, {
      state: 'acknowledged',
      acknowledged_at: center.time(),
      acknowledged_by: { type: 'user', sid: me.user.sid },
    });
    return ok(alert);
  },
  'PATCH /customers/*': ({ center, call, sid }) => {
    const customer = find(center, 'customer', sid);
    match(customer, call);
    Object.assign(customer, call.body, { version: customer.version + 1, updated_at: center.time() });
    return ok(customer, 200, customer.version);
  },
  'POST /customers/*/identities': ({ center, call, sid }) => {
    const customer = find(center, 'customer', sid);
    customer.identities.push({
      sid: center.newSid('identity'),
      verified: false,
      created_at: center.time(),
      ...(call.body as Schemas['NewIdentity']),
    });
    return ok(customer, 201);
  },
};
