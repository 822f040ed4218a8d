// Queues live: the numbers the server sends, by name, and the tasks that wait, in the order they will be offered.
import type { Schemas } from '@carillon/contract';
import type { Live, Task } from '../live';
import { customerNameOf } from '../notices';
import { memo } from './memo';

export interface QueueRow {
  readonly queue: Schemas['TaskQueue'];
  // null until the first numbers have come.
  readonly now: Schemas['TaskQueueNow'] | null;
}

export const selectQueues = memo(
  (live: Live) => [live.taskQueues, live.numbers.queues],
  (queues, numbers): readonly QueueRow[] =>
    Object.values(queues)
      .map((queue) => ({ queue, now: numbers[queue.sid] ?? null }))
      .sort((a, b) => a.queue.friendly_name.localeCompare(b.queue.friendly_name)),
);

export interface WaitingTask {
  readonly task: Task;
  readonly customerName: string;
  readonly offeredTo: readonly string[];
}

// All that wait, most urgent first: by priority, then by key = waiting since + T - boost (docs/glossary.md).
export const selectWaiting = memo(
  (live: Live) => [live.tasks, live.reservations, live.taskQueues],
  (tasks, reservations, queues): readonly WaitingTask[] => {
    const offered = new Map<string, string[]>();
    for (const r of Object.values(reservations)) {
      if (r.status === 'pending') offered.set(r.task_sid, [...(offered.get(r.task_sid) ?? []), r.worker_friendly_name]);
    }
    const key = (task: Task) =>
      Date.parse(task.virtual_start_time) / 1000 +
      (task.task_queue_sid ? (queues[task.task_queue_sid]?.service_level.target_s ?? 0) : 0) -
      task.boost_s;
    return Object.values(tasks)
      .filter((task) => task.status === 'pending' || task.status === 'reserved')
      .map((task) => ({ task, customerName: customerNameOf(task), offeredTo: offered.get(task.sid) ?? [] }))
      .sort(
        (a, b) =>
          b.task.priority - a.task.priority || key(a.task) - key(b.task) || a.task.sid.localeCompare(b.task.sid),
      );
  },
);
