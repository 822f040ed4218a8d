// Goal:   whoever listens misses nothing: positions, filters, snapshot, resume, half a change never shown; bad frames are refused.
// Method: the event stream of a real server; a board built from frames is compared with what the API says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { badFrames, refusesFrame } from './harness/frames.mjs';
import { World, noServer } from './harness/world.mjs';

let world;
before(async () => {
  if (!noServer) world = await World.start();
});
after(async () => world?.stop());

const hello = (stream) => stream.next((f) => f.type === 'hello');

async function lifecycle(pair) {
  const { task, reservation } = await world.offer(pair);
  await world.key.call('accept_reservation', { path: reservation });
  const done = await world.key.call('complete_task', { path: task, body: {} });
  return { task, position: Number(done.headers.get('carillon-position')) };
}

describe('the event stream', { skip: noServer }, () => {
  test('tells a simple task in the order of routing.md', async () => {
    const pair = await world.pair();
    const workflow = await world.workflow(pair.queue);
    const stream = await world.key.stream('stream_events', { query: { types: 'task.*,task-queue.*,workflow.*,reservation.*' } });
    await hello(stream);
    const task = await world.task({ workflow_sid: workflow.sid });
    const [reservation] = await world.key.all('list_reservations', { query: { task_sid: task.sid } });
    await world.key.call('accept_reservation', { path: reservation });
    await world.key.call('complete_task', { path: task, body: {} });
    await stream.event('reservation.completed');
    await stream.close();
    const told = stream.frames.filter((f) => f.type === 'events').flatMap((f) => f.events);
    const types = told.filter((e) => e.task_sid === task.sid || e.resource_sid === task.sid).map((e) => e.type).filter((t) => t !== 'task.updated' && t !== 'task.answered');
    assert.deepEqual(types, ['workflow.entered', 'task-queue.entered', 'task.created', 'workflow.target-matched', 'reservation.created', 'reservation.accepted', 'task.completed', 'reservation.completed']);
  });

  test('gives every change once, in the order of positions, and the answer to a command names its position', async () => {
    const pair = await world.pair();
    const stream = await world.key.stream('stream_events', { query: { types: 'task.*,reservation.*' } });
    await hello(stream);
    const { task, position } = await lifecycle(pair);
    const done = await stream.next((f) => f.type === 'events' && f.events.some((e) => e.type === 'task.completed' && e.resource_sid === task.sid));
    assert.equal(done.position, position);
    await stream.close();
    const frames = stream.frames.filter((f) => f.type === 'events');
    const positions = frames.map((f) => f.position);
    assert.deepEqual(positions, [...new Set(positions)].sort((a, b) => a - b));
    for (const f of frames) {
      assert.ok(f.events.length > 0);
      assert.ok(f.events.every((e) => e.position === f.position));
      assert.deepEqual(f.events.map((e) => e.index), f.events.map((e) => e.index).toSorted((a, b) => a - b));
    }
  });

  test('resumes after a position with exactly what was missed', async () => {
    const pair = await world.pair();
    const query = { types: 'task.*,reservation.*' };
    const whole = await world.key.stream('stream_events', { query });
    const { position: after } = await hello(whole);
    await lifecycle(pair);
    const half = await world.key.stream('stream_events', { query: { ...query, after } });
    const { position } = await lifecycle(pair);
    // Not hello: it names the newest position before anything of it was told.
    const until = (s) => s.next((f) => f.type === 'events' && f.position >= position);
    await Promise.all([until(whole), until(half)]);
    const late = await world.key.stream('stream_events', { query: { ...query, after } });
    await until(late);
    const said = (s) => s.frames.filter((f) => f.type === 'events' && f.position <= position).flatMap((f) => f.events.map((e) => e.sid));
    assert.deepEqual(said(half), said(whole));
    assert.deepEqual(said(late), said(whole));
    await Promise.all([whole.close(), half.close(), late.close()]);
  });

  test('begins with a snapshot that, with what follows, equals what the API says', async () => {
    const pair = await world.pair();
    const { task: first } = await world.offer(pair);
    const stream = await world.key.stream();
    await hello(stream);
    stream.send({ type: 'subscribe', snapshot: true, numbers: true });
    await stream.next((f) => f.type === 'snapshot' && f.last);
    const second = await world.task({ task_queue_sid: pair.queue.sid });
    await world.key.call('cancel_task', { path: first });
    const { body: now, headers } = await world.key.call('get_task', { path: second });
    await stream.next((f) => (f.type === 'events' || f.type === 'ping') && f.position >= Number(headers.get('carillon-position')), { within: 30_000 });
    const board = new Map();
    const parts = stream.frames.filter((f) => f.type === 'snapshot');
    assert.deepEqual(parts.map((f) => f.first), parts.map((_, i) => i === 0));
    assert.equal(new Set(parts.map((f) => f.position)).size, 1);
    for (const f of stream.frames) {
      for (const item of f.items ?? []) board.set(item.sid, item);
      for (const e of f.events ?? []) {
        for (const name of ['task', 'reservation', 'worker']) if (e.payload[name]) board.set(e.payload[name].sid, e.payload[name]);
      }
    }
    assert.deepEqual(board.get(second.sid), now);
    assert.equal(board.get(first.sid).status, 'canceled');
    // What a worker holds follows from the reservations; no worker event tells of it.
    const own = ({ assignments: _a, held_capacity: _h, channels: _c, idle_since: _i, ...rest }) => rest;
    const worker = await world.read('get_worker', pair.worker);
    assert.deepEqual(own(board.get(worker.sid)), own(worker));
    const live = [...board.values()].filter((r) => r.sid.startsWith('WR') && r.worker_sid === worker.sid && r.status === 'pending');
    assert.deepEqual(live.map((r) => r.sid), worker.assignments.map((a) => a.reservation_sid));
    const numbers = await stream.next((f) => f.type === 'numbers', { within: 5000 }).catch(() => stream.frames.find((f) => f.type === 'numbers'));
    assert.ok(numbers, 'numbers were asked for');
    await stream.close();
  });

  test('keeps to the filters', async () => {
    const [mine, other] = [await world.pair(), await world.pair()];
    const stream = await world.key.stream('stream_events', { query: { resources: mine.queue.sid, types: 'reservation.created' } });
    await hello(stream);
    await world.offer(other);
    await world.offer(mine);
    await stream.event('reservation.created');
    await stream.close();
    const told = stream.frames.filter((f) => f.type === 'events').flatMap((f) => f.events);
    assert.ok(told.every((e) => e.type === 'reservation.created' && e.task_queue_sid === mine.queue.sid));
  });

  test('tells an agent of their own work only', async () => {
    const agent = await world.signInAs('agent', 2);
    const { body: me } = await agent.call('get_me');
    const stream = await agent.stream();
    assert.equal((await hello(stream)).worker_sid, me.worker.sid);
    stream.send({ type: 'subscribe', types: ['task.*', 'reservation.*', 'worker.*'] });
    const pair = await world.pair();
    await world.offer(pair);
    const task = await world.task({ worker_sid: me.worker.sid, task_channel_unique_name: 'chat' });
    await world.key.call('set_worker_activity', { path: me.worker, body: { activity_sid: (await world.activity('available')).sid } });
    await stream.event('worker.activity.update');
    await stream.close();
    const told = stream.frames.filter((f) => f.type === 'events').flatMap((f) => f.events);
    assert.ok(told.every((e) => e.worker_sid === me.worker.sid || e.task_sid === task.sid || e.resource_sid === task.sid), told.map((e) => e.type).join());
  });

  test('makes its worker connected, and disconnected when the last tab is gone', async () => {
    const agent = await world.signInAs('agent', 3);
    const { body: me } = await agent.call('get_me');
    const watch = await world.key.stream('stream_events', { query: { types: 'worker.connection.update', resources: me.worker.sid } });
    await hello(watch);
    const tabs = [await agent.stream(), await agent.stream()];
    assert.equal((await watch.event('worker.connection.update')).payload.worker.connected, true);
    await tabs[0].close();
    assert.equal((await world.read('get_worker', me.worker)).connected, true);
    await tabs[1].close();
    assert.equal((await watch.event('worker.connection.update')).payload.worker.connected, false);
    await watch.close();
  });

  test('ends with the sign-in', async () => {
    const client = await world.signInAs('supervisor');
    const stream = await client.stream();
    await hello(stream);
    await client.call('sign_out', { expect: 204 });
    assert.equal((await stream.closed).code, 4401);
  });

  test('is not for those who may not', async () => {
    const refused = async (client, options, statuses) => {
      await assert.rejects(client.stream('stream_events', options), (e) => statuses.includes(e.status));
    };
    await refused(world.anyone, {}, [401]);
    await refused(world.anyone.as({ bearer: 'made-up' }), {}, [401]);
    const session = await world.signInAs('supervisor');
    await refused(session, { headers: { origin: 'https://evil.example' } }, [403]);
    const { visitor } = await world.chat();
    await refused(visitor, {}, [401, 403]);
  });
});

