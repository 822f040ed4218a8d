// How work comes to a FakeCenter: a customer writes, somebody hands it on.
import type { Schemas } from '@carillon/contract';
import type { FakeCenter, Mutable } from './center';
import { messageEvent, taskEvent } from './drafts';

type Task = Mutable<Schemas['Task']>;

export interface Arrival {
  readonly name: string;
  readonly text: string;
  readonly queue: string;
  readonly topic?: string;
  readonly priority?: number;
  readonly customer?: string;
  readonly waitedS?: number;
}

// A customer writes: conversation, contact, message, task, all in one change.
export function arrive(center: FakeCenter, arrival: Arrival): Task {
  const at = center.time(center.now() - (arrival.waitedS ?? 0) * 1000);
  const customer = arrival.customer ?? newCustomer(center, arrival.name);
  const conversation: Mutable<Schemas['Conversation']> = {
    sid: center.newSid('conversation'),
    workspace_sid: center.workspace.sid,
    version: 1,
    status: 'open',
    customer_sid: customer,
    channel: 'chat',
    identity_verified: false,
    last_worker_sid: null,
    contacts: 1,
    created_at: at,
    closed_at: null,
  };
  center.tables.conversation.set(conversation.sid, conversation);
  const contact: Mutable<Schemas['Contact']> = {
    sid: center.newSid('contact'),
    workspace_sid: center.workspace.sid,
    version: 1,
    status: 'open',
    reason: null,
    conversation_sid: conversation.sid,
    customer_sid: customer,
    channel: 'chat',
    direction: 'inbound',
    created_at: at,
    customer_ended_at: null,
    ended_at: null,
    answered_at: null,
    task_sids: [],
    worker_sids: [],
    tasks_so_far: 1,
    customer_connected: true,
    waiting_for_customer: false,
    idle_at: null,
    gone_at: null,
    messages: 1,
    last_message_at: at,
  };
  center.tables.contact.set(contact.sid, contact);
  const task = newTask(center, {
    queue: arrival.queue,
    contact: contact.sid,
    conversation: conversation.sid,
    customer,
    at,
    attributes: {
      channel: 'chat',
      customer_name: arrival.name,
      ...(arrival.topic ? { visitor: { topic: arrival.topic } } : {}),
      page_url: 'https://shop.example/lamps/aurora',
    },
    priority: arrival.priority ?? 0,
    from: null,
    boost: 0,
  });
  contact.task_sids.push(task.sid);
  const message = pushMessage(center, conversation.sid, contact.sid, 'customer', arrival.name, arrival.text, { at });
  center.commit([
    {
      type: 'conversation.created',
      payload: { conversation: structuredClone(conversation) },
      resource_sid: conversation.sid,
      about: { conversation_sid: conversation.sid },
    },
    {
      type: 'contact.created',
      payload: { contact: structuredClone(contact) },
      resource_sid: contact.sid,
      about: { contact_sid: contact.sid },
    },
    messageEvent(message),
    taskEvent('task.created', task),
  ]);
  return task;
}

function newCustomer(center: FakeCenter, name: string): string {
  const at = center.time();
  const sid = center.newSid('customer');
  center.tables.customer.set(sid, {
    sid,
    workspace_sid: center.workspace.sid,
    version: 1,
    display_name: name,
    attributes: {},
    identities: [],
    contact_count: 1,
    first_contact_at: at,
    last_contact_at: at,
    created_at: at,
    updated_at: at,
  });
  return sid;
}

interface NewTask {
  queue: string | null;
  contact: string | null;
  conversation: string | null;
  customer: string | null;
  at: string;
  attributes: Record<string, unknown>;
  priority: number;
  from: string | null;
  boost: number;
  worker?: string;
}

export function newTask(center: FakeCenter, of: NewTask): Task {
  const queue = of.queue ? center.tables['task-queue'].get(of.queue) : undefined;
  const channel = [...center.tables['task-channel'].values()].find((c) => c.unique_name === 'chat');
  const workflow = [...center.tables.workflow.values()][0];
  const task: Task = {
    sid: center.newSid('task'),
    workspace_sid: center.workspace.sid,
    version: 1,
    status: 'pending',
    reason: null,
    attributes: of.attributes as Task['attributes'],
    priority: of.priority,
    task_channel_sid: channel?.sid ?? '',
    task_channel_unique_name: 'chat',
    workflow_sid: workflow?.sid ?? null,
    workflow_friendly_name: workflow?.friendly_name ?? null,
    workflow_filter: queue?.friendly_name ?? null,
    workflow_target: 0,
    workflow_entered_at: of.at,
    target_deadline: null,
    task_queue_sid: of.queue,
    task_queue_friendly_name: queue?.friendly_name ?? null,
    queue_entry_sid: center.newSid('entry'),
    queue_entered_at: of.at,
    estimated_wait: { low_s: 10, high_s: 45 },
    direct_worker_sid: of.worker ?? null,
    worker_sid: null,
    worker_friendly_name: null,
    reservation_sid: null,
    contact_sid: of.contact,
    conversation_sid: of.conversation,
    customer_sid: of.customer,
    transferred_from_sid: of.from,
    virtual_start_time: of.at,
    boost_s: of.boost,
    time_to_live_at: null,
    max_wait_at: null,
    created_at: of.at,
    assigned_at: null,
    answered_at: null,
    suspended_at: null,
    wrap_up: null,
    disposition_sid: null,
    ended_at: null,
  };
  center.tables.task.set(task.sid, task);
  return task;
}

export function pushMessage(
  center: FakeCenter,
  conversation: string,
  contact: string | null,
  type: 'customer' | 'worker' | 'system',
  name: string,
  text: string,
  more: {
    at?: string;
    sid?: string | null;
    internal?: boolean;
    client?: string | null;
    attachments?: Schemas['Attachment'][];
  } = {},
): Mutable<Schemas['Message']> {
  const list = center.messages.get(conversation) ?? [];
  center.messages.set(conversation, list);
  const message: Mutable<Schemas['Message']> = {
    sid: center.newSid('message'),
    conversation_sid: conversation,
    contact_sid: contact,
    index: list.length + 1,
    at: more.at ?? center.time(),
    channel: 'chat',
    author: { type, sid: more.sid ?? null, display_name: name },
    internal: more.internal ?? false,
    text,
    attachments: more.attachments ?? [],
    client_message_id: more.client ?? null,
    status: 'delivered',
  };
  list.push(message);
  return message;
}
