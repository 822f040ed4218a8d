// Goal:   what an admin configures can be made, read, listed, changed under a version, and removed; the same way everywhere.
// Method: one table of resources, the same tests for each.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, noServer, unique } from './harness/world.mjs';

let world;
before(async () => {
  if (!noServer) world = await World.start({ root: true });
});
after(async () => world?.stop());

const resources = [
  {
    one: 'activity', many: 'activities',
    body: async () => ({ friendly_name: unique('Lunch'), activity_class: 'break', paid: false, maximum_s: 3600, pickable_by: 'worker' }),
    change: { maximum_s: 1800 },
  },
  {
    one: 'task_channel', many: 'task_channels',
    body: async () => ({ friendly_name: unique('Social'), unique_name: unique('social').toLowerCase().replace(/\W/g, '_'), cost: 25, assign: 'offer' }),
    change: { cost: 50, wrap_up: { mode: 'timed', seconds: 20, extensions: 1 } },
  },
  {
    one: 'task_queue', many: 'task_queues',
    body: async () => ({ friendly_name: unique('Billing'), expression: "skills HAS 'billing'", service_level: { target_s: 30, short_abandon_s: 5 } }),
    change: { task_order: 'lifo', max_size: 10, wrap_up: { mode: 'required', seconds: 60, extensions: 2 } },
  },
  {
    one: 'workflow', many: 'workflows',
    body: async () => ({
      friendly_name: unique('Chats'),
      document: { task_routing: { filters: [], default_filter: { queue: (await world.queue()).sid } }, our_own_key: { kept: [1, 2] } },
    }),
    change: { re_evaluate: true },
    expect: {},
  },
  {
    one: 'worker', many: 'workers',
    body: async () => ({ friendly_name: unique('Maria'), attributes: { skills: ['billing'], level: 3 }, requires_connection: false }),
    change: { attributes: { skills: ['returns'] } },
  },
  {
    one: 'disposition', many: 'dispositions',
    body: async () => ({ friendly_name: unique('Solved'), rank: 3 }),
    change: { retired: true },
  },
  {
    one: 'customer', many: 'customers', keep: true,
    body: async () => ({ display_name: unique('Eleni'), attributes: { tier: 'gold' } }),
    change: { attributes: { tier: 'silver' } },
  },
  {
    one: 'widget', many: 'widgets', made: (b) => b.widget,
    body: async () => ({
      friendly_name: unique('Shop'),
      allowed_origins: ['https://shop.example', 'http://localhost:3000'],
      workflow_sid: (await world.workflow(await world.queue())).sid,
    }),
    change: { greeting: 'Good day!', theme: { accent_color: '#3366ff', side: 'left', scheme: 'dark' } },
  },
  {
    one: 'number', many: 'numbers',
    body: async () => ({
      friendly_name: unique('Shop'),
      address: unique('shop').replace(/\W/g, '_'),
      task_queue_sid: (await world.queue()).sid,
      greeting: { prompt: null, text: 'Welcome.' },
      always_open: false,
      openings: [{ from: '2030-01-07T08:00:00.000000Z', until: '2030-01-07T16:00:00.000000Z' }],
      blocked: ['+491510000000'],
    }),
    change: { announce_every_s: 45, closed_words: { prompt: 'closed', text: null }, refuse_anonymous: true },
  },
];

const includes = (whole, part, at = '') => {
  for (const [key, value] of Object.entries(part)) {
    if (value && typeof value === 'object' && !Array.isArray(value)) includes(whole[key], value, `${at}/${key}`);
    else assert.deepEqual(whole[key], value, `${at}/${key}`);
  }
};

