// The worker has seen everything up to here.
import type { Action } from './action';
import { done } from './action';

export const markRead: Action<{ readonly conversation: string; readonly index: number }> = {
  name: 'conversation.mark_read',
  label: 'action.mark_read',
  allowed: (live, { conversation, index }) => index > (live.threads[conversation]?.readByWorker ?? 0),
  perform: async ({ rest, store }, { conversation, index }) => {
    if (!markRead.allowed(store.get(), { conversation, index })) return done();
    const answer = await rest.post('/conversations/{sid}/read', { path: { sid: conversation }, body: { index } });
    if (answer.ok) store.dispatch({ type: 'thread-detail', detail: answer.value });
    return answer;
  },
};
