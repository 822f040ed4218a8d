// Say goodbye: the talk ends, wrap-up begins. A call is hung up: for everybody.
import { callOfTask } from '@carillon/state';
import type { Action } from './action';

export const endTalk: Action<{ readonly task: string }> = {
  name: 'talk.end',
  label: 'action.end_talk',
  keys: 'Alt+E',
  allowed: (live, { task }) => live.tasks[task]?.status === 'assigned',
  perform: ({ rest, store }, { task }) => {
    const call = callOfTask(store.get(), task)?.call;
    if (call) return rest.post('/calls/{sid}/hang-up', { path: { sid: call.sid } });
    return rest.post('/tasks/{sid}/wrap-up', { path: { sid: task } });
  },
  from: (_, { item }) => (item?.state === 'talking' ? { task: item.task.sid } : null),
};