for (const { one, many, body, change, expect = change, keep, made = (b) => b } of resources) {
  describe(many, { skip: noServer }, () => {
    const make = async (more = {}) => {
      const wanted = { ...(await body()), ...more };
      const answer = await world.key.call(`create_${one}`, { body: wanted, expect: 201 });
      return { wanted, answer, thing: made(answer.body) };
    };

    test('is made as wanted, found by its sid, its Location and in the list', async () => {
      const { wanted, answer, thing } = await make();
      includes(thing, wanted);
      assert.equal(thing.version, 1);
      assert.match(answer.headers.get('location'), new RegExp(`${thing.sid}$`));
      const read = await world.key.call(`get_${one}`, { path: thing });
      assert.deepEqual(read.body, thing);
      assert.equal(read.headers.get('etag'), `"${thing.version}"`);
      assert.ok((await world.key.all(`list_${many}`)).some((t) => t.sid === thing.sid));
    });

    test('is changed only under its version, and what is not named stays', async () => {
      const { wanted, thing } = await make();
      const path = thing;
      await world.key.call(`update_${one}`, { path, body: change, expect: 428 });
      const first = await world.key.call(`update_${one}`, { path, body: change, headers: { 'if-match': `"${thing.version}"` } });
      includes(first.body, { ...wanted, ...expect });
      assert.ok(first.body.version > thing.version);
      assert.equal(first.headers.get('etag'), `"${first.body.version}"`);
      const late = await world.key.call(`update_${one}`, { path, body: change, headers: { 'if-match': `"${thing.version}"` }, expect: 412 });
      assert.equal(late.headers.get('etag'), `"${first.body.version}"`);
      assert.deepEqual((await world.key.call(`get_${one}`, { path })).body, first.body);
    });

    test('is made once for one Idempotency-Key, and refused for another request', async () => {
      const wanted = await body();
      const headers = { 'idempotency-key': unique('key').replace(' ', '-') };
      const first = await world.key.call(`create_${one}`, { body: wanted, headers, expect: 201 });
      const again = await world.key.call(`create_${one}`, { body: wanted, headers, expect: 201 });
      assert.equal(made(again.body).sid, made(first.body).sid);
      assert.equal(again.headers.get('carillon-position'), first.headers.get('carillon-position'));
      const other = await world.key.call(`create_${one}`, { body: await body(), headers, expect: 409 });
      assert.equal(other.body.code, 'idempotency_mismatch');
    });

    test('is listed page by page, each once', async () => {
      for (let i = 0; i < 3; i += 1) await make();
      const whole = (await world.key.all(`list_${many}`)).map((t) => t.sid);
      const paged = (await world.key.all(`list_${many}`, { pageSize: 2 })).map((t) => t.sid);
      assert.deepEqual(paged, whole);
      assert.equal(new Set(paged).size, paged.length);
    });

    test('is removed, and then is no more', { skip: keep }, async () => {
      const { thing } = await make();
      const headers = { 'if-match': `"${thing.version}"` };
      await world.key.call(`delete_${one}`, { path: thing, headers, expect: 204 });
      await world.key.call(`get_${one}`, { path: thing, expect: 404 });
      await world.key.call(`delete_${one}`, { path: thing, headers, expect: 404 });
    });

    // What a number has of its own is its address.
    if (!['customer', 'worker', 'number'].includes(one)) {
      test('has a name of its own', async () => {
        const { wanted } = await make();
        const twin = await world.key.call(`create_${one}`, { body: { ...(await body()), friendly_name: wanted.friendly_name }, expect: 409 });
        assert.equal(twin.body.code, 'name_taken');
        assert.equal(twin.body.field, '/friendly_name');
      });
    }
  });
}

describe('numbers', { skip: noServer }, () => {
  test('have an address of their own, and lead to one place', async () => {
    const number = await world.key.call('create_number', {
      body: { friendly_name: 'Shop', address: unique('desk').replace(/\W/g, '_'), task_queue_sid: (await world.queue()).sid },
      expect: 201,
    });
    const { address } = number.body;
    const queue = await world.queue();
    const twin = await world.key.call('create_number', { body: { friendly_name: 'Twin', address, task_queue_sid: queue.sid }, expect: 409 });
    assert.equal(twin.body.code, 'name_taken');
    assert.equal(twin.body.field, '/address');
    const workflow = await world.workflow(queue);
    const moved = await world.key.call('update_number', {
      path: number.body, body: { workflow_sid: workflow.sid }, headers: { 'if-match': `"${number.body.version}"` },
    });
    assert.deepEqual([moved.body.workflow_sid, moved.body.task_queue_sid], [workflow.sid, null]);
    assert.deepEqual((await world.key.call('list_calls', { query: { number_sid: number.body.sid } })).body.items, []);
  });
});

describe('what is in use', { skip: noServer }, () => {
  test('a queue a workflow names is not removed', async () => {
    const queue = await world.queue();
    await world.workflow(queue);
    const refused = await world.key.call('delete_task_queue', { path: queue, headers: { 'if-match': `"${queue.version}"` }, expect: 409 });
    assert.equal(refused.body.code, 'in_use');
  });

  test('the last-resort queue is not removed', async () => {
    const { body: workspace } = await world.key.call('get_workspace');
    const { body: queue } = await world.key.call('get_task_queue', { path: { sid: workspace.last_resort_queue_sid } });
    await world.key.call('delete_task_queue', { path: queue, headers: { 'if-match': `"${queue.version}"` }, expect: 409 });
  });

  test('Offline is not removed', async () => {
    const offline = await world.activity('offline');
    await world.key.call('delete_activity', { path: offline, headers: { 'if-match': `"${offline.version}"` }, expect: 409 });
  });
});

describe('pages of other systems', { skip: noServer }, () => {
  test('a queue has the address of one, checked when it is saved', async () => {
    const pop_url = 'https://crm.example/find?phone={call.from}&order={contact.attributes.order}';
    const queue = await world.queue({ pop_url, pop_open: true });
    assert.deepEqual([queue.pop_url, queue.pop_open], [pop_url, true]);
    const change = (body, more) => world.key.call('update_task_queue', { path: queue, body, headers: { 'if-match': `"${queue.version}"` }, ...more });
    for (const wrong of ['http://crm.example/', 'https://{call.from}/', 'https://crm.example/{call.secret}', 'javascript:alert(1)']) {
      const { body } = await change({ pop_url: wrong }, { expect: 422 });
      assert.deepEqual([body.code, body.field], ['invalid_value', '/pop_url'], wrong);
    }
    assert.equal((await change({ pop_url: null })).body.pop_url, null);
  });
});

