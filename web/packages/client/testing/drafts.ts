// Events of a FakeCenter before they have a position.
import type { Schemas } from '@carillon/contract';
import type { About, Event, Mutable } from './center';

type Task = Mutable<Schemas['Task']>;
type Reservation = Mutable<Schemas['Reservation']>;
type Worker = Mutable<Schemas['Worker']>;
export type Draft = Partial<Event> & { type: Event['type']; payload: unknown; about?: About };

export function taskEvent(type: string, task: Task, more: object = {}): Draft {
  return {
    type,
    payload: { task: structuredClone(task), ...more },
    resource_sid: task.sid,
    about: aboutTask(task),
  } as Draft;
}

export function aboutTask(task: Task): About {
  return {
    task_sid: task.sid,
    ...(task.contact_sid ? { contact_sid: task.contact_sid } : {}),
    ...(task.conversation_sid ? { conversation_sid: task.conversation_sid } : {}),
    ...(task.customer_sid ? { customer_sid: task.customer_sid } : {}),
    ...(task.task_queue_sid ? { task_queue_sid: task.task_queue_sid } : {}),
  };
}

export function reservationEvent(type: string, reservation: Reservation, task: Task): Draft {
  return {
    type,
    payload: { reservation: structuredClone(reservation), task: structuredClone(task) },
    resource_sid: reservation.sid,
    about: { ...aboutTask(task), reservation_sid: reservation.sid, worker_sid: reservation.worker_sid },
  } as Draft;
}

export function workerEvent(type: string, worker: Worker): Draft {
  return {
    type,
    payload: { worker: structuredClone(worker) },
    resource_sid: worker.sid,
    about: { worker_sid: worker.sid },
  } as Draft;
}

export function messageEvent(message: Mutable<Schemas['Message']>): Draft {
  return {
    type: 'message.created',
    payload: { message: structuredClone(message) },
    resource_sid: message.sid,
    about: {
      conversation_sid: message.conversation_sid,
      ...(message.contact_sid ? { contact_sid: message.contact_sid } : {}),
    },
  } as Draft;
}
