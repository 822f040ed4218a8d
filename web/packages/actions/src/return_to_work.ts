// "I am here again": ends Not Responding.
import type { Action } from './action';

export const returnToWork: Action<{ readonly worker: string }> = {
  name: 'worker.return_to_work',
  label: 'action.return_to_work',
  keys: 'Alt+B',
  allowed: (live, { worker }) => Boolean(live.workers[worker]?.channels.some((c) => c.not_responding_since !== null)),
  perform: ({ rest }, { worker }) =>
    rest.post('/workers/{sid}/clear-not-responding', { path: { sid: worker }, body: {} }),
  from: (live) => (live.workerSid ? { worker: live.workerSid } : null),
};
