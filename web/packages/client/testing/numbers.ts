// The numbers a FakeCenter shows: what can be counted is counted, the rest of the day is made up by the scene.
import type { Schemas } from '@carillon/contract';
import type { FakeCenter } from './center';
import { eligible } from './routing';

export const kNoBuckets: Schemas['Buckets'] = {
  answered: 0,
  abandoned: 0,
  short_abandoned: 0,
  overflowed: 0,
  moved: 0,
  callback_taken: 0,
  voicemail: 0,
  closed: 0,
  full: 0,
  timed_out: 0,
  canceled: 0,
  failed_by_us: 0,
};
export const kNoNumbers: Schemas['Numbers'] = {
  offered: 0,
  buckets: kNoBuckets,
  not_yet: 0,
  answered_in_time: 0,
  late: 0,
  service_level: null,
  abandonment: null,
  asa_s: null,
  aht_s: null,
  segments: 0,
  talk_s: 0,
  hold_s: 0,
  wrap_s: 0,
  suspended_s: 0,
  longest_wait_s: 0,
};
export const kNoCenter: Schemas['CenterNumbers'] = {
  contacts: 0,
  contacts_answered: 0,
  contacts_abandoned: 0,
  contacts_ended: 0,
  service_level: null,
  abandonment: null,
  asa_s: null,
  aht_s: null,
  segments: 0,
  occupancy: null,
  fcr: null,
};
export const kNoWorker: Schemas['WorkerNumbers'] = {
  segments: 0,
  aht_s: null,
  talk_s: 0,
  hold_s: 0,
  wrap_s: 0,
  handling_s: 0,
  signed_in_s: 0,
  available_s: 0,
  occupancy: null,
  reservations_created: 0,
  reservations_accepted: 0,
  reservations_rejected: 0,
  reservations_timed_out: 0,
};

export function queueNow(center: FakeCenter, queue: Schemas['TaskQueue']): Schemas['TaskQueueNow'] {
  const tasks = [...center.tables.task.values()].filter((t) => t.task_queue_sid === queue.sid);
  const waiting = tasks
    .filter((t) => t.status === 'pending' || t.status === 'reserved')
    .sort((a, b) => a.virtual_start_time.localeCompare(b.virtual_start_time));
  const workers = [...center.tables.worker.values()].filter((w) => eligible(queue.expression, w.attributes));
  const staffed = workers.filter((w) => w.available);
  const late = waiting.filter(
    (t) => center.now() - Date.parse(t.virtual_start_time) > queue.service_level.target_s * 1000,
  ).length;
  const today = center.today[queue.sid] ?? kNoNumbers;
  return {
    task_queue_sid: queue.sid,
    friendly_name: queue.friendly_name,
    waiting: waiting.length,
    reserved: tasks.filter((t) => t.status === 'reserved').length,
    assigned: tasks.filter((t) => t.status === 'assigned' || t.status === 'suspended').length,
    wrapping: tasks.filter((t) => t.status === 'wrapping').length,
    late,
    longest_waiting_since: waiting[0]?.virtual_start_time ?? null,
    longest_waiting_task_sid: waiting[0]?.sid ?? null,
    eligible_workers: workers.length,
    staffed_workers: staffed.length,
    idle_workers: staffed.filter((w) => w.assignments.length === 0).length,
    estimated_wait: staffed.length > 0 ? { low_s: waiting.length * 20, high_s: waiting.length * 60 + 15 } : null,
    service_level_now: today.service_level === null ? null : Math.max(0, Math.round(today.service_level - late * 12)),
    today,
  };
}

export function workspaceNow(center: FakeCenter): Schemas['WorkspaceNow'] {
  const queues = [...center.tables['task-queue'].values()].map((q) => queueNow(center, q as Schemas['TaskQueue']));
  const workers = [...center.tables.worker.values()];
  const sum = (of: (q: Schemas['TaskQueueNow']) => number) => queues.reduce((total, q) => total + of(q), 0);
  return {
    waiting: sum((q) => q.waiting),
    late: sum((q) => q.late),
    open_contacts: [...center.tables.contact.values()].filter((c) => c.status === 'open').length,
    connected_workers: workers.filter((w) => w.connected).length,
    available_workers: workers.filter((w) => w.available).length,
    handling_workers: workers.filter((w) => w.assignments.length > 0).length,
    not_responding_workers: workers.filter((w) => w.channels.some((c) => c.not_responding_since)).length,
    today: center.centerNumbers ?? kNoCenter,
  };
}

export function numbersFrame(
  center: FakeCenter,
  worker: Schemas['Worker'] | null,
  role: Schemas['Role'],
): Schemas['NumbersFrame'] {
  return {
    type: 'numbers',
    at: center.time(),
    position: center.position,
    ...(role === 'agent'
      ? {}
      : {
          workspace: workspaceNow(center),
          task_queues: [...center.tables['task-queue'].values()].map((q) =>
            queueNow(center, q as Schemas['TaskQueue']),
          ),
        }),
    ...(worker ? { worker: center.workerNumbers ?? kNoWorker } : {}),
  };
}
