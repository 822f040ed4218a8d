// Change what a worker is doing: one's own, or as a supervisor somebody else's.
import type { Action } from './action';

export const setActivity: Action<{ readonly worker: string; readonly activity: string }> = {
  name: 'worker.set_activity',
  label: 'action.set_activity',
  // Offline with work in hand is refused: "offline after this" is the way.
  allowed: (live, { worker, activity }) => {
    const known = live.workers[worker];
    const own = worker === live.workerSid;
    return known !== undefined && !(own && live.activities[activity]?.offline && known.assignments.length > 0);
  },
  perform: ({ rest }, { worker, activity }) =>
    rest.put('/workers/{sid}/activity', { path: { sid: worker }, body: { activity_sid: activity } }),
};
