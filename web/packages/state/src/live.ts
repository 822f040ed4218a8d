// Live: what this tab knows of the center, built from the event stream alone (and message pages, which no snapshot carries).
//
// Owns:   nothing; a value. Tables hold live things by sid: what has ended leaves its table with the event that says so.
// Example:
//   let live = emptyLive();
//   live = reduce(live, { type: 'frame', frame }, now);
import type { Snapshot, StreamFrame, StreamState } from '@carillon/client';
import type { Schemas } from '@carillon/contract';

export type Table<T> = Readonly<Record<string, T>>;
export type Message = Schemas['Message'];
export type Task = Schemas['Task'];
export type Reservation = Schemas['Reservation'];
export type Worker = Schemas['Worker'];
export type Call = Schemas['Call'];
export type Event = Schemas['Event'];

// A message on its way: shown at once, kept until the server has it, with the same name when tried again.
export interface Outgoing {
  readonly client_message_id: string;
  readonly text: string;
  readonly internal: boolean;
  // By the page's clock.
  readonly at: number;
  readonly state: 'sending' | 'failed';
  // Why it failed, in the server's words.
  readonly problem: Schemas['Problem'] | null;
}

// The messages of a conversation somebody looks at. They are known without gaps from the first one here on.
export interface Thread {
  readonly messages: readonly Message[];
  // The first message here is the first there is.
  readonly complete: boolean;
  // A page was read since the line was last without gaps.
  readonly loaded: boolean;
  readonly customerName: string | null;
  readonly readByWorker: number;
  readonly readByCustomer: number;
  readonly typing: { readonly name: string; readonly until: number } | null;
  readonly outgoing: readonly Outgoing[];
}

export interface Numbers {
  readonly workspace: Schemas['WorkspaceNow'] | null;
  readonly queues: Table<Schemas['TaskQueueNow']>;
  readonly worker: Schemas['WorkerNumbers'] | null;
}

// Something the person should hear about although they did nothing: said once.
export interface Notice {
  readonly id: number;
  readonly kind:
    | 'offer_gone'
    | 'offer_missed'
    | 'task_taken_away'
    | 'not_reached'
    | 'transfer_refused'
    | 'transfer_taken'
    | 'alert';
  readonly name: string;
  readonly reason: Schemas['ReasonCode'] | null;
  // Of an alert its kind, of a taken transfer by whom.
  readonly text: string | null;
}

export interface Live {
  readonly position: number;
  // A snapshot has been taken since signing in.
  readonly ready: boolean;
  // Server's clock minus the page's, milliseconds: all times shown are counted by the server's.
  readonly skewMs: number;
  readonly workerSid: string | null;
  readonly connection: StreamState;
  readonly activities: Table<Schemas['Activity']>;
  readonly taskChannels: Table<Schemas['TaskChannel']>;
  readonly taskQueues: Table<Schemas['TaskQueue']>;
  readonly workflows: Table<Schemas['Workflow']>;
  readonly workers: Table<Worker>;
  readonly tasks: Table<Task>;
  readonly reservations: Table<Reservation>;
  readonly conversations: Table<Schemas['Conversation']>;
  readonly contacts: Table<Schemas['Contact']>;
  readonly calls: Table<Call>;
  readonly workspace: Schemas['Workspace'] | null;
  readonly threads: Table<Thread>;
  readonly numbers: Numbers;
  readonly notices: readonly Notice[];
  readonly noticesSoFar: number;
}

export type Input =
  | { readonly type: 'frame'; readonly frame: StreamFrame }
  | { readonly type: 'connection'; readonly connection: StreamState }
  | { readonly type: 'signed-out' }
  | { readonly type: 'thread-wanted'; readonly conversation: string }
  | { readonly type: 'thread-left'; readonly conversation: string }
  | {
      readonly type: 'thread-page';
      readonly conversation: string;
      readonly messages: readonly Message[];
      readonly complete: boolean;
    }
  | { readonly type: 'message-said'; readonly message: Message }
  | { readonly type: 'thread-detail'; readonly detail: Schemas['ConversationDetail'] }
  | { readonly type: 'outgoing'; readonly conversation: string; readonly message: Outgoing }
  | { readonly type: 'outgoing-gone'; readonly conversation: string; readonly client_message_id: string }
  | { readonly type: 'notice-said'; readonly id: number };

export function emptyLive(): Live {
  return {
    position: 0,
    ready: false,
    skewMs: 0,
    workerSid: null,
    connection: { phase: 'idle', since: 0, attempt: 0, retryAt: null, code: null },
    activities: {},
    taskChannels: {},
    taskQueues: {},
    workflows: {},
    workers: {},
    tasks: {},
    reservations: {},
    conversations: {},
    contacts: {},
    calls: {},
    workspace: null,
    threads: {},
    numbers: { workspace: null, queues: {}, worker: null },
    notices: [],
    noticesSoFar: 0,
  };
}

export type { Snapshot };
