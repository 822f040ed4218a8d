// "Lunch after this": no new work comes, and the activity changes when what is in hand is done.
import type { Action } from './action';

export const setPendingActivity: Action<{ readonly worker: string; readonly activity: string }> = {
  name: 'worker.set_pending_activity',
  label: 'action.set_pending_activity',
  allowed: (live, { worker }) => (live.workers[worker]?.assignments.length ?? 0) > 0,
  perform: ({ rest }, { worker, activity }) =>
    rest.put('/workers/{sid}/pending-activity', { path: { sid: worker }, body: { activity_sid: activity } }),
};
