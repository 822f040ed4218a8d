// Touch tones to the other side: "press 2 for billing".
import { callOfTask } from '@carillon/state';
import type { Action } from './action';

export const sendDigits: Action<{ readonly task: string; readonly digits: string }> = {
  name: 'call.digits',
  label: 'action.send_digits',
  allowed: (live, { task, digits }) =>
    /^[0-9A-D*#]{1,64}$/.test(digits) && callOfTask(live, task)?.own.status === 'connected',
  perform: ({ rest, store }, { task, digits }) =>
    rest.post('/calls/{sid}/digits', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: { digits },
    }),
};
