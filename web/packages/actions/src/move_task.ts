// A supervisor puts a task into another queue.
import type { Action } from './action';

export const moveTask: Action<{ readonly task: string; readonly queue: string }> = {
  name: 'task.move',
  label: 'action.move_task',
  allowed: (live, { task, queue }) => {
    const known = live.tasks[task];
    return known !== undefined && known.task_queue_sid !== queue && known.status !== 'wrapping';
  },
  perform: ({ rest }, { task, queue }) =>
    rest.post('/tasks/{sid}/move', { path: { sid: task }, body: { task_queue_sid: queue } }),
};
