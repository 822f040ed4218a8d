// Handlers of a FakeCenter's API: what an admin sets up. Lists, GET, POST, PATCH and DELETE are alike for most.
import type { Schemas } from '@carillon/contract';
import type { Context, Handler, Reply, Routes } from './api';
import { find, match, ok, page, refuse, rows } from './api';
import type { FakeCenter, Kind, Row, Tables } from './center';
import { eligible } from './routing';

interface Resource {
  readonly kind: keyof Tables & Kind;
  // What a new one has besides what the body says.
  readonly fresh: (center: FakeCenter) => Record<string, unknown>;
  readonly check?: (context: Context, body: Record<string, unknown>) => void;
  // Its place in configuration events, if it has one.
  readonly event?: string;
}

const kResources: Readonly<Record<string, Resource>> = {
  '/activities': {
    kind: 'activity',
    event: 'activity',
    fresh: () => ({ paid: true, maximum_s: null, pickable_by: 'worker', available: false, offline: false }),
  },
  '/task-channels': {
    kind: 'task-channel',
    event: 'task_channel',
    fresh: () => ({
      cost: 25,
      exclusive: false,
      default_capacity: 3,
      assign: 'offer',
      answered_on: 'reply',
      offer_timeout_s: 25,
      live: true,
      time_to_live_s: 86400,
      interruptible_by: [],
      suspended_at_most_s: 3600,
      wrap_up: { mode: 'timed', seconds: 60, extensions: 2 },
    }),
  },
  '/task-queues': { kind: 'task-queue', event: 'task_queue', check: checkExpression, fresh: () => kFreshQueue },
  '/workflows': { kind: 'workflow', event: 'workflow', check: checkDocument, fresh: () => ({ warnings: [] }) },
  '/dispositions': { kind: 'disposition', fresh: () => ({ task_queue_sids: [], rank: 0, retired: false }) },
  '/workers': { kind: 'worker', fresh: freshWorker },
  '/widgets': { kind: 'widget', fresh: freshWidget },
  '/numbers': {
    kind: 'number',
    event: 'number',
    fresh: () => ({
      workflow_sid: null,
      task_queue_sid: null,
      worker_sid: null,
      priority: 0,
      greeting: { prompt: null, text: null },
      closed_words: { prompt: null, text: null },
      nobody_words: { prompt: null, text: null },
      full_words: { prompt: null, text: null },
      music: null,
      always_open: true,
      openings: [],
      announce_position: true,
      announce_wait: true,
      announce_every_s: 60,
      refuse_anonymous: false,
      blocked: [],
      turn_away_unstaffed: true,
      recording: 'never',
      trunks: [],
      voicemail_key: null,
      key_words: { prompt: null, text: null },
      on_closed: 'words',
      on_full: 'words',
      on_unstaffed: 'words',
      max_wait_s: 0,
      on_max_wait: 'words',
      max_wait_words: { prompt: null, text: null },
      voicemail_words: { prompt: 'vm-intro', text: null },
      voicemail_max_s: 180,
      consent: 'none',
      consent_words: { prompt: null, text: null },
      keep_withdrawn: false,
      sample_percent: 10,
      recordings_kept_days: null,
      voicemails_kept_days: null,
      hours: null,
      zip_tone: false,
      tell_queue: false,
      voicemail_min_s: 5,
      callback: {
        key: null,
        words: { prompt: null, text: null },
        mode: 'agent_first',
        tries: 3,
        retry_after_s: 900,
      },
    }),
  },
  '/users': {
    kind: 'user',
    fresh: (c) => ({ email: null, instance_admin: false, disabled: false, created_at: c.time(), updated_at: c.time() }),
  },
  '/memberships': {
    kind: 'membership',
    fresh: (c) => ({ created_at: c.time(), updated_at: c.time(), worker_sid: null }),
  },
  '/notes': { kind: 'note', fresh: freshNote },
  '/customers': {
    kind: 'customer',
    fresh: (c) => ({
      attributes: {},
      identities: [],
      contact_count: 0,
      first_contact_at: null,
      last_contact_at: null,
      created_at: c.time(),
      updated_at: c.time(),
    }),
  },
  '/api-keys': {
    kind: 'api-key',
    fresh: (c) => ({ hint: '…a91f', created_at: c.time(), expires_at: null, last_used_at: null }),
  },
};

