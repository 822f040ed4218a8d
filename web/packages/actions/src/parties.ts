// Who else comes into a call, who goes, and who has it then.
import { callOfTask } from '@carillon/state';
import type { Live, OwnCall } from '@carillon/state';
import type { Action } from './action';

const there = (live: Live, task: string): OwnCall | null => {
  const call = callOfTask(live, task);
  return call?.own.status === 'connected' ? call : null;
};

export interface Invited {
  readonly task: string;
  readonly to?: string;
  readonly worker?: string;
  // consult: the customer waits with music meanwhile; join: they come straight to the others.
  readonly purpose: 'consult' | 'join';
}

export const inviteToCall: Action<Invited> = {
  name: 'call.invite',
  label: 'action.invite_to_call',
  allowed: (live, { task, to, worker }) =>
    there(live, task)?.call.status === 'talking' && Boolean(to?.trim()) !== Boolean(worker),
  perform: ({ rest, store }, { task, to, worker, purpose }) =>
    rest.post('/calls/{sid}/parties', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: { purpose, ...(worker ? { to_worker_sid: worker } : { to: to?.trim() ?? '' }) },
    }),
};

// The others go on: completes a consult, and leaves a conference.
export const leaveCall: Action<{ readonly task: string }> = {
  name: 'call.leave',
  label: 'action.leave_call',
  allowed: (live, { task }) => {
    const call = there(live, task)?.call;
    return call?.legs.some((leg) => leg.invited_by_sid !== null && leg.status !== 'ended') ?? false;
  },
  perform: ({ rest, store }, { task }) =>
    rest.post('/calls/{sid}/leave', { path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' }, body: {} }),
};

export const removeParty: Action<{ readonly task: string; readonly leg: string }> = {
  name: 'call.remove_party',
  label: 'action.remove_party',
  allowed: (live, { task, leg: sid }) =>
    there(live, task)?.call.legs.some((leg) => leg.sid === sid && leg.status !== 'ended') ?? false,
  perform: ({ rest, store }, { task, leg }) =>
    rest.post('/calls/{sid}/remove', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: { leg_sid: leg },
    }),
};

export const transferToNumber: Action<{ readonly task: string; readonly to: string }> = {
  name: 'talk.transfer_to_number',
  label: 'action.transfer_to_number',
  allowed: (live, { task, to }) => there(live, task)?.call.status === 'talking' && to.trim() !== '',
  perform: ({ rest, store }, { task, to }) =>
    rest.post('/calls/{sid}/transfer', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: { to: to.trim() },
    }),
};
