// Ask for a supervisor, or say that one can do without.
import { callOfTask } from '@carillon/state';
import type { Action } from './action';

export const helpCall: Action<{ readonly task: string; readonly on: boolean }> = {
  name: 'call.help',
  label: 'action.help_call',
  keys: 'Alt+Q',
  allowed: (live, { task, on }) => {
    const call = callOfTask(live, task);
    return call !== null && (call.own.help_since !== null) !== on && (!on || call.call.status === 'talking');
  },
  perform: ({ rest, store }, { task, on }) =>
    rest.post('/calls/{sid}/help', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: { needs_help: on },
    }),
  from: (live, { item }) => {
    const call = item && callOfTask(live, item.task.sid);
    return call ? { task: item.task.sid, on: call.own.help_since === null } : null;
  },
};

// A supervisor has seen to it in another way than by coming into the call.
export const dismissHelp: Action<{ readonly call: string; readonly worker: string }> = {
  name: 'call.help-dismiss',
  label: 'action.dismiss_help',
  allowed: (live, { call }) => live.calls[call] !== undefined,
  perform: ({ rest }, { call, worker }) =>
    rest.post('/calls/{sid}/help', { path: { sid: call }, body: { needs_help: false, worker_sid: worker } }),
};
