// A furnished workspace: the lamp shop Harbour Lights with two queues, five agents, a supervisor and an admin.
import type { Schemas } from '@carillon/contract';
import type { FakeCenter, Mutable } from './center';
import { kNoBuckets, kNoNumbers } from './numbers';
import { refreshWorker } from './routing';

const kPassword = 'carillon-demo';

export interface Furnished {
  readonly orders: string;
  readonly billing: string;
  readonly activity: Readonly<Record<string, string>>;
  // By first name, lower case.
  readonly worker: Readonly<Record<string, string>>;
}

export function furnish(center: FakeCenter): Furnished {
  const workspace = center.newSid('workspace');
  center.workspace = {
    sid: workspace,
    version: 1,
    friendly_name: 'Harbour Lights',
    time_zone: 'Europe/Athens',
    capacity_model: 'costed',
    total_capacity: 100,
    last_resort_queue_sid: '',
    idle_after_s: 600,
    gone_after_s: 180,
    reopen_within_s: 604_800,
    recordings_kept_days: 0,
    voicemails_kept_days: 0,
    agent_sees_monitoring: true,
    state: 'running',
  };
  const activity = furnishActivities(center);
  furnishChannels(center);
  const orders = furnishQueue(center, 'Orders and delivery', "skills HAS 'orders'", 20);
  const billing = furnishQueue(center, 'Billing', "skills HAS 'billing'", 30);
  center.workspace.last_resort_queue_sid = orders;
  furnishWorkflow(center, orders, billing);
  ['Solved', 'Order placed', 'Refund promised', 'Passed on', 'No answer needed', 'Spam'].forEach((name, rank) => {
    const sid = center.newSid('disposition');
    const task_queue_sids = name.startsWith('Refund') ? [billing] : [];
    center.tables.disposition.set(sid, {
      sid,
      workspace_sid: workspace,
      version: 1,
      friendly_name: name,
      task_queue_sids,
      rank,
      retired: false,
    });
  });
  const worker = Object.fromEntries(
    (
      [
        ['maria', 'Maria Papadaki', ['orders', 'billing'], 'Available'],
        ['jonas', 'Jonas Weber', ['orders'], 'Available'],
        ['amal', 'Amal Haddad', ['billing'], 'Available'],
        ['priya', 'Priya Nair', ['orders'], 'Lunch'],
        ['tom', 'Tom Fisher', ['orders', 'billing'], 'Offline'],
      ] as const
    ).map(([username, name, skills, does]) => [
      username,
      person(
        center,
        username,
        name,
        'agent',
        { skills: [...skills], languages: ['en'], level: 2 },
        activity[does] ?? '',
      ),
    ]),
  );
  person(center, 'ingrid', 'Ingrid Solberg', 'supervisor', null, '');
  person(center, 'admin', 'Alex Admin', 'admin', null, '');
  furnishNumbers(center, orders, billing);
  const widget = center.newSid('widget');
  const workflow = [...center.tables.workflow.keys()][0] ?? '';
  center.tables.widget.set(widget, {
    sid: widget,
    workspace_sid: workspace,
    version: 1,
    friendly_name: 'Shop',
    allowed_origins: ['https://shop.example'],
    workflow_sid: workflow,
    priority: 0,
    attributes: {},
    title: 'Ask Harbour Lights',
    greeting: 'Hello! Which lamp is on your mind?',
    ask_name: true,
    ask_email: false,
    theme: { accent_color: '#1f6f63', side: 'right', scheme: 'auto' },
    enabled: true,
    number_sid: null,
    created_at: center.time(),
    updated_at: center.time(),
  });
  furnishDemo(center, workspace, widget);
  return { orders, billing, activity, worker };
}

