// Reads the newest messages of what is in hand or rings, and again after a gap in the line.
import { selectThreadsWanted } from '@carillon/state';
import { useEffect, useRef } from 'react';
import type { Center } from '../../desk/center';
import { useCenter, useLive } from '../../desk/hooks';

const kPage = 60;

// Where the next older page begins, by conversation.
const cursors = new WeakMap<Center, Map<string, string>>();

function keepCursor(center: Center, conversation: string, cursor: string | null): void {
  const mine = cursors.get(center) ?? new Map<string, string>();
  if (cursor === null) mine.delete(conversation);
  else mine.set(conversation, cursor);
  cursors.set(center, mine);
}

export async function readThread(center: Center, conversation: string): Promise<boolean> {
  const { rest, store } = center;
  store.dispatch({ type: 'thread-wanted', conversation });
  const [page, detail] = await Promise.all([
    rest.get('/conversations/{sid}/messages', {
      path: { sid: conversation },
      query: { order: 'desc', page_size: kPage },
    }),
    rest.get('/conversations/{sid}', { path: { sid: conversation } }),
  ]);
  if (!page.ok || !detail.ok) return false;
  store.dispatch({ type: 'thread-detail', detail: detail.value });
  keepCursor(center, conversation, page.value.next_cursor);
  const messages = page.value.items.toReversed();
  store.dispatch({ type: 'thread-page', conversation, messages, complete: page.value.next_cursor === null });
  return true;
}

// Older messages, before the first one known: the page after the newest one, and so on.
export async function readOlder(center: Center, conversation: string): Promise<void> {
  const { rest, store } = center;
  const cursor = cursors.get(center)?.get(conversation);
  if (cursor === undefined) return;
  const page = await rest.get('/conversations/{sid}/messages', {
    path: { sid: conversation },
    query: { order: 'desc', page_size: kPage, cursor },
  });
  if (!page.ok) return;
  keepCursor(center, conversation, page.value.next_cursor);
  const messages = page.value.items.toReversed();
  store.dispatch({ type: 'thread-page', conversation, messages, complete: page.value.next_cursor === null });
}

export function useThreads(): void {
  const center = useCenter();
  const all = useLive(selectThreadsWanted);
  const threads = useLive((live) => live.threads);
  const phase = useLive((live) => live.connection.phase);
  const reading = useRef(new Set<string>());
  useEffect(() => {
    const wanted = new Set(all);
    for (const conversation of wanted) {
      if (threads[conversation]?.loaded || reading.current.has(conversation)) continue;
      reading.current.add(conversation);
      void readThread(center, conversation).then((read) => {
        if (read) reading.current.delete(conversation);
        // Not now; the next change of the line tries again.
        else setTimeout(() => reading.current.delete(conversation), 5000);
      });
    }
    for (const conversation of Object.keys(threads)) {
      if (!wanted.has(conversation)) center.store.dispatch({ type: 'thread-left', conversation });
    }
  }, [all, threads, phase, center]);
}
