// Ask for more time to write things up.
import type { Action } from './action';

export const extendWrapUp: Action<{ readonly task: string }> = {
  name: 'wrap_up.extend',
  label: 'action.extend_wrap_up',
  keys: 'Alt+M',
  allowed: (live, { task }) => (live.tasks[task]?.wrap_up?.extensions_left ?? 0) > 0,
  perform: ({ rest }, { task }) => rest.post('/tasks/{sid}/extend-wrap-up', { path: { sid: task } }),
  from: (_, { item }) => (item?.state === 'wrapping' ? { task: item.task.sid } : null),
};