function furnishActivities(center: FakeCenter): Record<string, string> {
  const rows: [string, Schemas['ActivityClass'], number | null, 'worker' | 'supervisor'][] = [
    ['Available', 'available', null, 'worker'],
    ['Break', 'break', 900, 'worker'],
    ['Lunch', 'break', 2700, 'worker'],
    ['Training', 'training', null, 'supervisor'],
    ['Back office', 'productive', null, 'worker'],
    ['Offline', 'system', null, 'worker'],
  ];
  return Object.fromEntries(
    rows.map(([friendly_name, activity_class, maximum_s, pickable_by]) => {
      const sid = center.newSid('activity');
      center.tables.activity.set(sid, {
        sid,
        workspace_sid: center.workspace.sid,
        version: 1,
        friendly_name,
        activity_class,
        paid: friendly_name !== 'Lunch',
        maximum_s,
        pickable_by,
        available: activity_class === 'available',
        offline: friendly_name === 'Offline',
      });
      return [friendly_name, sid];
    }),
  );
}

function furnishChannels(center: FakeCenter): void {
  for (const [unique_name, friendly_name, cost, assign] of [
    ['chat', 'Chat', 33, 'offer'],
    ['voice', 'Voice', 100, 'offer'],
    ['email', 'Email', 20, 'direct'],
    ['default', 'Work items', 20, 'direct'],
  ] as const) {
    const sid = center.newSid('task-channel');
    center.tables['task-channel'].set(sid, {
      sid,
      workspace_sid: center.workspace.sid,
      version: 1,
      unique_name,
      friendly_name,
      cost,
      exclusive: unique_name === 'voice',
      default_capacity: unique_name === 'voice' ? 1 : 3,
      assign,
      answered_on: unique_name === 'voice' ? 'connect' : 'reply',
      offer_timeout_s: unique_name === 'voice' ? 15 : 25,
      live: unique_name === 'voice' || unique_name === 'chat',
      time_to_live_s: 86_400,
      interruptible_by: [],
      suspended_at_most_s: 3600,
      wrap_up: { mode: 'timed', seconds: 60, extensions: 2 },
    });
  }
}

function furnishQueue(center: FakeCenter, friendly_name: string, expression: string, target_s: number): string {
  const sid = center.newSid('task-queue');
  center.tables['task-queue'].set(sid, {
    sid,
    workspace_sid: center.workspace.sid,
    version: 1,
    friendly_name,
    expression,
    task_order: 'fifo',
    max_reserved_workers: 1,
    service_level: { target_s, short_abandon_s: 5 },
    max_size: null,
    max_wait_s: null,
    assign: 'inherit',
    offer_timeout_s: null,
    wrap_up: { mode: 'inherit', seconds: 0, extensions: 0 },
    pop_url: null,
    pop_open: false,
    warnings: [],
  });
  return sid;
}

function furnishWorkflow(center: FakeCenter, orders: string, billing: string): void {
  const sid = center.newSid('workflow');
  center.tables.workflow.set(sid, {
    sid,
    workspace_sid: center.workspace.sid,
    version: 3,
    friendly_name: 'Chats from the shop',
    warnings: [],
    document: {
      task_routing: {
        filters: [
          {
            filter_friendly_name: 'Billing',
            expression: "visitor.topic == 'billing'",
            targets: [{ queue: billing, timeout: 120 }, { queue: orders }],
          },
        ],
        default_filter: { queue: orders },
      },
    } as never,
  });
}

