// Finish a task, with what came of it.
import type { Action } from './action';

export const completeTask: Action<{ readonly task: string; readonly disposition: string | null }> = {
  name: 'task.complete',
  label: 'action.complete',
  keys: 'Alt+C',
  allowed: (live, { task, disposition }) => {
    const known = live.tasks[task];
    if (!known) return false;
    // Where wrap-up is required, so is the word about what came of it.
    if (known.wrap_up?.mode === 'required' && !(disposition ?? known.disposition_sid)) return false;
    return known.status === 'wrapping' || known.status === 'assigned';
  },
  perform: ({ rest }, { task, disposition }) =>
    rest.post('/tasks/{sid}/complete', {
      path: { sid: task },
      body: disposition === null ? {} : { disposition_sid: disposition },
    }),
  from: (_, { item }) =>
    item?.state === 'wrapping' ? { task: item.task.sid, disposition: item.task.disposition_sid } : null,
};
