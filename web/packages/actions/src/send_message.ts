// Send a message. It is shown at once and kept until the server has it; the same words are never sent twice, for every try
// carries the same name. With an id it is another try.
import { isPassing } from '@carillon/client';
import type { Action } from './action';

export interface Words {
  readonly conversation: string;
  readonly text: string;
  readonly internal: boolean;
  readonly id?: string;
}

export const kLongest = 10_000;

export const sendMessage: Action<Words> = {
  name: 'message.send',
  label: 'action.send_message',
  allowed: (_, { text }) => text.trim() !== '' && text.length <= kLongest,
  perform: async ({ rest, store, drafts, newId, now }, { conversation, text, internal, id }) => {
    const known = store.get().threads[conversation]?.outgoing.find((o) => o.client_message_id === id);
    const client_message_id = id ?? newId();
    const at = known?.at ?? now();
    const message = { client_message_id, text, internal, at };
    store.dispatch({ type: 'outgoing', conversation, message: { ...message, state: 'sending', problem: null } });
    drafts.keep({ conversation, ...message });
    const answer = await rest.post('/conversations/{sid}/messages', {
      path: { sid: conversation },
      body: { text, client_message_id, ...(internal ? { internal } : {}) },
      idempotencyKey: `message-${client_message_id}`,
    });
    if (answer.ok) {
      drafts.sent(client_message_id);
      store.dispatch({ type: 'message-said', message: answer.value });
    } else {
      // What passes is tried again when the line is back, after a reload too; what is refused waits for a person.
      if (!isPassing(answer.problem)) drafts.sent(client_message_id);
      store.dispatch({
        type: 'outgoing',
        conversation,
        message: { ...message, state: 'failed', problem: answer.problem },
      });
    }
    return answer;
  },
};
