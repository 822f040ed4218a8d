// FakeCenter: a contact center in memory, for tests, for looking at pages without a server, and for nothing else. It follows the
// contract's shapes and the lifecycles far enough for a desk to work on it; it is no second routing engine.
//
// What:   tables by sid, a position for each change, events of a change to every open socket; `fetch` and `open` stand in for the
//         browser's. `customer()` plays the other side.
// Time:   its clock is given; tick() does what has become due.
import type { Schemas } from '@carillon/contract';
import type { SocketLike } from '../src';
import { answer } from './api';
import { FakeSocket } from './socket';

export type Row = { sid: string; version: number } & Record<string, unknown>;
export type Event = Schemas['Event'];
export type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object | null ? Mutable<T[K]> : T[K] };

export interface SignedIn {
  readonly session_id: string;
  readonly csrf_token: string;
  readonly user: string;
}

export const kPrefixes = {
  workspace: 'WS',
  activity: 'WA',
  worker: 'WK',
  'task-queue': 'WQ',
  workflow: 'WW',
  task: 'WT',
  reservation: 'WR',
  'task-channel': 'TC',
  event: 'EV',
  user: 'US',
  membership: 'MB',
  'api-key': 'SK',
  sign_in: 'SI',
  widget: 'WG',
  conversation: 'CH',
  contact: 'CT',
  message: 'IM',
  customer: 'CU',
  identity: 'ID',
  file: 'FI',
  note: 'NO',
  entry: 'QE',
  alert: 'AL',
  disposition: 'DI',
  visitor: 'VI',
  number: 'PN',
  call: 'CA',
  leg: 'LG',
} as const;
export type Kind = keyof typeof kPrefixes;

export type Tables = {
  activity: Map<string, Mutable<Schemas['Activity']>>;
  'task-channel': Map<string, Mutable<Schemas['TaskChannel']>>;
  'task-queue': Map<string, Mutable<Schemas['TaskQueue']>>;
  workflow: Map<string, Mutable<Schemas['Workflow']>>;
  worker: Map<string, Mutable<Schemas['Worker']>>;
  task: Map<string, Mutable<Schemas['Task']>>;
  reservation: Map<string, Mutable<Schemas['Reservation']>>;
  conversation: Map<string, Mutable<Schemas['Conversation']>>;
  contact: Map<string, Mutable<Schemas['Contact']>>;
  customer: Map<string, Mutable<Schemas['Customer']>>;
  note: Map<string, Mutable<Schemas['Note']>>;
  disposition: Map<string, Mutable<Schemas['Disposition']>>;
  alert: Map<string, Mutable<Schemas['Alert']>>;
  user: Map<string, Mutable<Schemas['User']>>;
  membership: Map<string, Mutable<Schemas['Membership']>>;
  'api-key': Map<string, Mutable<Schemas['ApiKey']>>;
  widget: Map<string, Mutable<Schemas['Widget']>>;
  number: Map<string, Mutable<Schemas['Number']>>;
  call: Map<string, Mutable<Schemas['Call']>>;
};

export interface FakeOptions {
  readonly now?: () => number;
  // Answers and frames take this long; 0: at once, but never within the call.
  readonly delayMs?: number;
}

// What an event names, so that a filter may find it.
export type About = Partial<
  Pick<
    Schemas['EventEnvelope'],
    | 'task_sid'
    | 'reservation_sid'
    | 'worker_sid'
    | 'task_queue_sid'
    | 'contact_sid'
    | 'conversation_sid'
    | 'customer_sid'
  >
>;

