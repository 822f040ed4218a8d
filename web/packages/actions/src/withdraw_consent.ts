// The customer does not want to be recorded any more: recording stops for good, whatever the number says.
import { callOfTask } from '@carillon/state';
import type { Action } from './action';

export const withdrawConsent: Action<{ readonly task: string }> = {
  name: 'call.withdraw_consent',
  label: 'action.withdraw_consent',
  allowed: (live, { task }) => {
    const call = callOfTask(live, task);
    return call?.own.status === 'connected' && call.call.recording !== 'off';
  },
  perform: ({ rest, store }, { task }) =>
    rest.post('/calls/{sid}/withdraw-consent', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: {},
    }),
  from: (live, { item }) => {
    const call = item && callOfTask(live, item.task.sid);
    return call && call.call.recording !== 'off' ? { task: item.task.sid } : null;
  },
};