function person(
  center: FakeCenter,
  username: string,
  name: string,
  role: Schemas['Role'],
  attributes: object | null,
  activity: string,
): string {
  const at = center.time();
  const user = center.newSid('user');
  center.tables.user.set(user, {
    sid: user,
    version: 1,
    username,
    display_name: name,
    email: `${username}@harbour-lights.example`,
    instance_admin: false,
    disabled: false,
    created_at: at,
    updated_at: at,
  });
  center.passwords.set(username, kPassword);
  const worker = attributes ? center.newSid('worker') : null;
  const membership = center.newSid('membership');
  center.tables.membership.set(membership, {
    sid: membership,
    version: 1,
    user_sid: user,
    username,
    display_name: name,
    workspace_sid: center.workspace.sid,
    workspace_friendly_name: center.workspace.friendly_name,
    role,
    worker_sid: worker,
    created_at: at,
    updated_at: at,
  });
  if (!worker) return '';
  const row: Mutable<Schemas['Worker']> = {
    sid: worker,
    workspace_sid: center.workspace.sid,
    version: 1,
    friendly_name: name,
    user_sid: user,
    attributes: attributes as never,
    activity_sid: activity,
    activity_name: '',
    activity_class: 'system',
    activity_since: center.time(center.now() - 47 * 60_000),
    activity_overstayed: false,
    available: false,
    pending_activity: null,
    requires_connection: true,
    connected: !center.tables.activity.get(activity)?.offline,
    lost: false,
    total_capacity: 100,
    held_capacity: 0,
    assignments: [],
    idle_since: center.time(center.now() - 95_000),
    channels: [...center.tables['task-channel'].values()].map((c) => ({
      task_channel_sid: c.sid,
      task_channel_unique_name: c.unique_name,
      configured_capacity: c.default_capacity,
      available: true,
      assigned_tasks: 0,
      reserved_tasks: 0,
      available_capacity: 3,
      available_capacity_percentage: 100,
      not_responding_since: null,
    })),
  };
  center.tables.worker.set(worker, row);
  refreshWorker(center, row);
  return worker;
}

function numbers(
  offered: number,
  abandoned: number,
  level: number,
  asa: number,
  aht: number,
): Mutable<Schemas['Numbers']> {
  const answered = offered - abandoned - 2;
  return {
    ...kNoNumbers,
    offered,
    buckets: { ...kNoBuckets, answered, abandoned, short_abandoned: 1 },
    not_yet: 1,
    answered_in_time: Math.round((answered * level) / 100),
    service_level: level,
    abandonment: Math.round((1000 * abandoned) / offered) / 10,
    asa_s: asa,
    aht_s: aht,
    segments: answered + 4,
    talk_s: answered * aht * 0.8,
    wrap_s: answered * aht * 0.2,
    longest_wait_s: 212,
  };
}

function furnishNumbers(center: FakeCenter, orders: string, billing: string): void {
  center.today = { [orders]: numbers(86, 3, 91.2, 14.3, 312), [billing]: numbers(41, 4, 78.4, 27.8, 427) };
  center.centerNumbers = {
    contacts: 119,
    contacts_answered: 109,
    contacts_abandoned: 7,
    contacts_ended: 114,
    service_level: 87.1,
    abandonment: 5.9,
    asa_s: 18.6,
    aht_s: 348,
    segments: 121,
    occupancy: 73.4,
    fcr: 81.5,
  };
  center.workerNumbers = {
    segments: 23,
    aht_s: 334,
    talk_s: 6110,
    hold_s: 0,
    wrap_s: 1572,
    handling_s: 7390,
    signed_in_s: 12_480,
    available_s: 10_020,
    occupancy: 73.7,
    reservations_created: 26,
    reservations_accepted: 24,
    reservations_rejected: 1,
    reservations_timed_out: 1,
  };
}

function furnishDemo(center: FakeCenter, workspace_sid: string, widget_sid: string): void {
  const account = (role: Schemas['Role'], display_name: string, username: string, about: string) => ({
    role,
    display_name,
    username,
    password: kPassword,
    about,
  });
  center.demo = {
    workspace_sid,
    widget_sid,
    customer_url: '/demo',
    agent_url: '/console/?as=maria',
    supervisor_url: '/console/?as=ingrid',
    admin_url: '/console/?as=admin',
    accounts: [
      account('agent', 'Maria Papadaki', 'maria', 'Orders and billing'),
      account('agent', 'Jonas Weber', 'jonas', 'Orders'),
      account('supervisor', 'Ingrid Solberg', 'ingrid', 'Sees both queues live'),
      account('admin', 'Alex Admin', 'admin', 'Sets everything up'),
    ],
    traffic: true,
  };
}
