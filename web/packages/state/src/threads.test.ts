// Goal: a thread shows every message once and in order, whichever way it came; words on their way are never lost. Method: inputs
// by hand, in every order they may come.
import { describe, expect, it } from 'vitest';
import type { Input, Live, Message, Outgoing } from './live';
import { emptyLive } from './live';
import { reduce } from './reduce';
import { selectWork, unreadIn, urgencyOf } from './select/work';
import type { WorkItem } from './select/work';
import { mergeMessages } from './threads';

const kCh = 'CH1';

function message(index: number, more: Partial<Message> = {}): Message {
  return {
    sid: `IM${index}`,
    conversation_sid: kCh,
    contact_sid: 'CT1',
    index,
    at: `2026-01-01T00:00:${String(index).padStart(2, '0')}.000Z`,
    channel: 'chat',
    author: { type: 'customer', sid: null, display_name: 'Eleni' },
    internal: false,
    text: `m${index}`,
    attachments: [],
    client_message_id: null,
    status: 'sent',
    ...more,
  };
}

function outgoing(id: string, at: number, state: Outgoing['state'] = 'sending'): Outgoing {
  return { client_message_id: id, text: id, internal: false, at, state, problem: null };
}

const said = (m: Message, position: number): Input => ({
  type: 'frame',
  frame: {
    type: 'events',
    position,
    events: [{ type: 'message.created', payload: { message: m }, conversation_sid: kCh } as never],
  },
});
const play = (...inputs: Input[]): Live => inputs.reduce((live, input) => reduce(live, input, 0), emptyLive());
const thread = (live: Live) => live.threads[kCh];
const wanted: Input = { type: 'thread-wanted', conversation: kCh };
const pageOf = (messages: Message[], complete = false): Input => ({
  type: 'thread-page',
  conversation: kCh,
  messages,
  complete,
});

describe('threads', () => {
  it('keeps nothing of conversations nobody looks at', () => {
    expect(play(said(message(1), 1)).threads).toEqual({});
  });

  it('joins what comes while a page is read, by index', () => {
    const live = play(wanted, said(message(4), 1), pageOf([message(2), message(3), message(4)]), said(message(5), 2));
    expect(thread(live)?.messages.map((m) => m.index)).toEqual([2, 3, 4, 5]);
    expect(thread(live)).toMatchObject({ loaded: true, complete: false });
  });

  it('is complete with the first message, or when the server says so', () => {
    expect(thread(play(wanted, pageOf([message(1)])))?.complete).toBe(true);
    expect(thread(play(wanted, pageOf([], true)))?.complete).toBe(true);
  });

  it('lets go of what it had when the new page does not touch it', () => {
    const live = play(wanted, pageOf([message(1), message(2)]), pageOf([message(8), message(9)]));
    expect(thread(live)?.messages.map((m) => m.index)).toEqual([8, 9]);
    expect(thread(live)?.complete).toBe(false);
  });

  it('shows what is on its way after everything, and takes it away when it has arrived', () => {
    const sending: Input = { type: 'outgoing', conversation: kCh, message: outgoing('a', 1) };
    const live = play(wanted, pageOf([message(1)]), sending);
    expect(thread(live)?.outgoing).toHaveLength(1);
    const arrived = reduce(live, said(message(2, { client_message_id: 'a' }), 1), 0);
    expect(thread(arrived)?.outgoing).toEqual([]);
    expect(thread(arrived)?.messages).toHaveLength(2);
  });

  it('does not show a message twice when the event overtakes the answer', () => {
    const mine = message(2, { client_message_id: 'a' });
    const live = play(
      wanted,
      pageOf([message(1)]),
      said(mine, 1),
      { type: 'message-said', message: mine },
      {
        type: 'outgoing',
        conversation: kCh,
        message: outgoing('a', 1, 'failed'),
      },
    );
    expect(thread(live)?.messages).toHaveLength(2);
    expect(thread(live)?.outgoing).toEqual([]);
  });

  it('keeps the order of what is on its way when one of them is tried again', () => {
    const live = play(
      wanted,
      { type: 'outgoing', conversation: kCh, message: outgoing('a', 1, 'failed') },
      { type: 'outgoing', conversation: kCh, message: outgoing('b', 2) },
      { type: 'outgoing', conversation: kCh, message: outgoing('a', 1) },
    );
    expect(thread(live)?.outgoing.map((o) => o.client_message_id)).toEqual(['a', 'b']);
  });

  it('does not drop a thread that still has words on their way', () => {
    const leave: Input = { type: 'thread-left', conversation: kCh };
    expect(
      thread(play(wanted, { type: 'outgoing', conversation: kCh, message: outgoing('a', 1) }, leave)),
    ).toBeDefined();
    expect(thread(play(wanted, leave))).toBeUndefined();
  });

  it('knows who has read up to where, and never goes back', () => {
    const read = (index: number, type: 'worker' | 'customer', position: number): Input => ({
      type: 'frame',
      frame: {
        type: 'events',
        position,
        events: [
          {
            type: 'message.read',
            payload: { message: message(index), reader: { type, sid: null, display_name: '' } },
          } as never,
        ],
      },
    });
    const live = play(
      wanted,
      pageOf([message(1), message(2), message(3)]),
      read(2, 'worker', 1),
      read(1, 'worker', 2),
      read(3, 'customer', 3),
    );
    expect(thread(live)).toMatchObject({ readByWorker: 2, readByCustomer: 3 });
    const open = thread(live);
    expect(open && unreadIn(open)).toBe(1);
  });

  it('shows that the customer types until they write, stop, or six seconds have gone', () => {
    const typing: Input = {
      type: 'frame',
      frame: {
        type: 'typing',
        conversation_sid: kCh,
        typing: true,
        who: { type: 'customer', sid: null, display_name: 'Eleni' },
      },
    };
    const live = play(wanted, typing);
    expect(thread(live)?.typing).toEqual({ name: 'Eleni', until: 6500 });
    expect(thread(reduce(live, said(message(1), 1), 0))?.typing).toBeNull();
  });
});

