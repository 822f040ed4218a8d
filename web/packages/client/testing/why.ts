// "Why is nobody ringing?", as a FakeCenter sees it.
import type { Schemas } from '@carillon/contract';
import { find } from './api';
import type { FakeCenter, Mutable } from './center';
import { eligible } from './routing';

type Worker = Mutable<Schemas['Worker']>;
type Queue = Mutable<Schemas['TaskQueue']>;

function candidate(worker: Worker, queue: Queue, center: FakeCenter): Schemas['WhyCandidate'] {
  const say = (verdict: Schemas['WhyVerdict'], detail: string) => ({
    worker_sid: worker.sid,
    worker_friendly_name: worker.friendly_name,
    verdict,
    detail,
  });
  if (!eligible(queue.expression, worker.attributes))
    return say(
      'not_eligible',
      `${queue.expression} does not hold: skills are ${JSON.stringify(worker.attributes['skills'] ?? [])}`,
    );
  if (worker.channels.some((c) => c.not_responding_since))
    return say('not_responding', 'An offer of chat was missed; one click of theirs ends it');
  if (!worker.available) return say('not_available', `Activity is ${worker.activity_name} (${worker.activity_class})`);
  if (worker.held_capacity + 33 > worker.total_capacity)
    return say('capacity', `Chat costs 33; ${worker.held_capacity} of ${worker.total_capacity} are in use`);
  const ringing = [...center.tables.reservation.values()].some(
    (r) => r.worker_sid === worker.sid && r.status === 'pending',
  );
  return ringing ? say('offered', 'It rings there now') : say('matchable', 'Would be offered next');
}

const kBest: Schemas['WhyVerdict'][] = [
  'offered',
  'matchable',
  'offered_elsewhere',
  'held_back',
  'passed_over',
  'capacity',
  'not_responding',
  'not_available',
  'not_eligible',
];

export function whyTask(center: FakeCenter, task: Mutable<Schemas['Task']>): Schemas['Why'] {
  const queue = task.task_queue_sid ? find(center, 'task-queue', task.task_queue_sid) : null;
  const workers = [...center.tables.worker.values()];
  const candidates = queue
    ? workers
        .map((w) => candidate(w, queue, center))
        .sort((a, b) => kBest.indexOf(a.verdict) - kBest.indexOf(b.verdict))
    : [];
  const able = queue ? workers.filter((w) => eligible(queue.expression, w.attributes)) : [];
  const ahead = [...center.tables.task.values()].filter(
    (t) =>
      t.task_queue_sid === task.task_queue_sid &&
      ['pending', 'reserved'].includes(t.status) &&
      t.virtual_start_time <= task.virtual_start_time,
  );
  return {
    task_sid: task.sid,
    at: center.time(),
    position: center.position,
    status: task.status,
    task_queue_sid: task.task_queue_sid,
    task_queue_friendly_name: task.task_queue_friendly_name,
    target: `filter '${task.workflow_filter ?? ''}', target 1 of 2, ring 1`,
    next_change_at: center.time(center.now() + 18_000),
    next_change: 'The second ring opens: workers with level >= 1 too',
    position_in_queue: Math.max(1, ahead.length),
    estimated_wait: { low_s: 30, high_s: 120 },
    eligible_workers: able.length,
    available_workers: able.filter((w) => w.available).length,
    candidates,
  };
}

export function whyIdle(center: FakeCenter, queueSid: string): Schemas['WhyIdle'] {
  const queue = find(center, 'task-queue', queueSid);
  const waiting = [...center.tables.task.values()]
    .filter((t) => t.task_queue_sid === queueSid && ['pending', 'reserved'].includes(t.status))
    .sort((a, b) => a.virtual_start_time.localeCompare(b.virtual_start_time));
  const able = [...center.tables.worker.values()].filter((w) => eligible(queue.expression, w.attributes));
  const staffed = able.filter((w) => w.available);
  const first = waiting[0];
  const verdict = !first
    ? 'nothing_waiting'
    : able.length === 0
      ? 'no_worker_matches'
      : first.status === 'reserved'
        ? 'offering'
        : staffed.length === 0
          ? 'nobody_available'
          : 'nobody_free';
  const summary = {
    nothing_waiting: 'Nothing waits in this queue.',
    no_worker_matches: `${waiting.length} wait, but no worker matches ${queue.expression}.`,
    offering: 'The first in the queue is being offered right now.',
    nobody_available: `${waiting.length} wait. ${able.length} workers match, none of them is available.`,
    nobody_free: `${waiting.length} wait. All ${staffed.length} available workers are full.`,
  }[verdict];
  return {
    task_queue_sid: queueSid,
    task_queue_friendly_name: queue.friendly_name,
    at: center.time(),
    position: center.position,
    verdict,
    summary,
    waiting: waiting.length,
    eligible_workers: able.length,
    staffed_workers: staffed.length,
    idle_workers: staffed.filter((w) => w.assignments.length === 0).length,
    first_task: first ? whyTask(center, first) : null,
  };
}