const kFreshQueue = {
  expression: '',
  task_order: 'fifo',
  max_reserved_workers: 1,
  service_level: { target_s: 20, short_abandon_s: 5 },
  max_size: null,
  max_wait_s: null,
  assign: 'inherit',
  offer_timeout_s: null,
  wrap_up: { mode: 'inherit', seconds: 0, extensions: 0 },
  pop_url: null,
  pop_open: false,
  warnings: [],
};

function freshWorker(center: FakeCenter): Record<string, unknown> {
  const offline = [...center.tables.activity.values()].find((a) => a.offline);
  return {
    user_sid: null,
    attributes: {},
    activity_sid: offline?.sid,
    activity_name: 'Offline',
    activity_class: 'system',
    activity_since: center.time(),
    activity_overstayed: false,
    available: false,
    pending_activity: null,
    requires_connection: true,
    connected: false,
    lost: false,
    total_capacity: 100,
    held_capacity: 0,
    assignments: [],
    idle_since: null,
    channels: [...center.tables['task-channel'].values()].map((c) => ({
      task_channel_sid: c.sid,
      task_channel_unique_name: c.unique_name,
      configured_capacity: 3,
      available: true,
      assigned_tasks: 0,
      reserved_tasks: 0,
      available_capacity: 3,
      available_capacity_percentage: 100,
      not_responding_since: null,
    })),
  };
}

function freshWidget(center: FakeCenter): Record<string, unknown> {
  return {
    priority: 0,
    attributes: {},
    title: 'Chat with us',
    greeting: 'Hello! How can we help?',
    ask_name: true,
    ask_email: false,
    theme: { accent_color: '#1f6f63', side: 'right', scheme: 'auto' },
    enabled: true,
    number_sid: null,
    created_at: center.time(),
    updated_at: center.time(),
  };
}

function freshNote(center: FakeCenter): Record<string, unknown> {
  return {
    customer_sid: null,
    contact_sid: null,
    conversation_sid: null,
    created_at: center.time(),
    updated_at: center.time(),
    author: { type: 'worker', sid: null, display_name: 'Maria Papadaki' },
  };
}

