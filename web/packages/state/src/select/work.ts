// My work: what rings for this worker, and what they have in hand.
import type { Schemas } from '@carillon/contract';
import type { Live, Message, Outgoing, Reservation, Task, Thread } from '../live';
import { customerNameOf } from '../notices';
import { memo } from './memo';

export interface Offer {
  readonly reservation: Reservation;
  readonly task: Task;
  readonly customerName: string;
  // What the customer said last, once it is read; '' where they said nothing.
  readonly words: string;
  // They left a message and do not wait.
  readonly leftMessage: boolean;
  // What accepting puts on hold.
  readonly interrupts: number;
  // Handed over by somebody.
  readonly transferred: boolean;
}

export type WorkState = 'talking' | 'suspended' | 'wrapping';

export interface WorkItem {
  readonly reservation: Reservation;
  readonly task: Task;
  readonly conversation: Schemas['Conversation'] | null;
  readonly contact: Schemas['Contact'] | null;
  readonly thread: Thread | null;
  readonly state: WorkState;
  readonly customerName: string;
  readonly unread: number;
  readonly lastMessage: Message | null;
  // The customer wrote last and waits for us since then; null when they do not.
  readonly customerWaitsSince: string | null;
  // The customer has gone, or their side has ended.
  readonly customerGone: boolean;
  // Handed to somebody who has not answered yet.
  readonly handingTo: Task | null;
}

type Parts = [
  Live['reservations'],
  Live['tasks'],
  Live['conversations'],
  Live['contacts'],
  Live['threads'],
  string | null,
];

const partsOf = (live: Live): Parts => [
  live.reservations,
  live.tasks,
  live.conversations,
  live.contacts,
  live.threads,
  live.workerSid,
];

export const selectOffers = memo(
  (live: Live) => [live.reservations, live.tasks, live.threads, live.workerSid],
  (reservations, tasks, threads, me): readonly Offer[] =>
    Object.values(reservations)
      .filter((r) => r.worker_sid === me && r.status === 'pending')
      .flatMap((reservation) => {
        const task = tasks[reservation.task_sid];
        return task ? [offerOf(reservation, task, threads[task.conversation_sid ?? ''])] : [];
      })
      .sort((a, b) => a.reservation.created_at.localeCompare(b.reservation.created_at)),
);

function offerOf(reservation: Reservation, task: Task, thread: Thread | undefined): Offer {
  return {
    reservation,
    task,
    customerName: customerNameOf(task) || (thread?.customerName ?? ''),
    words: thread?.messages.findLast((m) => m.author.type === 'customer' && m.text !== '')?.text ?? '',
    leftMessage: task.attributes['left_message'] === true,
    interrupts: reservation.interrupts.length,
    transferred: task.transferred_from_sid !== null,
  };
}

// Conversations whose messages are worth having: in hand, or ringing.
export const selectThreadsWanted = memo(
  (live: Live) => [selectOffers(live), selectWork(live)],
  (offers, work): readonly string[] => [...work, ...offers].flatMap((one) => one.task.conversation_sid ?? []),
);

export const selectWork = memo(
  partsOf,
  (reservations, tasks, conversations, contacts, threads, me): readonly WorkItem[] =>
    Object.values(reservations)
      .filter(
        (r) => r.worker_sid === me && (r.status === 'accepted' || r.status === 'suspended' || r.status === 'wrapping'),
      )
      .flatMap((reservation) => {
        const task = tasks[reservation.task_sid];
        return task ? [itemOf(reservation, task, { tasks, conversations, contacts, threads })] : [];
      })
      .sort(byPlace),
);

// As they came in: a list that jumps about while one reaches for it is worse than one that is not quite by urgency.
function byPlace(a: WorkItem, b: WorkItem): number {
  return (
    (a.reservation.accepted_at ?? '').localeCompare(b.reservation.accepted_at ?? '') ||
    a.task.sid.localeCompare(b.task.sid)
  );
}

function itemOf(
  reservation: Reservation,
  task: Task,
  live: Pick<Live, 'tasks' | 'conversations' | 'contacts' | 'threads'>,
): WorkItem {
  const thread = task.conversation_sid ? (live.threads[task.conversation_sid] ?? null) : null;
  const contact = task.contact_sid ? (live.contacts[task.contact_sid] ?? null) : null;
  const spoken = thread?.messages.filter((m) => m.author.type !== 'system' && !m.internal) ?? [];
  const lastMessage = spoken.at(-1) ?? null;
  const state: WorkState =
    reservation.status === 'wrapping' ? 'wrapping' : reservation.status === 'suspended' ? 'suspended' : 'talking';
  const waits = state === 'talking' && lastMessage?.author.type === 'customer';
  return {
    reservation,
    task,
    conversation: task.conversation_sid ? (live.conversations[task.conversation_sid] ?? null) : null,
    contact,
    thread,
    state,
    customerName: customerNameOf(task) || (thread?.customerName ?? ''),
    unread: thread ? unreadIn(thread) : 0,
    lastMessage,
    customerWaitsSince: waits ? waitingSince(spoken) : null,
    customerGone: contact ? contact.customer_ended_at !== null || !contact.customer_connected : false,
    handingTo:
      Object.values(live.tasks).find(
        (t) => t.transferred_from_sid === task.sid && (t.status === 'pending' || t.status === 'reserved'),
      ) ?? null,
  };
}

// The first of the customer's messages that nobody has answered: three short messages are one wait.
function waitingSince(spoken: readonly Message[]): string | null {
  let since: string | null = null;
  for (let i = spoken.length - 1; i >= 0 && spoken[i]?.author.type === 'customer'; --i) since = spoken[i]?.at ?? since;
  return since;
}

export function unreadIn(thread: Thread): number {
  return thread.messages.filter((m) => m.author.type === 'customer' && m.index > thread.readByWorker).length;
}

export type Urgency = 'calm' | 'soon' | 'late';

// How long the customer has waited for a word from us, as a colour. Seconds.
export const kSoonAfter = 45;
export const kLateAfter = 120;

export function urgencyOf(item: WorkItem, serverNow: number): Urgency {
  if (item.state === 'wrapping') {
    if (item.reservation.wrap_up?.overdue) return 'late';
    const end = item.reservation.wrap_up?.expires_at;
    return end && Date.parse(end) - serverNow < 10_000 ? 'soon' : 'calm';
  }
  if (item.customerWaitsSince === null) return 'calm';
  const waited = (serverNow - Date.parse(item.customerWaitsSince)) / 1000;
  return waited >= kLateAfter ? 'late' : waited >= kSoonAfter ? 'soon' : 'calm';
}

// Whether the customer of a call writes too, with this worker.
export function writesBeside(live: Live, conversation: string): boolean {
  return Object.values(live.reservations).some((r) => {
    const task = r.worker_sid === live.workerSid && r.status === 'accepted' ? live.tasks[r.task_sid] : undefined;
    const contact = task?.contact_sid ? live.contacts[task.contact_sid] : undefined;
    return (
      contact?.conversation_sid === conversation && contact.channel !== 'voice' && contact.customer_ended_at === null
    );
  });
}

// Everything a timeline shows: what is known and what is on its way, in order.
export function timelineOf(thread: Thread): readonly (Message | Outgoing)[] {
  return [...thread.messages, ...thread.outgoing];
}
