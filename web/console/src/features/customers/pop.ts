// The page of another system about a contact, as its queue says (settings of the queue).
import type { Schemas } from '@carillon/contract';
import type { Live, Task } from '@carillon/state';
import { callOfTask, fillPopUrl } from '@carillon/state';

export interface Pop {
  readonly template: string;
  // By itself, once the contact is accepted.
  readonly open: boolean;
}

export function popOf(live: Live, task: Task): Pop | null {
  const queue = live.taskQueues[task.task_queue_sid ?? ''];
  return queue?.pop_url ? { template: queue.pop_url, open: queue.pop_open } : null;
}

export function popAddress(
  live: Live,
  task: Task,
  customer: Schemas['Customer'] | null,
  template: string,
): string | null {
  return fillPopUrl(template, {
    task,
    customer,
    call: callOfTask(live, task.sid)?.call ?? null,
    channel: task.task_channel_unique_name,
    agent: live.workers[live.workerSid ?? '']?.friendly_name ?? '',
  });
}
