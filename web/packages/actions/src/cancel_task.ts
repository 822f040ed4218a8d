// A supervisor ends a task that should not be.
import type { Action } from './action';

export const cancelTask: Action<{ readonly task: string }> = {
  name: 'task.cancel',
  label: 'action.cancel_task',
  allowed: (live, { task }) => live.tasks[task] !== undefined,
  perform: ({ rest }, { task }) => rest.post('/tasks/{sid}/cancel', { path: { sid: task } }),
};
