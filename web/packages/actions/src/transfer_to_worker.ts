// Hand a talk to a colleague; it stays here until they answer.
import type { Action } from './action';
import { mayTransfer } from './transfer_to_queue';

export const transferToWorker: Action<{ readonly task: string; readonly worker: string }> = {
  name: 'talk.transfer_to_worker',
  label: 'action.transfer_to_worker',
  allowed: (live, { task, worker }) => mayTransfer(live, task) && worker !== live.workerSid,
  perform: ({ rest }, { task, worker }) =>
    rest.post('/tasks/{sid}/transfer', { path: { sid: task }, body: { worker_sid: worker } }),
};
