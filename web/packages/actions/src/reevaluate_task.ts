// Let a waiting task walk its workflow anew, as it is by now.
import type { Action } from './action';

export const reevaluateTask: Action<{ readonly task: string }> = {
  name: 'task.re_evaluate',
  label: 'action.re_evaluate_task',
  allowed: (live, { task }) => ['pending', 'reserved'].includes(live.tasks[task]?.status ?? ''),
  perform: ({ rest }, { task }) => rest.post('/tasks/{sid}/re-evaluate', { path: { sid: task } }),
};
