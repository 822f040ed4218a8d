// Say what came of it: during the talk, in wrap-up, or later.
import type { Action } from './action';

export const setDisposition: Action<{ readonly task: string; readonly disposition: string | null }> = {
  name: 'task.set_disposition',
  label: 'action.set_disposition',
  allowed: () => true,
  perform: ({ rest }, { task, disposition }) =>
    rest.put('/tasks/{sid}/disposition', { path: { sid: task }, body: { disposition_sid: disposition } }),
};
