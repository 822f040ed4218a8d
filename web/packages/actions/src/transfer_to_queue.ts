// Hand a talk to a queue; the customer keeps the place their waiting has earned.
import type { Live } from '@carillon/state';
import type { Action } from './action';

export function mayTransfer(live: Live, task: string): boolean {
  const known = live.tasks[task];
  return known?.status === 'assigned' && !Object.values(live.tasks).some((t) => t.transferred_from_sid === task);
}

export const transferToQueue: Action<{ readonly task: string; readonly queue: string }> = {
  name: 'talk.transfer_to_queue',
  label: 'action.transfer_to_queue',
  allowed: (live, { task }) => mayTransfer(live, task),
  perform: ({ rest }, { task, queue }) =>
    rest.post('/tasks/{sid}/transfer', { path: { sid: task }, body: { task_queue_sid: queue } }),
};
