// Put the customer on hold, or take them back.
import { callOfTask } from '@carillon/state';
import type { Action } from './action';

export const holdCall: Action<{ readonly task: string; readonly on: boolean }> = {
  name: 'call.hold',
  label: 'action.hold_call',
  keys: 'Alt+H',
  allowed: (live, { task, on }) => {
    const call = callOfTask(live, task);
    return call?.own.status === 'connected' && call.customer.on_hold !== on;
  },
  perform: ({ rest, store }, { task, on }) =>
    rest.post('/calls/{sid}/hold', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: { on_hold: on },
    }),
  from: (live, { item }) => {
    const call = item && callOfTask(live, item.task.sid);
    return call ? { task: item.task.sid, on: !call.customer.on_hold } : null;
  },
};
