// Try again whatever did not reach the server: after a reload, and when the line is back.
import { isPassing } from '@carillon/client';
import type { Around } from './action';
import { sendMessage } from './send_message';

// What an earlier page of this person left behind, into their threads.
export function restoreOutgoing({ store, drafts }: Around): void {
  for (const { conversation, ...message } of drafts.unsent()) {
    store.dispatch({ type: 'thread-wanted', conversation });
    store.dispatch({
      type: 'outgoing',
      conversation,
      message: {
        ...message,
        state: 'failed',
        problem: { type: 'about:blank', title: '', status: 0, code: 'network', detail: '' },
      },
    });
  }
}

// One after another, so that their order stays.
export async function resendMessages(around: Around): Promise<void> {
  for (const [conversation, thread] of Object.entries(around.store.get().threads)) {
    for (const { client_message_id, text, internal, state, problem } of thread.outgoing) {
      if (state !== 'failed' || !problem || !isPassing(problem)) continue;
      const answer = await sendMessage.perform(around, { conversation, text, internal, id: client_message_id });
      if (!answer.ok && isPassing(answer.problem)) return;
    }
  }
}
