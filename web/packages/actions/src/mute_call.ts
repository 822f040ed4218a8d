// Nobody hears the worker any more, or again.
import { callOfTask } from '@carillon/state';
import type { Action } from './action';

export const muteCall: Action<{ readonly task: string; readonly on: boolean }> = {
  name: 'call.mute',
  label: 'action.mute_call',
  keys: 'Alt+S',
  allowed: (live, { task, on }) => {
    const own = callOfTask(live, task)?.own;
    return own !== undefined && own.muted !== on;
  },
  perform: ({ rest, store }, { task, on }) =>
    rest.post('/calls/{sid}/mute', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: { muted: on },
    }),
  from: (live, { item }) => {
    const call = item && callOfTask(live, item.task.sid);
    return call ? { task: item.task.sid, on: !call.own.muted } : null;
  },
};