// The first word that is neither key, operator nor value, as the server would say it.
export function expressionFault(expression: string): Schemas['Fault'] | null {
  if (
    expression.trim() === '' ||
    /^\s*\w+\s*(HAS|==|>=)\s*('[^']*'|"[^"]*"|\d+)(\s+AND\s+\w+\s*(HAS|==|>=)\s*('[^']*'|"[^"]*"|\d+))*\s*$/i.test(
      expression,
    )
  )
    return null;
  const column = (/\b(HSA|CONTAIN|=)\b|[=]{1}(?!=)|[^\w\s'"=>.<()]/.exec(expression)?.index ?? expression.length) + 1;
  return {
    code: 'expression_fault',
    field: '/expression',
    column,
    message: `"${expression.slice(column - 1, column + 5).trim() || 'the end'}" is no operator.`,
    expected: 'one of ==, !=, >, <, >=, <=, CONTAINS, HAS, IN, NOT IN',
  };
}

function checkExpression(_: Context, body: Record<string, unknown>): void {
  const fault = typeof body['expression'] === 'string' ? expressionFault(body['expression']) : null;
  if (fault)
    refuse(422, 'expression_fault', fault.message, {
      field: '/expression',
      column: fault.column ?? 1,
      expected: fault.expected,
      faults: [fault],
    });
}

export function documentFaults(center: FakeCenter, document: unknown): Schemas['Fault'][] {
  const routing = (document as { task_routing?: { filters?: { targets?: { queue?: string }[] }[] } }).task_routing;
  if (!routing)
    return [
      {
        code: 'missing_field',
        field: '/task_routing',
        column: null,
        message: '"task_routing" is missing.',
        expected: 'an object with "filters"',
      },
    ];
  return (routing.filters ?? []).flatMap((filter, i) =>
    (filter.targets ?? []).flatMap((target, j) =>
      center.tables['task-queue'].has(target.queue ?? '')
        ? []
        : [
            {
              code: 'workflow_fault',
              field: `/task_routing/filters/${i}/targets/${j}/queue`,
              column: null,
              message: `There is no queue ${target.queue}.`,
              expected: 'the sid of a task queue of this workspace',
            },
          ],
    ),
  );
}

function checkDocument({ center }: Context, body: Record<string, unknown>): void {
  if (!body['document']) return;
  const faults = documentFaults(center, body['document']);
  const first = faults[0];
  if (first)
    refuse(422, 'workflow_fault', first.message, {
      field: `/document${first.field}`,
      expected: first.expected,
      faults,
    });
}

function listOf(resource: Resource): Handler {
  return ({ center, call }) => {
    const q = (call.query.get('q') ?? '').toLowerCase();
    const name = (row: Row) => String(row['friendly_name'] ?? row['display_name'] ?? '');
    const about = ['customer_sid', 'contact_sid', 'conversation_sid', 'user_sid'].map(
      (key) => [key, call.query.get(key)] as const,
    );
    const items = rows(center, resource.kind)
      .filter((row) => !q || name(row).toLowerCase().includes(q))
      .filter((row) => about.every(([key, value]) => !value || row[key] === value))
      .sort((a, b) =>
        resource.kind === 'note'
          ? String(b['created_at']).localeCompare(String(a['created_at']))
          : name(a).localeCompare(name(b)),
      );
    return page(items, call);
  };
}

function told(center: FakeCenter, resource: Resource, row: Row, verb: string): void {
  if (!resource.event) return;
  center.commit([
    {
      type: `${resource.kind}.${verb}`,
      payload: { [resource.event]: structuredClone(row) },
      resource_sid: row.sid,
    } as never,
  ]);
}

function createOf(resource: Resource): Handler {
  return (context): Reply => {
    const { center, call } = context;
    const body = call.body ?? {};
    const name = body['friendly_name'] ?? body['username'];
    if (resource.kind !== 'note' && resource.kind !== 'membership' && !name)
      refuse(422, 'missing_field', '"friendly_name" is missing.', {
        field: '/friendly_name',
        expected: 'a name of 1 to 64 characters',
      });
    if (name && rows(center, resource.kind).some((r) => (r['friendly_name'] ?? r['username']) === name)) {
      refuse(409, 'name_taken', `There is already one called "${String(name)}". Choose another name.`, {
        field: body['username'] ? '/username' : '/friendly_name',
      });
    }
    resource.check?.(context, body);
    const { password: _, worker: __, role: ___, ...rest } = body;
    const row = {
      sid: center.newSid(resource.kind),
      workspace_sid: center.workspace.sid,
      version: 1,
      ...structuredClone(resource.fresh(center)),
      ...(resource.kind === 'membership' ? body : rest),
    } as Row;
    (center.tables[resource.kind] as Map<string, unknown>).set(row.sid, row);
    told(center, resource, row, 'created');
    if (resource.kind === 'user') addMembership(center, row, body);
    if (resource.kind === 'api-key') return ok({ api_key: row, secret: `carillon_${'k3y'.repeat(13)}` }, 201);
    if (resource.kind === 'widget') return ok({ widget: row, identity_secret: 's3cret'.repeat(6) }, 201);
    return ok(row, 201, row.version);
  };
}

function addMembership(center: FakeCenter, user: Row, body: Record<string, unknown>): void {
  const sid = center.newSid('membership');
  center.tables.membership.set(sid, {
    sid,
    version: 1,
    user_sid: user.sid,
    username: String(user['username']),
    display_name: String(user['display_name']),
    workspace_sid: center.workspace.sid,
    workspace_friendly_name: center.workspace.friendly_name,
    role: (body['role'] ?? 'agent') as Schemas['Role'],
    worker_sid: null,
    created_at: center.time(),
    updated_at: center.time(),
  });
}

function updateOf(resource: Resource): Handler {
  return (context) => {
    const { center, call, sid } = context;
    const row = find(center, resource.kind, sid) as unknown as Row;
    match(row, call);
    resource.check?.(context, call.body ?? {});
    Object.assign(row, call.body, { version: row.version + 1 });
    told(center, resource, row, 'updated');
    return ok(row, 200, row.version);
  };
}

function deleteOf(resource: Resource): Handler {
  return ({ center, call, sid }) => {
    const row = find(center, resource.kind, sid) as unknown as Row;
    if (resource.kind !== 'api-key') match(row, call);
    if (resource.kind === 'activity' && rows(center, 'worker').some((w) => w['activity_sid'] === sid)) {
      refuse(409, 'in_use', 'Workers are in this activity now. Move them first.');
    }
    center.tables[resource.kind].delete(sid);
    told(center, resource, row, 'deleted');
    return ok(undefined, 204);
  };
}

const kAlike: Routes = Object.fromEntries(
  Object.entries(kResources).flatMap(([path, resource]): [string, Handler][] => [
    [`GET ${path}`, listOf(resource)],
    [`POST ${path}`, createOf(resource)],
    [
      `GET ${path}/*`,
      ({ center, sid }) => {
        const row = find(center, resource.kind, sid) as unknown as Row;
        return ok(row, 200, row.version);
      },
    ],
    [`PATCH ${path}/*`, updateOf(resource)],
    [`DELETE ${path}/*`, deleteOf(resource)],
  ]),
);

export const kConfiguration: Routes = {
  'GET /workspace': ({ center }) => ok(center.workspace, 200, center.workspace.version),
  'PATCH /workspace': ({ center, call }) => {
    match(center.workspace, call);
    Object.assign(center.workspace, call.body, { version: center.workspace.version + 1 });
    center.commit([{ type: 'workspace.updated', payload: { workspace: structuredClone(center.workspace) } } as never]);
    return ok(center.workspace, 200, center.workspace.version);
  },
  'POST /expressions/check': ({ center, call }) => {
    const { expression } = call.body as Schemas['CheckExpression'];
    const fault = expressionFault(expression);
    const matching = fault
      ? null
      : rows(center, 'worker').filter((w) => eligible(expression, w['attributes'] as Record<string, unknown>)).length;
    return ok({
      valid: !fault,
      fault,
      warnings: matching === 0 ? ['No worker matches it now.'] : [],
      canonical: fault ? null : expression,
      matching_workers: matching,
    });
  },
  'POST /workflows/check': ({ center, call }) => {
    const faults = documentFaults(center, call.body?.['document']);
    return ok({ valid: faults.length === 0, faults, warnings: [] });
  },
  'POST /users/*/password': () => ok(undefined, 204),
  'POST /widgets/*/identity-secret': ({ center, sid }) =>
    ok({ widget: find(center, 'widget', sid), identity_secret: 'n3w'.repeat(12) }),
  'PATCH /workers/*/channels/*': ({ center, call, sid, second }) => {
    const worker = find(center, 'worker', sid);
    for (const c of worker.channels)
      if (c.task_channel_sid === second) c.configured_capacity = Number(call.body?.['configured_capacity']);
    return ok(worker, 200, worker.version);
  },
  ...kAlike,
};
