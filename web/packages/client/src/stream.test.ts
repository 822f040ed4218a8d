// Goal: a stream resumes where it was, never shows half a change, never loses one silently, and backs off. Method: sockets and
// timers of our own; the test is the server.
import type { Schemas } from '@carillon/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SocketLike, StreamFrame, StreamState } from './stream';
import { EventStream } from './stream';

class Socket implements SocketLike {
  readyState = 1;
  onopen = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror = null;
  readonly sent: Schemas['StreamClientFrame'][] = [];
  constructor(readonly address: string) {}
  send(text: string) {
    this.sent.push(JSON.parse(text) as Schemas['StreamClientFrame']);
  }
  close() {
    this.readyState = 3;
  }
  says(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent);
  }
  breaks(code = 1006) {
    this.onclose?.({ code } as CloseEvent);
  }
}

let sockets: Socket[];
let frames: StreamFrame[];
let states: StreamState[];
let timers: Map<number, { run: () => void; at: number }>;
let clock: number;
let stream: EventStream;

beforeEach(() => {
  sockets = [];
  frames = [];
  states = [];
  timers = new Map();
  clock = 0;
  let next = 0;
  stream = new EventStream({
    address: 'ws://server/api/v1/events/stream',
    session: () => 'SI1',
    open: (address) => {
      const socket = new Socket(address);
      sockets.push(socket);
      return socket;
    },
    now: () => clock,
    random: () => 1,
    setTimer: (run, ms) => {
      timers.set(++next, { run, at: clock + ms });
      return next;
    },
    clearTimer: (timer) => timers.delete(timer as number),
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
  });
});

function pass(ms: number) {
  const until = clock + ms;
  for (;;) {
    const due = [...timers].filter(([, t]) => t.at <= until).sort((a, b) => a[1].at - b[1].at)[0];
    if (!due) break;
    timers.delete(due[0]);
    clock = due[1].at;
    due[1].run();
  }
  clock = until;
}

const socket = () => sockets.at(-1) as Socket;
const hello = (position = 100) =>
  socket().says({
    type: 'hello',
    at: '2026-01-01T00:00:00Z',
    workspace_sid: 'WS',
    worker_sid: 'WK1',
    position,
    heartbeat_s: 20,
  });
const snapshot = (position: number, first: boolean, last: boolean, resource = 'task', items: object[] = []) =>
  socket().says({ type: 'snapshot', position, first, last, resource, items });
const events = (position: number) => socket().says({ type: 'events', position, events: [] });
const phase = () => states.at(-1)?.phase;

describe('EventStream', () => {
  it('asks for a snapshot first and gives its frames as one', () => {
    stream.start();
    expect(socket().address).toBe('ws://server/api/v1/events/stream?session=SI1');
    hello();
    expect(socket().sent).toEqual([{ type: 'subscribe', snapshot: true, numbers: true }]);
    snapshot(100, true, false, 'worker', [{ sid: 'WK1' }]);
    snapshot(100, false, false, 'task', [{ sid: 'WT1' }]);
    expect(frames.map((f) => f.type)).toEqual(['hello']);
    expect(phase()).toBe('connecting');
    snapshot(100, false, true, 'task', [{ sid: 'WT2' }]);
    expect(frames.at(-1)).toMatchObject({
      type: 'snapshot',
      position: 100,
      worker: [{ sid: 'WK1' }],
      task: [{ sid: 'WT1' }, { sid: 'WT2' }],
      contact: [],
    });
    expect(phase()).toBe('live');
  });

  it('resumes after the last position it got', () => {
    stream.start();
    hello();
    snapshot(100, true, true);
    events(101);
    socket().breaks();
    expect(phase()).toBe('waiting');
    pass(500);
    hello(105);
    expect(socket().sent).toEqual([{ type: 'subscribe', after: 101, numbers: true }]);
    expect(phase()).toBe('live');
  });

  it('counts a ping as having everything up to its position, and answers it', () => {
    stream.start();
    hello();
    snapshot(100, true, true);
    socket().says({ type: 'ping', at: '2026-01-01T00:00:00Z', position: 140 });
    expect(socket().sent.at(-1)).toEqual({ type: 'pong' });
    socket().breaks();
    pass(500);
    hello(150);
    expect(socket().sent).toEqual([{ type: 'subscribe', after: 140, numbers: true }]);
  });

  it('forgets half a snapshot when the line breaks in it', () => {
    stream.start();
    hello();
    snapshot(100, true, false, 'worker', [{ sid: 'WK1' }]);
    socket().breaks();
    pass(500);
    hello(100);
    expect(socket().sent).toEqual([{ type: 'subscribe', snapshot: true, numbers: true }]);
    snapshot(120, true, true, 'task', [{ sid: 'WT9' }]);
    expect(frames.at(-1)).toMatchObject({ worker: [], task: [{ sid: 'WT9' }] });
  });

  it('hands no change out twice', () => {
    stream.start();
    hello();
    snapshot(100, true, true);
    events(101);
    events(101);
    events(99);
    expect(frames.filter((f) => f.type === 'events')).toHaveLength(1);
  });

  it('takes a snapshot in place of events that are not kept any more', () => {
    stream.start();
    hello();
    snapshot(100, true, true);
    socket().breaks();
    pass(500);
    hello(90_000);
    snapshot(90_000, true, true, 'task', [{ sid: 'WT1' }]);
    events(90_001);
    socket().breaks();
    pass(500);
    hello(90_002);
    expect(socket().sent).toEqual([{ type: 'subscribe', after: 90_001, numbers: true }]);
  });

  it('waits longer each time, up to fifteen seconds, and not at all when asked', () => {
    stream.start();
    const waits: number[] = [];
    for (let i = 0; i < 7; ++i) {
      socket().breaks();
      const state = states.at(-1);
      waits.push((state?.retryAt ?? 0) - clock);
      pass(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    socket().breaks();
    const before = sockets.length;
    stream.retryNow();
    expect(sockets).toHaveLength(before + 1);
  });

  it('takes a silent line for dead after three heartbeats', () => {
    stream.start();
    hello();
    snapshot(100, true, true);
    pass(59_000);
    expect(phase()).toBe('live');
    pass(2000);
    expect(phase()).not.toBe('live');
    expect(sockets.length).toBeGreaterThan(1);
  });

  it('ends when the sign-in has ended, and does not come back by itself', () => {
    stream.start();
    hello();
    socket().breaks(4401);
    expect(states.at(-1)).toMatchObject({ phase: 'ended', code: 4401 });
    pass(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('begins with a snapshot when the server did not understand it', () => {
    stream.start();
    hello();
    snapshot(100, true, true);
    socket().breaks(4400);
    pass(500);
    hello(100);
    expect(socket().sent[0]).toMatchObject({ snapshot: true });
  });

  it('says typing only while there is a line', () => {
    stream.start();
    hello();
    snapshot(100, true, true);
    stream.typing('CH1', true);
    expect(socket().sent.at(-1)).toEqual({ type: 'typing', conversation_sid: 'CH1', typing: true });
    const old = socket();
    old.readyState = 3;
    const before = old.sent.length;
    stream.typing('CH1', true);
    expect(old.sent).toHaveLength(before);
  });
});
