// Agents live: what each worker is doing, since when, and on what.
import type { Live, Reservation, Task, Worker } from '../live';
import { customerNameOf } from '../notices';
import { memo } from './memo';

// The first that holds, in this order.
export type AgentState = 'offline' | 'lost' | 'not_responding' | 'talking' | 'ringing' | 'wrapping' | 'idle' | 'away';

export interface AgentWork {
  readonly reservation: Reservation;
  readonly task: Task | null;
  readonly customerName: string;
}

export interface AgentRow {
  readonly worker: Worker;
  readonly state: AgentState;
  readonly since: string;
  readonly on: readonly AgentWork[];
  // Share of the capacity in use, percent.
  readonly load: number;
  readonly notRespondingOn: readonly string[];
}

export const selectAgents = memo(
  (live: Live) => [live.workers, live.reservations, live.tasks, live.activities],
  (workers, reservations, tasks, activities): readonly AgentRow[] => {
    const byWorker = new Map<string, AgentWork[]>();
    for (const reservation of Object.values(reservations)) {
      const task = tasks[reservation.task_sid] ?? null;
      const list = byWorker.get(reservation.worker_sid) ?? [];
      list.push({ reservation, task, customerName: customerNameOf(task ?? undefined) });
      byWorker.set(reservation.worker_sid, list);
    }
    return Object.values(workers)
      .map((worker) => rowOf(worker, (byWorker.get(worker.sid) ?? []).sort(byCreation), activities))
      .sort((a, b) => a.worker.friendly_name.localeCompare(b.worker.friendly_name));
  },
);

function byCreation(a: AgentWork, b: AgentWork): number {
  return a.reservation.created_at.localeCompare(b.reservation.created_at);
}

function rowOf(worker: Worker, on: AgentWork[], activities: Live['activities']): AgentRow {
  const missed = worker.channels.filter((c) => c.not_responding_since !== null);
  const { state, since } = stateOf(worker, on, activities);
  return {
    worker,
    state,
    since,
    on,
    load:
      worker.total_capacity > 0 ? Math.min(100, Math.round((100 * worker.held_capacity) / worker.total_capacity)) : 0,
    notRespondingOn: missed.map((c) => c.task_channel_unique_name),
  };
}

function stateOf(
  worker: Worker,
  on: readonly AgentWork[],
  activities: Live['activities'],
): { state: AgentState; since: string } {
  const first = (status: Reservation['status'], at: (r: Reservation) => string | null) => {
    const found = on.find((w) => w.reservation.status === status);
    return found ? (at(found.reservation) ?? found.reservation.created_at) : null;
  };
  const talking = first('accepted', (r) => r.accepted_at);
  const ringing = first('pending', (r) => r.created_at);
  const wrapping = first('wrapping', (r) => r.wrap_up?.since ?? r.accepted_at);
  if (activities[worker.activity_sid]?.offline && on.length === 0)
    return { state: 'offline', since: worker.activity_since };
  if (worker.lost) return { state: 'lost', since: worker.activity_since };
  const missed = worker.channels.flatMap((c) => (c.not_responding_since ? [c.not_responding_since] : [])).sort()[0];
  if (missed && !talking) return { state: 'not_responding', since: missed };
  if (talking) return { state: 'talking', since: talking };
  if (ringing) return { state: 'ringing', since: ringing };
  if (wrapping) return { state: 'wrapping', since: wrapping };
  if (worker.activity_class === 'available')
    return { state: 'idle', since: laterOf(worker.idle_since, worker.activity_since) };
  return { state: 'away', since: worker.activity_since };
}

function laterOf(a: string | null, b: string): string {
  return a !== null && a > b ? a : b;
}
