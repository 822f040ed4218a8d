// A desk without a page: session, stream and store of one person, at a FakeCenter. For tests.
import { EventStream, Rest, Session } from '@carillon/client';
import type { StreamFrame } from '@carillon/client';
import type { FakeCenter } from '@carillon/client/testing';
import { signIn } from '@carillon/client/testing';
import { Store } from '../src';

export interface Desk {
  readonly store: Store;
  readonly rest: Rest;
  readonly stream: EventStream;
  readonly frames: StreamFrame[];
  readonly tab: Map<string, string>;
}

export function memory(kept = new Map<string, string>()): Storage {
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
    key: (i) => [...kept.keys()][i] ?? null,
    get length() {
      return kept.size;
    },
  };
}

// Resolves when everything that is known has been told.
export async function settled(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 400; ++i) {
    if (condition()) return;
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error(`did not happen: ${what}`);
}

export async function sitDown(center: FakeCenter, username: string): Promise<Desk> {
  const kept = new Map([['carillon.session', signIn(center, username).session_id]]);
  const session = new Session(memory(kept), memory());
  const rest = new Rest({ fetch: center.fetch, credentials: session.credentials, wait: () => Promise.resolve() });
  await session.resume(rest);
  const store = new Store();
  const frames: StreamFrame[] = [];
  const stream = new EventStream({
    address: 'ws://fake/api/v1/events/stream',
    session: () => session.credentials()?.session_id ?? null,
    open: center.open,
    random: () => 0,
    setTimer: (run, ms) => setTimeout(run, ms > 10_000 ? ms : 1),
    onFrame: (frame) => {
      frames.push(frame);
      store.dispatch({ type: 'frame', frame });
    },
    onState: (connection) => store.dispatch({ type: 'connection', connection }),
  });
  stream.start();
  await settled(() => store.get().connection.phase === 'live', `${username} sits down`);
  return { store, rest, stream, frames, tab: kept };
}
