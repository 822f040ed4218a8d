// EventStream: the server's events over a WebSocket, with resume.
//
// What:   connects, subscribes, answers pings, comes back by itself with the last position it is sure of, and hands out whole
//         changes only: the frames of a snapshot are gathered and given as one, so that nobody sees half a state.
// States: idle -> connecting -> live -> waiting -> connecting ...; ended when signed out or not allowed (start() begins anew).
// Never:  loses an event without a snapshot in its place (docs/api.md, "Resume").
// Thread: the page's; everything comes through the Environment, so tests have their own clock and socket.
import type { Schemas } from '@carillon/contract';
import { backoffMs } from './backoff';

type ServerFrame = Schemas['StreamServerFrame'];
type ClientFrame = Schemas['StreamClientFrame'];
type SnapshotFrame = Schemas['SnapshotFrame'];

// All snapshot frames of one position; a resource the filter leaves out is absent.
export interface Snapshot {
  readonly type: 'snapshot';
  readonly position: number;
  readonly activity: readonly Schemas['Activity'][];
  readonly 'task-channel': readonly Schemas['TaskChannel'][];
  readonly 'task-queue': readonly Schemas['TaskQueue'][];
  readonly workflow: readonly Schemas['Workflow'][];
  readonly worker: readonly Schemas['Worker'][];
  readonly task: readonly Schemas['Task'][];
  readonly reservation: readonly Schemas['Reservation'][];
  readonly conversation: readonly Schemas['Conversation'][];
  readonly contact: readonly Schemas['Contact'][];
  readonly call: readonly Schemas['Call'][];
}

export type StreamFrame = Exclude<ServerFrame, SnapshotFrame> | Snapshot;

export type StreamPhase = 'idle' | 'connecting' | 'live' | 'waiting' | 'ended';

export interface StreamState {
  readonly phase: StreamPhase;
  // Of the phase, by the page's clock.
  readonly since: number;
  // Connections tried since the last live one.
  readonly attempt: number;
  // While waiting.
  readonly retryAt: number | null;
  // Why it ended: 4401, 4403.
  readonly code: number | null;
}

export interface SocketLike {
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface StreamOptions {
  // Without query; the sign-in is added.
  readonly address: string;
  readonly session: () => string | null;
  readonly workspace?: () => string | null;
  readonly open?: (address: string, protocol: string) => SocketLike;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly setTimer?: (run: () => void, ms: number) => unknown;
  readonly clearTimer?: (timer: unknown) => void;
  readonly onFrame: (frame: StreamFrame) => void;
  readonly onState: (state: StreamState) => void;
}

const kOpen = 1;
const kConnectMs = 15_000;

export class EventStream {
  private state: StreamState = { phase: 'idle', since: 0, attempt: 0, retryAt: null, code: null };
  private socket: SocketLike | null = null;
  // Everything up to here has been handed out; null: nothing yet, or not to be trusted.
  private position: number | null = null;
  private gathering: SnapshotFrame[] = [];
  private heartbeatMs = 20_000;
  private retryTimer: unknown = null;
  private deadTimer: unknown = null;

  constructor(private readonly options: StreamOptions) {}

  get phase(): StreamPhase {
    return this.state.phase;
  }

  start(): void {
    if (this.state.phase !== 'idle' && this.state.phase !== 'ended') return;
    this.position = null;
    this.connect(0);
  }

  stop(): void {
    this.drop(1000);
    this.become({ phase: 'idle', attempt: 0, retryAt: null, code: null });
  }

  // The network is back, or a person asks: do not wait any longer.
  retryNow(): void {
    if (this.state.phase === 'waiting') this.connect(this.state.attempt);
  }

  // Typing is worth a frame only while the line is there.
  typing(conversationSid: string, typing: boolean): void {
    this.send({ type: 'typing', conversation_sid: conversationSid, typing });
  }

  // The worker's phone in this page; goes with the line, so it is offered anew whenever the line has come back.
  phoneConnect(sdp: string): void {
    this.send({ type: 'phone.connect', sdp });
  }
  phoneDisconnect(): void {
    this.send({ type: 'phone.disconnect' });
  }

