// Say goodbye: the talk ends, wrap-up begins.
import type { Action } from './action';

export const endTalk: Action<{ readonly task: string }> = {
  name: 'talk.end',
  label: 'action.end_talk',
  keys: 'Alt+E',
  allowed: (live, { task }) => live.tasks[task]?.status === 'assigned',
  perform: ({ rest }, { task }) => rest.post('/tasks/{sid}/wrap-up', { path: { sid: task } }),
  from: (_, { item }) => (item?.state === 'talking' ? { task: item.task.sid } : null),
};
