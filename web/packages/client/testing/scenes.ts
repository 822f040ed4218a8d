// Scenes: moments of a day, to look at and to test with. Each returns who to sign in as when nobody is named.
import type { Schemas } from '@carillon/contract';
import type { FakeCenter, Mutable } from './center';
import type { Furnished } from './furnish';
import { furnish } from './furnish';
import { arrive, pushMessage } from './arrive';
import { connectCall, ring } from './calls';
import { messageEvent } from './drafts';
import { accept, endCustomerSide, offer, refreshWorker } from './routing';

export type Scene = (center: FakeCenter) => Furnished;

type Task = Mutable<Schemas['Task']>;

// A chat some worker has in hand: [who, text, seconds ago] in order, the customer's first words among them.
function chat(
  center: FakeCenter,
  worker: string,
  name: string,
  queue: string,
  lines: readonly [who: 'c' | 'w' | 'n', text: string, ago: number][],
  customer?: string,
): Task {
  const [first, ...rest] = lines;
  const task = arrive(center, {
    name,
    text: first?.[1] ?? '',
    queue,
    waitedS: first?.[2] ?? 0,
    ...(customer ? { customer } : {}),
  });
  const agent = center.tables.worker.get(worker);
  if (!agent || !task.conversation_sid) throw new Error('no such worker');
  accept(center, offer(center, task, agent));
  const begun = (first?.[2] ?? 0) * 1000 - 9000;
  const reservation = center.tables.reservation.get(task.reservation_sid ?? '');
  if (reservation) reservation.accepted_at = task.assigned_at = center.time(center.now() - begun);
  const joined = center.messages.get(task.conversation_sid)?.at(-1);
  if (joined) joined.at = center.time(center.now() - begun);
  for (const [who, text, ago] of rest) {
    const at = center.time(center.now() - ago * 1000);
    const by = who === 'c' ? name : agent.friendly_name;
    const message = pushMessage(
      center,
      task.conversation_sid,
      task.contact_sid,
      who === 'c' ? 'customer' : 'worker',
      by,
      text,
      { at, sid: who === 'c' ? null : agent.sid, internal: who === 'n' },
    );
    center.commit([messageEvent(message)]);
  }
  return task;
}

function read(center: FakeCenter, task: Task, byWorker: number, byCustomer = byWorker): void {
  center.reads.set(task.conversation_sid ?? '', { worker: byWorker, customer: byCustomer });
}

function empty(center: FakeCenter): Furnished {
  const made = furnish(center);
  center.centerNumbers = null;
  center.workerNumbers = null;
  center.today = {};
  return made;
}