  private connect(attempt: number): void {
    this.drop(1000);
    const session = this.options.session();
    if (!session) return this.end(4401);
    const query = new URLSearchParams({ session });
    const workspace = this.options.workspace?.();
    if (workspace) query.set('workspace', workspace);
    this.become({ phase: 'connecting', attempt, retryAt: null, code: null });
    const open = this.options.open ?? ((address, protocol) => new WebSocket(address, protocol) as SocketLike);
    const socket = open(`${this.options.address}?${query}`, 'carillon.v1');
    this.socket = socket;
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.closed(event.code);
    };
    socket.onerror = () => undefined;
    this.watch(kConnectMs);
  }

  private receive(data: unknown): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(String(data)) as ServerFrame;
    } catch {
      // Half of what it says is worse than beginning again.
      this.position = null;
      return this.closed(4400);
    }
    this.watch(this.heartbeatMs * 3);
    switch (frame.type) {
      case 'hello':
        this.heartbeatMs = frame.heartbeat_s * 1000;
        this.send(
          this.position === null
            ? { type: 'subscribe', snapshot: true, numbers: true }
            : { type: 'subscribe', after: this.position, numbers: true },
        );
        this.options.onFrame(frame);
        if (this.position !== null) this.live();
        return;
      case 'snapshot':
        return this.gather(frame);
      case 'ping':
        this.send({ type: 'pong' });
        if (this.gathering.length === 0 && this.position !== null)
          this.position = Math.max(this.position, frame.position);
        break;
      case 'events':
        if (this.position !== null && frame.position <= this.position) return;
        this.position = frame.position;
        break;
      default:
        break;
    }
    this.options.onFrame(frame);
  }

  private gather(frame: SnapshotFrame): void {
    if (frame.first) this.gathering = [];
    this.gathering.push(frame);
    if (!frame.last) return;
    const whole: Record<string, unknown[]> & { type?: string; position?: number } = {
      activity: [],
      'task-channel': [],
      'task-queue': [],
      workflow: [],
      worker: [],
      task: [],
      reservation: [],
      conversation: [],
      contact: [],
      call: [],
    };
    for (const part of this.gathering) whole[part.resource]?.push(...part.items);
    this.gathering = [];
    this.position = frame.position;
    this.options.onFrame({ ...whole, type: 'snapshot', position: frame.position } as unknown as Snapshot);
    this.live();
  }

  private live(): void {
    this.become({ phase: 'live', attempt: 0, retryAt: null, code: null });
  }

  private closed(code: number): void {
    this.drop(1000);
    if (code === 4401 || code === 4403) return this.end(code);
    // We said something it did not take: what we believe may be wrong too.
    if (code === 4400 || code === 1003 || code === 1007 || code === 1009) this.position = null;
    const attempt = this.state.attempt + 1;
    const least = code === 4429 || code === 4503 ? 2000 : 0;
    const ms = Math.max(least, backoffMs(attempt, (this.options.random ?? Math.random)()));
    this.become({ phase: 'waiting', attempt, retryAt: this.now() + ms, code: null });
    this.retryTimer = this.setTimer(() => this.connect(attempt), ms);
  }

  private end(code: number): void {
    this.drop(1000);
    this.become({ phase: 'ended', attempt: 0, retryAt: null, code });
  }

  // A line that says nothing for so long is dead, whatever TCP believes.
  private watch(ms: number): void {
    this.clear(this.deadTimer);
    this.deadTimer = this.setTimer(() => this.closed(4408), ms);
  }

  private drop(code: number): void {
    this.clear(this.deadTimer);
    this.clear(this.retryTimer);
    this.deadTimer = this.retryTimer = null;
    this.gathering = [];
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = socket.onopen = null;
    try {
      socket.close(code);
    } catch {
      // It was closed already.
    }
  }

  private send(frame: ClientFrame): void {
    if (this.socket?.readyState === kOpen) this.socket.send(JSON.stringify(frame));
  }

  private become(next: Omit<StreamState, 'since'>): void {
    const since = next.phase === this.state.phase ? this.state.since : this.now();
    this.state = { ...next, since };
    this.options.onState(this.state);
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
  private setTimer(run: () => void, ms: number): unknown {
    return this.options.setTimer ? this.options.setTimer(run, ms) : setTimeout(run, ms);
  }
  private clear(timer: unknown): void {
    if (timer === null) return;
    if (this.options.clearTimer) this.options.clearTimer(timer);
    else clearTimeout(timer as number);
  }
}