describe('mergeMessages', () => {
  it('takes what came later for what it replaces', () => {
    const merged = mergeMessages([message(1), message(2)], [message(2, { status: 'read' })]);
    expect(merged.map((m) => [m.index, m.status])).toEqual([
      [1, 'sent'],
      [2, 'read'],
    ]);
  });
});

describe('urgency', () => {
  const item = (more: Partial<WorkItem>): WorkItem =>
    ({ state: 'talking', customerWaitsSince: null, reservation: { wrap_up: null }, ...more }) as WorkItem;
  const now = Date.parse('2026-01-01T00:10:00Z');

  it('grows with the time the customer waits for a word', () => {
    expect(urgencyOf(item({}), now)).toBe('calm');
    expect(urgencyOf(item({ customerWaitsSince: '2026-01-01T00:09:30Z' }), now)).toBe('calm');
    expect(urgencyOf(item({ customerWaitsSince: '2026-01-01T00:09:00Z' }), now)).toBe('soon');
    expect(urgencyOf(item({ customerWaitsSince: '2026-01-01T00:07:00Z' }), now)).toBe('late');
  });

  it('is about the timer in wrap-up', () => {
    const wrap = (expires_at: string, overdue = false) =>
      item({ state: 'wrapping', reservation: { wrap_up: { expires_at, overdue } } as never });
    expect(urgencyOf(wrap('2026-01-01T00:11:00Z'), now)).toBe('calm');
    expect(urgencyOf(wrap('2026-01-01T00:10:05Z'), now)).toBe('soon');
    expect(urgencyOf(wrap('2026-01-01T00:09:00Z', true), now)).toBe('late');
  });
});

describe('selectors', () => {
  it('give the same object while nothing they read has changed', () => {
    const live = play(wanted);
    expect(selectWork({ ...live, notices: [] })).toBe(selectWork(live));
  });
});