describe('frames that are no good', { skip: noServer }, () => {
  for (const [what, sent, codes] of badFrames) {
    test(`${what} closes with ${codes.join(' or ')}, and nobody else notices`, async () => {
      const other = await world.key.stream();
      await hello(other);
      const stream = await world.key.stream();
      await hello(stream);
      await refusesFrame(stream, sent, codes);
      assert.equal(other.socket.readyState, WebSocket.OPEN);
      await other.close();
    });
  }

  for (const [what, frame, codes] of [
    ['an unknown type', { type: 'dance' }, ['invalid_value']],
    ['no type', { position: 1 }, ['missing_field', 'unknown_field']],
    ['an array', [], ['wrong_type']],
    ['a type of the wrong type', { type: 7 }, ['wrong_type']],
    ['an unknown field', { type: 'subscribe', no_such_field: 1 }, ['unknown_field']],
    ['an unknown field in a pong', { type: 'pong', no_such_field: 1 }, ['unknown_field']],
    ['typing in nothing', { type: 'typing' }, ['missing_field']],
    ['typing in a bad id', { type: 'typing', conversation_sid: 'CH1' }, ['invalid_value']],
    ['a phone without an offer', { type: 'phone.connect' }, ['missing_field']],
    ['a phone whose offer is too long', { type: 'phone.connect', sdp: 'v'.repeat(16385) }, ['too_long']],
    ['a phone put down with a field', { type: 'phone.disconnect', sdp: 'v=0' }, ['unknown_field']],
    ['too many types', { type: 'subscribe', types: Array(101).fill('task.*') }, ['too_long', 'out_of_range', 'limit']],
    ['no type at all in types', { type: 'subscribe', types: ['?'] }, ['invalid_value']],
    ['a type in types that is too long', { type: 'subscribe', types: ['x'.repeat(65)] }, ['too_long']],
    ['a wrong type', { type: 'subscribe', types: 'task.*' }, ['wrong_type']],
    ['a bad id', { type: 'subscribe', resources: ['nonsense'] }, ['invalid_value']],
    ['a position from the future of time', { type: 'subscribe', after: -1 }, ['out_of_range']],
  ]) {
    test(`${what} is answered with an error frame, and the line stays open`, async () => {
      const stream = await world.key.stream();
      await hello(stream);
      stream.send(frame);
      const { problem } = await stream.next((f) => f.type === 'error');
      assert.ok(codes.includes(problem.code), problem.code);
      stream.send({ type: 'subscribe', snapshot: true });
      await stream.next((f) => f.type === 'snapshot');
      await stream.close();
    });
  }

  test('a phone of nobody who is a worker fails, and the line stays open', async () => {
    const stream = await world.key.stream();
    await hello(stream);
    stream.send({ type: 'phone.connect', sdp: 'v=0\r\n' });
    const { problem } = await stream.next((f) => f.type === 'phone.failed');
    assert.equal(problem.code, 'forbidden');
    stream.send({ type: 'phone.disconnect' });
    stream.send({ type: 'subscribe', snapshot: true });
    const seen = [];
    while (seen.at(-1)?.last !== true) seen.push(await stream.next((f) => f.type === 'snapshot'));
    assert.ok(seen.some((f) => f.resource === 'call'));
    await stream.close();
  });

  test('who does not read is closed with 4429 and may resume; the others get everything at once', async () => {
    const query = { types: 'task.created' };
    const [deaf, other] = [await world.key.stream('stream_events', { query }), await world.key.stream('stream_events', { query })];
    const { position: after } = await hello(deaf);
    await hello(other);
    deaf.socket._socket.pause();
    const queue = await world.queue({ expression: 'x == 1' });
    const attributes = { filler: 'x'.repeat(15_000) };
    const before = world.server.output.length;
    const closed = () => world.server.output.slice(before).includes('websocket_closed');
    const made = [];
    while (!closed() && made.length < 6000) {
      made.push(...(await Promise.all(Array.from({ length: 50 }, () => world.task({ task_queue_sid: queue.sid, attributes })))));
    }
    assert.ok(closed(), `nothing after ${made.length} tasks`);
    assert.match(world.server.output.slice(before), /websocket_closed .*4429/);
    const last = made.at(-1).sid;
    await other.next((f) => f.type === 'events' && f.events.some((e) => e.resource_sid === last));
    const late = await world.key.stream('stream_events', { query: { ...query, after } });
    const told = new Set();
    while (!told.has(last)) {
      const { events } = await late.next((f) => f.type === 'events');
      for (const e of events) told.add(e.resource_sid);
    }
    assert.ok(made.every((t) => told.has(t.sid)));
    deaf.socket._socket.resume();
    assert.ok([4429, 1006].includes((await deaf.closed).code));
    await Promise.all([other.close(), late.close()]);
  });

  test('more frames than anybody needs close with 4429', async () => {
    const stream = await world.key.stream();
    await hello(stream);
    for (let i = 0; i < 5000; i += 1) stream.send({ type: 'pong' });
    assert.ok([4429, 1006].includes((await stream.closed).code));
  });
});