function busy(center: FakeCenter): Furnished {
  const made = furnish(center);
  const maria = made.worker['maria'] ?? '';
  history(center, made);
  const eleni = [...center.tables.customer.values()].find((c) => c.display_name === 'Eleni Kosta');
  const first = chat(
    center,
    maria,
    'Eleni Kosta',
    made.orders,
    [
      [
        'c',
        'Hello! I ordered the Aurora floor lamp last Tuesday and it still says "packing". Can you tell me when it leaves?',
        411,
      ],
      ['w', 'Good morning Eleni, thank you for writing. Let me look at it at once.', 389],
      [
        'w',
        'The shade was out of stock until yesterday. Your lamp is packed and leaves with today’s 17:00 collection.',
        322,
      ],
      ['c', 'Oh, good. Will it still be here on Friday? We have guests.', 214],
      ['n', 'Carrier says Thursday for Athens, Friday at the latest for the islands.', 170],
      [
        'w',
        'Yes: Thursday, Friday at the very latest. Shall I send you the tracking number as soon as it is scanned?',
        158,
      ],
      ['c', 'Please do', 71],
      ['c', 'And can I add a second bulb to the parcel, or is it too late?', 64],
    ],
    eleni?.sid,
  );
  read(center, first, 8, 7);
  const second = chat(center, maria, 'Benedikt Schönefeld-Rautenberg', made.billing, [
    ['c', 'Guten Tag, I was charged twice for invoice 2024-11873.', 903],
    ['w', 'I am sorry about that. I can see both payments; the second one is being returned.', 820],
    ['c', 'How long will that take?', 178],
    ['c', 'Hello?', 35],
  ]);
  read(center, second, 3);
  const third = chat(center, maria, 'Sofia Lindqvist', made.orders, [
    ['c', 'Is the Mistral pendant dimmable?', 640],
    ['w', 'It is, with any trailing-edge dimmer up to 200 W.', 598],
    ['c', 'Perfect, thank you!', 80],
  ]);
  read(center, third, 5);
  endCustomerSide(center, third.contact_sid ?? '', 'customer_left');
  const jonas = made.worker['jonas'] ?? '';
  chat(center, jonas, 'Dana Whitfield', made.orders, [
    ['c', 'My parcel arrived with a broken glass shade.', 244],
    ['w', 'Oh no. Could you send a photo?', 200],
  ]);
  chat(center, made.worker['amal'] ?? '', 'Kaveh Moradi', made.billing, [
    ['c', 'Can I pay in two instalments?', 130],
    ['w', 'Of course.', 99],
  ]);
  const amal = center.tables.worker.get(made.worker['amal'] ?? '');
  if (amal) {
    const lunch = center.tables.activity.get(made.activity['Lunch'] ?? '');
    amal.pending_activity = { activity_sid: lunch?.sid ?? '', activity_name: lunch?.friendly_name ?? '' };
    refreshWorker(center, amal);
  }
  const waiting: [string, string, string, number, number][] = [
    ['Noor van Dijk', 'Where can I see my warranty?', made.orders, 74, 0],
    ['Luca Ferraro', 'Buongiorno, does the Brezza come in brass?', made.orders, 31, 0],
    ['Hannah Osei', 'You have billed my old address.', made.billing, 142, 5],
  ];
  for (const [name, text, queue, waitedS, priority] of waiting)
    arrive(center, { name, text, queue, waitedS, priority });
  alerts(center, made);
  return made;
}

// Somebody rings at Maria's desk.
function ringing(center: FakeCenter): Furnished {
  const made = busy(center);
  const task = arrive(center, {
    name: 'Yannis Mavros',
    text: 'Hi, I would like to change the delivery address of order 4711 before it leaves.',
    queue: made.orders,
    waitedS: 6,
    topic: 'delivery',
  });
  const maria = center.tables.worker.get(made.worker['maria'] ?? '');
  if (maria) offer(center, task, maria);
  return made;
}

function missed(center: FakeCenter): Furnished {
  const made = busy(center);
  const maria = center.tables.worker.get(made.worker['maria'] ?? '');
  if (maria?.channels[0]) maria.channels[0].not_responding_since = center.time(center.now() - 42_000);
  return made;
}

function long(center: FakeCenter): Furnished {
  const made = furnish(center);
  const words = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const queue = center.tables['task-queue'].get(made.orders);
  if (queue) queue.friendly_name = 'Bestellungen, Lieferungen und Reklamationsbearbeitung (EMEA)';
  const link = `https://shop.example/${'a-very-long-address-without-a-blank/'.repeat(6)}`;
  chat(center, made.worker['maria'] ?? '', `Maximiliane ${words}`, made.orders, [
    ['c', `${words} ${words} ${link}`, 300],
    [
      'w',
      'Thank you.\n\nThree things:\n1. the lamp\n2. the shade\n3. the bulb\n\n' +
        'A long answer goes on and on, and should stay easy to read. '.repeat(8),
      200,
    ],
    ['c', 'مرحبا، هل يمكنني تغيير عنوان التسليم للطلب 4711؟', 150],
    ['c', 'ok 👍🏽', 100],
  ]);
  return made;
}

function alerts(center: FakeCenter, made: Furnished): void {
  const add = (kind: Schemas['Alert']['kind'], text: string, ago: number, task_queue_sid: string | null) => {
    const sid = center.newSid('alert');
    center.tables.alert.set(sid, {
      sid,
      kind,
      state: 'open',
      text,
      task_queue_sid,
      task_sid: null,
      worker_sid: null,
      raised_at: center.time(center.now() - ago * 1000),
      acknowledged_by: null,
      acknowledged_at: null,
    });
  };
  add('activity_overstayed', 'Priya Nair is in Lunch for longer than 45 minutes', 120, null);
  add('max_wait', 'A contact waits in Billing for longer than 2 minutes', 22, made.billing);
}