describe('the workspace', { skip: noServer }, () => {
  test('is read and changed under its version', async () => {
    const before = await world.key.call('get_workspace');
    const changed = await world.key.call('update_workspace', { body: { idle_after_s: 700 }, headers: { 'if-match': before.headers.get('etag') } });
    assert.equal(changed.body.idle_after_s, 700);
    assert.equal(changed.body.friendly_name, before.body.friendly_name);
  });

  test('refuses a time zone that does not exist, and says what would be right', async () => {
    const { headers } = await world.key.call('get_workspace');
    const refused = await world.key.call('update_workspace', { body: { time_zone: 'Europe/Atlantis' }, headers: { 'if-match': headers.get('etag') }, expect: 422 });
    assert.equal(refused.body.field, '/time_zone');
    assert.ok(refused.body.expected);
  });

  test('a second one is made by an instance admin only, furnished, and apart', async () => {
    const body = { friendly_name: unique('Second'), time_zone: 'Asia/Kolkata' };
    await world.admin.call('create_workspace', { body, expect: 403 });
    const { body: second } = await world.root.call('create_workspace', { body, expect: 201 });
    const headers = { 'carillon-workspace': second.sid };
    assert.deepEqual((await world.root.call('get_workspace', { headers })).body, second);
    assert.ok(!(await world.admin.all('list_workspaces')).some((w) => w.sid === second.sid));
    assert.ok((await world.root.all('list_workspaces')).some((w) => w.sid === second.sid));
    await world.admin.call('list_task_queues', { headers, expect: 403 });
    const queues = (await world.root.call('list_task_queues', { headers })).body.items;
    assert.deepEqual(queues.map((q) => q.friendly_name), ['Everyone']);
    assert.equal(queues[0].sid, second.last_resort_queue_sid);
    const channels = (await world.root.call('list_task_channels', { headers })).body.items.map((c) => c.unique_name);
    assert.deepEqual(channels.sort(), ['callback', 'chat', 'default', 'email', 'fax', 'video', 'voice']);
    await world.key.call('get_task_queue', { path: queues[0], expect: 404 });
  });
});

describe('expressions and workflow documents', { skip: noServer }, () => {
  test('an expression fault says the column and what would be right', async () => {
    const refused = await world.key.call('create_task_queue', { body: { friendly_name: unique('Q'), expression: "skills HAS 'a' AND AND x" }, expect: 422 });
    assert.equal(refused.body.code, 'expression_fault');
    assert.equal(refused.body.field, '/expression');
    assert.equal(refused.body.column, 20);
    assert.ok(refused.body.expected);
  });

  test('is checked without being saved', async () => {
    const good = await world.key.call('check_expression', { body: { expression: "skills HAS 'billing'", place: 'task_queue' } });
    assert.deepEqual([good.body.valid, good.body.fault], [true, null]);
    const bad = await world.key.call('check_expression', { body: { expression: 'a ==', place: 'task_queue' } });
    assert.equal(bad.body.valid, false);
    assert.equal(bad.body.fault.column, 5);
  });

  test('a comparison that can never fit is a warning', async () => {
    await world.worker({ attributes: { level: 3 }, available: false });
    const { body } = await world.key.call('check_expression', { body: { expression: "level HAS 'x'", place: 'task_queue' } });
    assert.equal(body.valid, true);
    assert.ok(body.warnings.length > 0);
  });

  test('an unknown key of a document is kept and told; a queue that is none is a fault with its place', async () => {
    const queue = await world.queue();
    const document = {
      task_routing: { filters: [{ filter_friendly_name: 'All', expression: '1 == 1', targets: [{ queue: queue.sid, colour: 'blue' }] }] },
    };
    const { body } = await world.key.call('create_workflow', { body: { friendly_name: unique('W'), document }, expect: 201 });
    assert.deepEqual(body.document, document);
    assert.ok(body.warnings.some((w) => w.includes('colour')), body.warnings.join());
    document.task_routing.filters[0].targets[0].queue = `WQ${'0'.repeat(32)}`;
    const refused = await world.key.call('create_workflow', { body: { friendly_name: unique('W'), document }, expect: 422 });
    assert.equal(refused.body.code, 'workflow_fault');
    assert.match(refused.body.field, /\/task_routing\/filters\/0\/targets\/0\/queue$/);
    const checked = await world.key.call('check_workflow', { body: { document } });
    assert.equal(checked.body.valid, false);
    assert.match(checked.body.faults[0].field, /\/task_routing\/filters\/0\/targets\/0\/queue$/);
  });
});