export class FakeCenter {
  readonly tables: Tables = {
    activity: new Map(),
    'task-channel': new Map(),
    'task-queue': new Map(),
    workflow: new Map(),
    worker: new Map(),
    task: new Map(),
    reservation: new Map(),
    conversation: new Map(),
    contact: new Map(),
    customer: new Map(),
    note: new Map(),
    disposition: new Map(),
    alert: new Map(),
    user: new Map(),
    membership: new Map(),
    'api-key': new Map(),
    widget: new Map(),
    number: new Map(),
    call: new Map(),
  };
  workspace!: Mutable<Schemas['Workspace']>;
  readonly messages = new Map<string, Mutable<Schemas['Message']>[]>();
  readonly reads = new Map<string, { worker: number; customer: number }>();
  readonly segments = new Map<string, Schemas['Segment'][]>();
  readonly queueEntries = new Map<string, Mutable<Schemas['QueueEntry']>[]>();
  readonly summaries = new Map<string, Mutable<Schemas['ContactSummary']>>();
  readonly passwords = new Map<string, string>();
  readonly signedIn = new Map<string, SignedIn>();
  readonly answered = new Map<string, { status: number; body: unknown; headers: Record<string, string> }>();
  readonly sockets = new Set<FakeSocket>();
  demo: Schemas['DemoDoors'] | null = null;
  position = 1000;
  // Set to answer every call with it: how a page looks when the server is in trouble.
  failing: Schemas['Problem'] | null = null;
  // What the board shows besides what is counted.
  today: Record<string, Mutable<Schemas['Numbers']>> = {};
  centerNumbers: Mutable<Schemas['CenterNumbers']> | null = null;
  workerNumbers: Mutable<Schemas['WorkerNumbers']> | null = null;
  typed: string[] = [];
  // Answers a browser's phone; absent: there is no telephony.
  answerPhone: ((sdp: string) => Promise<string>) | null = null;
  // What was pressed on a keypad.
  digits = '';
  private readonly counters = new Map<string, number>();
  private kept: { position: number; events: Event[] }[] = [];

  constructor(readonly options: FakeOptions = {}) {}

  now(): number {
    return (this.options.now ?? Date.now)();
  }
  time(ms = this.now()): string {
    return new Date(ms).toISOString();
  }

  newSid(kind: Kind): string {
    const n = (this.counters.get(kind) ?? 0) + 1;
    this.counters.set(kind, n);
    return kPrefixes[kind] + n.toString(16).padStart(8, '0') + '5eed'.repeat(6);
  }

  // One change: the next position, and its events to all who listen.
  commit(events: readonly (Partial<Event> & { type: Event['type']; payload: unknown; about?: About })[]): number {
    this.position += 1;
    const at = this.time();
    const whole = events.map((event, index) => {
      const [resource] = event.type.split('.');
      const { about, ...rest } = event;
      return {
        sid: this.newSid('event'),
        at,
        position: this.position,
        index,
        workspace_sid: this.workspace.sid,
        resource_type: resource,
        resource_sid: '',
        actor: { type: 'system', sid: null },
        ...about,
        ...rest,
      } as unknown as Event;
    });
    this.kept.push({ position: this.position, events: whole });
    this.send({ type: 'events', position: this.position, events: whole });
    return this.position;
  }

  send(frame: Schemas['StreamServerFrame']): void {
    for (const socket of [...this.sockets]) socket.offer(frame);
  }

  // Frames after a position, or null when they are not kept.
  after(position: number): { position: number; events: Event[] }[] | null {
    const first = this.kept[0]?.position ?? this.position + 1;
    return position + 1 < first && position !== this.position ? null : this.kept.filter((f) => f.position > position);
  }
  forgetEvents(): void {
    this.kept = [];
  }

  who(
    sessionId: string | null,
  ): { user: Schemas['User']; role: Schemas['Role']; worker: Schemas['Worker'] | null } | null {
    const signed = sessionId ? this.signedIn.get(sessionId) : undefined;
    const user = signed ? this.tables.user.get(signed.user) : undefined;
    if (!user) return null;
    const membership = [...this.tables.membership.values()].find((m) => m.user_sid === user.sid);
    const worker = [...this.tables.worker.values()].find((w) => w.user_sid === user.sid) ?? null;
    return {
      user: user as Schemas['User'],
      role: membership?.role ?? 'agent',
      worker: worker as Schemas['Worker'] | null,
    };
  }

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    await new Promise((done) => setTimeout(done, this.options.delayMs ?? 0));
    const url = new URL(String(input), 'http://fake');
    const headers = new Headers(init?.headers);
    const text = typeof init?.body === 'string' ? init.body : '';
    const key = headers.get('Idempotency-Key');
    const known = key ? this.answered.get(key) : undefined;
    const reply =
      known ??
      answer(this, {
        method: (init?.method ?? 'GET').toUpperCase(),
        path: url.pathname.replace(/^\/api\/v1/, ''),
        query: url.searchParams,
        headers,
        body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>),
      });
    if (key && reply.status < 500) this.answered.set(key, reply);
    const body = reply.body === undefined ? null : JSON.stringify(reply.body);
    return new Response(body, {
      status: reply.status,
      headers: { 'Carillon-Position': String(this.position), ...reply.headers },
    });
  };

  readonly open = (address: string): SocketLike => new FakeSocket(this, new URL(address, 'http://fake').searchParams);

  // The line breaks for everybody, as when the server is killed.
  cut(code = 1006): void {
    for (const socket of [...this.sockets]) socket.cut(code);
  }
}
