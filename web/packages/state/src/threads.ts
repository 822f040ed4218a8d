// Threads: the messages of conversations that somebody has open.
//
// Why:    a supervisor hears the messages of the whole center; keeping them all would fill the tab. A thread is wanted first, then
//         its newest page is read, and what the stream says meanwhile joins by index, so nothing falls between.
import type { Input, Live, Message, Thread } from './live';

export const kEmptyThread: Thread = {
  messages: [],
  complete: false,
  loaded: false,
  customerName: null,
  readByWorker: 0,
  readByCustomer: 0,
  typing: null,
  outgoing: [],
};

// Changes a thread that is wanted; others are nobody's concern.
export function reduceThreads(live: Live, conversation: string, change: (thread: Thread) => Thread): Live {
  const thread = live.threads[conversation];
  if (!thread) return live;
  const next = change(thread);
  return next === thread ? live : { ...live, threads: { ...live.threads, [conversation]: next } };
}

export function reduceThread(live: Live, input: Input): Live {
  switch (input.type) {
    case 'thread-wanted':
      if (live.threads[input.conversation]) return live;
      return { ...live, threads: { ...live.threads, [input.conversation]: kEmptyThread } };
    case 'thread-left': {
      const thread = live.threads[input.conversation];
      // Words that are still on their way are not thrown away with the page.
      if (!thread || thread.outgoing.length > 0) return live;
      const { [input.conversation]: _, ...threads } = live.threads;
      return { ...live, threads };
    }
    case 'thread-page':
      return reduceThreads(live, input.conversation, (thread) => withPage(thread, input.messages, input.complete));
    // The answer to our own POST: it may come before the event, or without one while the line is down.
    case 'message-said':
      return reduceThreads(live, input.message.conversation_sid, (thread) => ({
        ...thread,
        messages: thread.loaded ? mergeMessages(thread.messages, [input.message]) : thread.messages,
        outgoing: thread.outgoing.filter((o) => o.client_message_id !== input.message.client_message_id),
      }));
    case 'thread-detail': {
      const { detail } = input;
      return reduceThreads(live, detail.conversation.sid, (thread) => ({
        ...thread,
        customerName: detail.customer_display_name,
        readByWorker: Math.max(thread.readByWorker, detail.read_index_by_worker),
        readByCustomer: Math.max(thread.readByCustomer, detail.read_index_by_customer),
      }));
    }
    case 'outgoing':
      return reduceThreads(live, input.conversation, (thread) => ({
        ...thread,
        outgoing: thread.messages.some((m) => m.client_message_id === input.message.client_message_id)
          ? thread.outgoing
          : [
              ...thread.outgoing.filter((o) => o.client_message_id !== input.message.client_message_id),
              input.message,
            ].sort((a, b) => a.at - b.at),
      }));
    case 'outgoing-gone':
      return reduceThreads(live, input.conversation, (thread) => ({
        ...thread,
        outgoing: thread.outgoing.filter((o) => o.client_message_id !== input.client_message_id),
      }));
    default:
      return live;
  }
}

function withPage(thread: Thread, page: readonly Thread['messages'][number][], complete: boolean): Thread {
  const first = page[0];
  const newest = thread.messages.at(-1);
  // After a gap in the stream, what we had may be separated from the page by messages nobody has seen: the page wins.
  const apart = first && newest && first.index > newest.index + 1;
  const messages = mergeMessages(apart ? [] : thread.messages, page);
  const known = new Set(messages.map((m) => m.client_message_id));
  return {
    ...thread,
    messages,
    loaded: true,
    complete: complete || (thread.complete && !apart) || messages[0]?.index === 1,
    outgoing: thread.outgoing.filter((o) => !known.has(o.client_message_id)),
  };
}

// By index, each once; what came later wins, for it knows more (delivered, read).
export function mergeMessages(have: readonly Message[], more: readonly Message[]): readonly Message[] {
  const last = have.at(-1);
  if (more.length === 1 && more[0] && (!last || more[0].index > last.index)) return [...have, more[0]];
  const byIndex = new Map(have.map((m) => [m.index, m]));
  for (const message of more) byIndex.set(message.index, message);
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}