describe('the story', { skip: noServer }, () => {
  test('is read page by page, oldest first, and one by one', async () => {
    const pair = await world.pair();
    const before = Number((await world.key.call('get_workspace')).headers.get('carillon-position'));
    const { task } = await lifecycle(pair);
    const events = await world.key.all('list_events', { query: { after: before, resource_sid: task.sid }, pageSize: 2 });
    assert.equal(events[0].position > before, true);
    assert.equal(events.at(-1).type.endsWith('completed'), true);
    const order = events.map((e) => [e.position, e.index]);
    assert.deepEqual(order, order.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
    const { body } = await world.key.call('get_event', { path: events[0] });
    assert.deepEqual(body, events[0]);
    const only = await world.key.all('list_events', { query: { after: before, type: 'task.created' } });
    assert.ok(only.every((e) => e.type === 'task.created'));
  });

  test('is the same live, in pages of any size, by filters, and one by one', async () => {
    const pair = await world.pair({ queue: { assign: 'direct' } });
    const stream = await world.key.stream('stream_events', { query: { types: '*' } });
    const { position: before } = await hello(stream);
    // At once, so that one commit holds several changes; and records that no decision reads, among them.
    const done = await Promise.all(Array.from({ length: 12 }, async () => {
      const { body: task, headers } = await world.key.call('create_task', { body: { task_queue_sid: pair.queue.sid }, expect: 201 });
      return { task, position: Number(headers.get('carillon-position')) };
    }));
    const chat = await world.chat();
    const { headers } = await world.key.call('create_message', { path: { sid: chat.conversation_sid }, body: { text: 'Hello' }, expect: 201 });
    const last = Number(headers.get('carillon-position'));
    await stream.next((f) => f.position >= last);
    const mine = (events) => events.filter((e) => e.position <= last);
    const live = mine(stream.frames.filter((f) => f.type === 'events').flatMap((f) => f.events));
    await stream.close();
    const listed = mine(await world.key.all('list_events', { query: { after: before } }));
    assert.ok(listed.length > 40, `${listed.length}`);
    assert.deepEqual(listed, live);
    for (const pageSize of [1, 7]) assert.deepEqual(mine(await world.key.all('list_events', { query: { after: before }, pageSize })), listed);
    for (const event of listed) assert.deepEqual((await world.key.call('get_event', { path: event })).body, event);
    for (const { task, position } of done) {
      const of = mine(await world.key.all('list_events', { query: { resource_sid: task.sid }, pageSize: 2 }));
      assert.deepEqual(of, listed.filter((e) => e.resource_sid === task.sid || JSON.stringify(e).includes(task.sid)), task.sid);
      assert.equal(of.find((e) => e.type === 'task.created').position, position);
    }
    const types = ['task.created', 'reservation.accepted'];
    assert.deepEqual(mine(await world.key.all('list_events', { query: { after: before, type: types } })), listed.filter((e) => types.includes(e.type)));
    const [from, to] = [listed[5].at, listed.at(-5).at];
    assert.deepEqual(mine(await world.key.all('list_events', { query: { after: before, from, to } })), listed.filter((e) => e.at >= from && e.at < to));
    for (const sid of [`EV${'0'.repeat(32)}`, `EV${'f'.repeat(32)}`, `${listed[0].sid.slice(0, -1)}${listed[0].sid.endsWith('0') ? '1' : '0'}`]) {
      await world.key.call('get_event', { path: { sid }, expect: 404 });
    }
  });

  test('says who did it', async () => {
    const queue = await world.queue({ expression: 'x == 1' });
    const task = await world.task({ task_queue_sid: queue.sid });
    const [created] = await world.key.all('list_events', { query: { resource_sid: task.sid, type: 'task.created' } });
    assert.deepEqual([created.actor.type, created.actor.sid], ['api_key', world.keySid]);
  });
});
