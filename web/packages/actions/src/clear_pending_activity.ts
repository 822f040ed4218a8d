// Take "after this" back.
import type { Action } from './action';

export const clearPendingActivity: Action<{ readonly worker: string }> = {
  name: 'worker.clear_pending_activity',
  label: 'action.clear_pending_activity',
  allowed: (live, { worker }) => Boolean(live.workers[worker]?.pending_activity),
  perform: ({ rest }, { worker }) => rest.delete('/workers/{sid}/pending-activity', { path: { sid: worker } }),
  from: (live) => (live.workerSid ? { worker: live.workerSid } : null),
};
