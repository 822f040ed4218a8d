// FakeSocket: one open line to a FakeCenter, with its filter and resume.
import type { Schemas } from '@carillon/contract';
import type { SocketLike } from '../src';
import type { Event, FakeCenter } from './center';
import { numbersFrame } from './numbers';

type ServerFrame = Schemas['StreamServerFrame'];

const kResources = [
  'activity',
  'task-channel',
  'task-queue',
  'workflow',
  'worker',
  'task',
  'reservation',
  'conversation',
  'contact',
  'call',
] as const;
const kEnded = new Set(['completed', 'canceled', 'rejected', 'timeout', 'rescinded', 'ended', 'closed']);

export class FakeSocket implements SocketLike {
  readyState = 0;
  onopen: ((event: globalThis.Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: globalThis.Event) => void) | null = null;
  private subscribed = false;
  private numbers = false;
  private readonly session: string | null;

  constructor(
    private readonly center: FakeCenter,
    query: URLSearchParams,
  ) {
    this.session = query.get('session');
    center.sockets.add(this);
    setTimeout(() => this.begin(), center.options.delayMs ?? 0);
  }

  send(text: string): void {
    const frame = JSON.parse(text) as Schemas['StreamClientFrame'];
    if (frame.type === 'typing') this.center.typed.push(frame.conversation_sid);
    if (frame.type === 'phone.connect') void this.answerPhone(frame.sdp);
    if (frame.type !== 'subscribe') return;
    this.subscribed = true;
    this.numbers = frame.numbers ?? false;
    const missed = frame.after === undefined || frame.snapshot ? null : this.center.after(frame.after);
    if (missed)
      for (const f of missed) this.give({ type: 'events', ...f, events: f.events.filter((e) => this.sees(e)) });
    else this.snapshot();
    if (this.numbers) this.give(numbersFrame(this.center, this.who()?.worker ?? null, this.who()?.role ?? 'agent'));
  }

  close(): void {
    this.leave();
  }

  cut(code: number): void {
    this.leave();
    this.onclose?.({ code } as CloseEvent);
  }

  offer(frame: ServerFrame): void {
    if (!this.subscribed) return;
    if (frame.type === 'events') {
      const events = frame.events.filter((e) => this.sees(e));
      if (events.length > 0) this.give({ ...frame, events });
      if (this.numbers) this.give(numbersFrame(this.center, this.who()?.worker ?? null, this.who()?.role ?? 'agent'));
    } else {
      this.give(frame);
    }
  }

  private async answerPhone(sdp: string): Promise<void> {
    const { answerPhone } = this.center;
    if (answerPhone) return this.give({ type: 'phone.connected', sdp: await answerPhone(sdp) });
    const problem = { type: '', title: 'Not available just now', status: 503, code: 'unavailable', detail: '' };
    this.give({ type: 'phone.failed', problem });
  }

  private who() {
    return this.center.who(this.session);
  }

  private begin(): void {
    const who = this.who();
    if (!this.center.sockets.has(this)) return;
    if (!who) return this.cut(4401);
    if (this.center.failing) return this.cut(1006);
    this.readyState = 1;
    this.give({
      type: 'hello',
      at: this.center.time(),
      workspace_sid: this.center.workspace.sid,
      worker_sid: who.worker?.sid ?? null,
      position: this.center.position,
      heartbeat_s: 20,
    });
  }

  private leave(): void {
    this.readyState = 3;
    this.center.sockets.delete(this);
  }

  // An agent hears of their own work and of configuration.
  private sees(event: Event): boolean {
    const who = this.who();
    if (!who || who.role !== 'agent') return who !== null;
    const me = who.worker?.sid;
    if (['activity', 'task-channel', 'task-queue', 'workflow', 'workspace'].includes(event.resource_type)) return true;
    if ('worker' in event.payload) return event.payload.worker.sid === me;
    return this.mine(event.contact_sid, event.task_sid, event.worker_sid);
  }

  private mine(contact?: string, task?: string, worker?: string): boolean {
    const me = this.who()?.worker?.sid;
    if (worker === me) return true;
    const { reservation, task: tasks } = this.center.tables;
    return [...reservation.values()].some(
      (r) =>
        r.worker_sid === me &&
        ((contact && r.contact_sid === contact) ||
          r.task_sid === task ||
          tasks.get(task ?? '')?.transferred_from_sid === r.task_sid),
    );
  }

  private snapshot(): void {
    const who = this.who();
    const agent = who?.role === 'agent';
    const me = who?.worker?.sid;
    kResources.forEach((resource, i) => {
      const rows = [...this.center.tables[resource].values()] as unknown as Record<string, string>[];
      const items = rows
        .filter((row) => !kEnded.has(row['status'] ?? ''))
        .filter((row) => {
          if (!agent || i < 4) return true;
          if (resource === 'worker') return row['sid'] === me;
          if (resource === 'reservation') return row['worker_sid'] === me;
          if (resource === 'task') return this.mine(undefined, row['sid']);
          if (resource === 'contact') return this.mine(row['sid']);
          if (resource === 'call') return this.mine(row['contact_sid']);
          return [...this.center.tables.contact.values()].some(
            (c) => c.conversation_sid === row['sid'] && this.mine(c.sid),
          );
        });
      this.give({
        type: 'snapshot',
        position: this.center.position,
        first: i === 0,
        last: i === kResources.length - 1,
        resource,
        items,
      } as unknown as ServerFrame);
    });
  }

  private give(frame: ServerFrame): void {
    const data = JSON.stringify(frame);
    setTimeout(() => {
      if (this.readyState === 1) this.onmessage?.({ data } as MessageEvent);
    }, this.center.options.delayMs ?? 0);
  }
}