const kNames = [
  'Eleni Kosta',
  'Marko Petrović',
  'Aisha Rahman',
  'Georg Lindner',
  'Chloé Dubois',
  'Samuel Okafor',
  'Ines Carvalho',
  'Pavel Novák',
  'Ruth Goldberg',
  'Tariq Aziz',
];
const kBuckets: Schemas['Bucket'][] = [
  'answered',
  'answered',
  'answered',
  'abandoned',
  'answered',
  'answered',
  'short_abandoned',
  'answered',
  'overflowed',
  'answered',
];

function history(center: FakeCenter, made: Furnished): void {
  const workers = Object.values(made.worker).map((sid) => center.tables.worker.get(sid));
  const dispositions = [...center.tables.disposition.values()];
  for (let i = 0; i < 34; ++i) {
    const name = kNames[i % kNames.length] ?? '';
    const known = [...center.tables.customer.values()].find((c) => c.display_name === name);
    const customer = known?.sid ?? furnishCustomer(center, name, i);
    past(center, made, {
      i,
      name,
      customer,
      bucket: kBuckets[i % kBuckets.length] ?? 'answered',
      worker: workers[i % 3] as Schemas['Worker'] | undefined,
      disposition: dispositions[i % dispositions.length] as Schemas['Disposition'] | undefined,
    });
  }
}

function furnishCustomer(center: FakeCenter, name: string, i: number): string {
  const sid = center.newSid('customer');
  const at = center.time(center.now() - 90 * 86_400_000);
  const email = `${name
    .split(' ')[0]
    ?.toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z]/g, '')}@example.org`;
  center.tables.customer.set(sid, {
    sid,
    workspace_sid: center.workspace.sid,
    version: 1,
    display_name: name,
    attributes: { tier: i % 2 ? 'silver' : 'gold', city: 'Thessaloniki', orders: 7 + i },
    identities: [
      { sid: center.newSid('identity'), type: 'email', value: email, verified: true, created_at: at },
      { sid: center.newSid('identity'), type: 'phone', value: '+30 2310 000 000', verified: false, created_at: at },
    ],
    contact_count: 4,
    first_contact_at: at,
    last_contact_at: center.time(),
    created_at: at,
    updated_at: at,
  });
  const note = center.newSid('note');
  center.tables.note.set(note, {
    sid: note,
    workspace_sid: center.workspace.sid,
    version: 1,
    text: 'Prefers to be called in the morning. Has the old catalogue.',
    customer_sid: sid,
    contact_sid: null,
    conversation_sid: null,
    author: { type: 'worker', sid: null, display_name: 'Jonas Weber' },
    created_at: at,
    updated_at: at,
  });
  return sid;
}

interface Past {
  i: number;
  name: string;
  customer: string;
  bucket: Schemas['Bucket'];
  worker: Schemas['Worker'] | undefined;
  disposition: Schemas['Disposition'] | undefined;
}

