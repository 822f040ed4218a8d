// What happened to a worker without their doing, and is worth a sentence: an offer went to somebody else, a transfer was refused,
// a supervisor took a chat away. Pure; decided from the event and what was known before it.
import type { Event, Live, Notice, Task } from './live';

export function customerNameOf(task: Task | undefined): string {
  const name = task?.attributes['customer_name'];
  return typeof name === 'string' ? name.trim() : callerOf(task);
}

// Who calls or is called, as far as the telephone says it: the name, else the number; '' for no call and for who hides it.
export function callerOf(task: Task | undefined): string {
  const { call_sid, callback_sid, name, direction, from, to } = task?.attributes ?? {};
  if (typeof call_sid !== 'string' && typeof callback_sid !== 'string') return '';
  if (typeof name === 'string' && name.trim() !== '') return name.trim();
  const number = direction === 'outbound' ? to : from;
  return typeof number === 'string' && number !== 'anonymous' && !isVisitor(number) ? number : '';
}

// Who calls from a web page is known by nothing but the visit.
export function isVisitor(from: string): boolean {
  return /^VI[0-9a-f]{32}$/.test(from);
}

export function noticeOf(live: Live, event: Event): Omit<Notice, 'id'> | null {
  switch (event.type) {
    case 'reservation.rescinded':
    case 'reservation.timeout':
    case 'reservation.canceled': {
      const { reservation, task } = event.payload;
      const before = live.reservations[reservation.sid];
      if (reservation.worker_sid !== live.workerSid || !before) return null;
      const offered = before.status === 'pending';
      if (event.type === 'reservation.timeout' && reservation.reason !== 'missed') return null;
      // Whoever was to be called back was not: the task waits for the next time.
      const failed = ['busy', 'declined', 'no_answer', 'unreachable'].includes(reservation.reason ?? '');
      if (!offered && failed && typeof task.attributes['callback_sid'] === 'string') {
        return { kind: 'not_reached', name: customerNameOf(task), reason: reservation.reason, text: null };
      }
      const kind = event.type === 'reservation.timeout' ? 'offer_missed' : offered ? 'offer_gone' : 'task_taken_away';
      return { kind, name: customerNameOf(task), reason: reservation.reason, text: null };
    }
    case 'task.canceled': {
      const { task } = event.payload;
      if (
        !isMine(live, task.transferred_from_sid) ||
        !['rejected', 'missed', 'not_reached', 'worker_unavailable'].includes(task.reason ?? '')
      ) {
        return null;
      }
      return { kind: 'transfer_refused', name: customerNameOf(task), reason: task.reason, text: null };
    }
    case 'reservation.accepted': {
      const { task } = event.payload;
      if (event.payload.reservation.worker_sid === live.workerSid || !isMine(live, task.transferred_from_sid))
        return null;
      return {
        kind: 'transfer_taken',
        name: customerNameOf(task),
        reason: null,
        text: event.payload.reservation.worker_friendly_name,
      };
    }
    case 'alert.raised':
      return { kind: 'alert', name: '', reason: null, text: event.payload.alert.kind };
    default:
      return null;
  }
}

function isMine(live: Live, taskSid: string | null): boolean {
  const task = taskSid === null ? undefined : live.tasks[taskSid];
  return live.workerSid !== null && task?.worker_sid === live.workerSid;
}
