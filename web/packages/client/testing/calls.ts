// Calls at a FakeCenter: somebody rings, a worker takes it, and what its keys do. No sound.
import type { Schemas } from '@carillon/contract';
import type { Context, Reply, Routes } from './api';
import { find, ok, page, refuse } from './api';
import { arrive } from './arrive';
import type { FakeCenter, Mutable } from './center';
import { taskEvent } from './drafts';
import type { Draft } from './drafts';
import { endCustomerSide } from './routing';

type Call = Mutable<Schemas['Call']>;
type Task = Mutable<Schemas['Task']>;

export interface Ringing {
  readonly name?: string;
  readonly from: string;
  readonly queue: string;
  readonly waitedS?: number;
}

function callEvent(type: string, call: Call): Draft {
  return {
    type,
    payload: { call: structuredClone(call) },
    resource_sid: call.sid,
    about: { contact_sid: call.contact_sid ?? '', conversation_sid: call.conversation_sid ?? '' },
  } as Draft;
}

function newLeg(center: FakeCenter, more: Partial<Schemas['CallLeg']>): Mutable<Schemas['CallLeg']> {
  return {
    sid: center.newSid('leg'),
    role: 'customer',
    status: 'connected',
    reason: null,
    worker_sid: null,
    user_sid: null,
    monitoring: null,
    task_sid: null,
    address: null,
    on_hold: false,
    consent: null,
    muted: false,
    created_at: center.time(),
    connected_at: center.time(),
    ended_at: null,
    invited_by_sid: null,
    dialled: false,
    caller_id: null,
    emergency: false,
    unseen: false,
    help_since: null,
    ...more,
  };
}

// A customer calls and waits.
export function ring(center: FakeCenter, ringing: Ringing): Task {
  const task = arrive(center, { name: '', text: '', ...ringing });
  const channel = [...center.tables['task-channel'].values()].find((c) => c.unique_name === 'voice');
  const contact = center.tables.contact.get(task.contact_sid ?? '');
  const conversation = center.tables.conversation.get(task.conversation_sid ?? '');
  if (!channel || !contact || !conversation) throw new Error('no voice here');
  center.messages.set(conversation.sid, []);
  contact.channel = conversation.channel = 'voice';
  task.task_channel_sid = channel.sid;
  task.task_channel_unique_name = 'voice';
  const call: Call = {
    sid: center.newSid('call'),
    workspace_sid: center.workspace.sid,
    version: 1,
    status: 'queued',
    direction: 'inbound',
    consulting: false,
    transfer_leg_sid: null,
    reason: null,
    turned_away: null,
    number_sid: [...center.tables.number.keys()][0] ?? null,
    contact_sid: contact.sid,
    conversation_sid: conversation.sid,
    customer_sid: contact.customer_sid,
    from: ringing.from,
    resumes_sid: null,
    from_name: ringing.name ?? null,
    to: '+302101234567',
    created_at: contact.created_at,
    answered_at: null,
    ended_at: null,
    recording_policy: 'never',
    recording: 'off',
    recording_sid: null,
    voicemail_sid: null,
    consent_rule: 'none',
    callback_sid: null,
    legs: [newLeg(center, { address: ringing.from, created_at: contact.created_at })],
  };
  const about = { channel: 'voice', call_sid: call.sid, from: call.from, to: call.to };
  task.attributes = { ...about, ...(ringing.name ? { name: ringing.name } : {}) };
  center.tables.call.set(call.sid, call);
  center.commit([taskEvent('task.updated', task), callEvent('call.queued', call)]);
  return task;
}

// The worker who accepted the task is connected.
export function connectCall(center: FakeCenter, task: Task, status: Schemas['LegStatus'] = 'connected'): Call {
  const call = [...center.tables.call.values()].find((c) => c.contact_sid === task.contact_sid);
  if (!call) throw new Error('no call');
  const connected_at = status === 'connected' ? center.time() : null;
  call.legs.push(
    newLeg(center, { role: 'agent', status, worker_sid: task.worker_sid, task_sid: task.sid, connected_at }),
  );
  call.status = 'talking';
  call.answered_at = connected_at;
  call.version += 1;
  center.commit([callEvent(`call.leg-${status === 'connected' ? 'connected' : 'created'}`, call)]);
  return call;
}

function live({ center, sid, me }: Context): { call: Call; own: Mutable<Schemas['CallLeg']> } {
  const call = find(center, 'call', sid);
  if (call.status === 'ended') refuse(409, 'state_forbids', 'The call has ended.');
  const own = call.legs.find((leg) => leg.worker_sid === me.worker?.sid && leg.status !== 'ended');
  if (!own) refuse(404, 'not_found', `There is no live call ${sid}.`);
  return { call, own };
}

function changed(center: FakeCenter, type: string, call: Call): Reply {
  call.version += 1;
  center.commit([callEvent(type, call)]);
  return ok(call, 200, call.version);
}

export const kCalls: Routes = {
  'GET /callbacks': ({ call }) => page([], call),
  'GET /calls/*': ({ center, sid }) => ok(find(center, 'call', sid)),
  'POST /calls/*/hold': (context) => {
    const { call } = live(context);
    const { on_hold } = context.call.body as Schemas['HoldCall'];
    const customer = call.legs[0];
    if (customer) customer.on_hold = on_hold;
    return changed(context.center, on_hold ? 'call.held' : 'call.resumed', call);
  },
  'POST /calls/*/mute': (context) => {
    const { call, own } = live(context);
    own.muted = (context.call.body as Schemas['MuteCall']).muted;
    return changed(context.center, 'call.updated', call);
  },
  'POST /calls/*/help': (context) => {
    const { call, own } = live(context);
    const { needs_help } = context.call.body as Schemas['HelpCall'];
    own.help_since = needs_help ? context.center.time() : null;
    return changed(context.center, needs_help ? 'call.help-asked' : 'call.help-ended', call);
  },
  'POST /calls/*/monitor': (context) => {
    const { center, sid, me } = context;
    const call = find(center, 'call', sid);
    if (call.status !== 'queued' && call.status !== 'talking') refuse(409, 'state_forbids', 'Nobody is in this call.');
    const { mode } = context.call.body as Schemas['MonitorCall'];
    const own = call.legs.find((leg) => leg.role === 'coach' && leg.status !== 'ended');
    if (mode === 'off') {
      if (own) Object.assign(own, { status: 'ended', ended_at: center.time(), reason: 'by_supervisor' });
    } else if (own) {
      own.monitoring = mode;
    } else {
      call.legs.push(newLeg(center, { role: 'coach', user_sid: me.user?.sid ?? null, monitoring: mode }));
    }
    return changed(center, 'call.updated', call);
  },
  'POST /calls/*/digits': (context) => {
    live(context);
    context.center.digits += (context.call.body as Schemas['SendDigits']).digits;
    return ok(undefined, 204);
  },
  'POST /calls/*/hang-up': (context) => {
    const { center } = context;
    const { call } = live(context);
    call.status = 'ended';
    call.ended_at = center.time();
    for (const leg of call.legs) Object.assign(leg, { status: 'ended', ended_at: call.ended_at, reason: 'by_worker' });
    const reply = changed(center, 'call.ended', call);
    if (call.contact_sid) endCustomerSide(center, call.contact_sid, 'by_worker');
    return reply;
  },
};