function past(center: FakeCenter, made: Furnished, of: Past): void {
  const began = center.now() - (of.i + 1) * 23 * 60_000 - (of.i > 12 ? 86_400_000 : 0);
  const at = (s: number) => center.time(began + s * 1000);
  const answered = of.bucket === 'answered';
  const wait = 6 + ((of.i * 17) % 60);
  const talk = 120 + ((of.i * 53) % 400);
  const wrap = 20 + ((of.i * 13) % 60);
  const queue = center.tables['task-queue'].get(of.i % 3 ? made.orders : made.billing);
  const conversation = center.newSid('conversation');
  const contact = center.newSid('contact');
  const task = center.newSid('task');
  const end = answered ? wait + talk + wrap : wait;
  center.tables.conversation.set(conversation, {
    sid: conversation,
    workspace_sid: center.workspace.sid,
    version: 4,
    status: 'closed',
    customer_sid: of.customer,
    channel: 'chat',
    identity_verified: false,
    last_worker_sid: of.worker?.sid ?? null,
    contacts: 1,
    created_at: at(0),
    closed_at: at(end),
  });
  center.messages.delete(conversation);
  const say = (type: 'customer' | 'worker' | 'system', name: string, text: string, s: number) =>
    pushMessage(center, conversation, contact, type, name, text, { at: at(s) });
  say('customer', of.name, 'Hello, I have a question about my order.', 0);
  if (answered) {
    say('system', '', `${of.worker?.friendly_name ?? ''} joined`, wait);
    say('worker', of.worker?.friendly_name ?? '', 'Good day, gladly. Which one is it?', wait + 12);
    say('customer', of.name, 'Number 4711, the two desk lamps.', wait + 40);
    say(
      'worker',
      of.worker?.friendly_name ?? '',
      'They left the warehouse this morning and will be with you tomorrow.',
      wait + 90,
    );
    say('customer', of.name, 'Wonderful, thanks!', wait + talk - 5);
  }
  center.summaries.set(contact, {
    contact: {
      sid: contact,
      workspace_sid: center.workspace.sid,
      version: 5,
      status: 'ended',
      reason: 'customer_left',
      conversation_sid: conversation,
      customer_sid: of.customer,
      channel: 'chat',
      direction: 'inbound',
      created_at: at(0),
      customer_ended_at: at(end - wrap),
      ended_at: at(end),
      answered_at: answered ? at(wait + 12) : null,
      task_sids: [],
      worker_sids: [],
      tasks_so_far: 1,
      customer_connected: false,
      waiting_for_customer: false,
      idle_at: null,
      gone_at: null,
      messages: answered ? 6 : 1,
      last_message_at: at(end),
    },
    customer_display_name: of.name,
    bucket: of.bucket,
    task_queue_sid: queue?.sid ?? null,
    task_queue_friendly_name: queue?.friendly_name ?? null,
    worker_sid: answered ? (of.worker?.sid ?? null) : null,
    worker_friendly_name: answered ? (of.worker?.friendly_name ?? null) : null,
    disposition_sid: answered ? (of.disposition?.sid ?? null) : null,
    disposition_name: answered ? (of.disposition?.friendly_name ?? null) : null,
    wait_s: wait,
    talk_s: answered ? talk : 0,
    hold_s: 0,
    wrap_s: answered ? wrap : 0,
    suspended_s: 0,
    within_service_level: answered ? wait <= 20 : of.bucket === 'abandoned' ? false : null,
  });
  center.queueEntries.set(contact, [
    {
      sid: center.newSid('entry'),
      task_sid: task,
      task_queue_sid: queue?.sid ?? '',
      task_channel_sid: '',
      contact_sid: contact,
      worker_sid: null,
      entered_at: at(0),
      ended_at: at(wait),
      bucket: of.bucket,
      within_service_level: wait <= 20,
      estimated_wait: { low_s: 5, high_s: 40 },
    },
  ]);
  center.segments.set(
    contact,
    answered
      ? [
          {
            reservation_sid: center.newSid('reservation'),
            task_sid: task,
            worker_sid: of.worker?.sid ?? '',
            worker_friendly_name: of.worker?.friendly_name ?? '',
            status: 'completed',
            accepted_at: at(wait),
            ended_at: at(end),
            talk_s: talk,
            hold_s: 0,
            wrap_s: wrap,
            suspended_s: 0,
            disposition_sid: of.disposition?.sid ?? null,
          },
        ]
      : [],
  );
}

// One on the line, with the phone of the page as it is.
function calling(center: FakeCenter): Furnished {
  const made = furnish(center);
  const maria = center.tables.worker.get(made.worker['maria'] ?? '');
  const task = ring(center, { name: 'Eleni Kosta', from: '+302109876543', queue: made.orders, waitedS: 48 });
  if (!maria) throw new Error('no maria');
  accept(center, offer(center, task, maria));
  connectCall(center, task);
  return made;
}

// The telephone rings.
function phoning(center: FakeCenter): Furnished {
  const made = busy(center);
  const maria = center.tables.worker.get(made.worker['maria'] ?? '');
  const task = ring(center, { from: '+302109876543', queue: made.orders, waitedS: 31 });
  if (maria) offer(center, task, maria, 15);
  return made;
}

export const kScenes: Readonly<Record<string, Scene>> = { empty, busy, ringing, missed, long, calling, phoning };
