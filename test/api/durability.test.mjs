// Goal:   what was acknowledged is there after kill -9, once; offers live on; a repeated request with its key makes nothing twice.
// Method: a real server on a data directory of its own, killed and started again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './harness/client.mjs';
import { World, noServer, unique } from './harness/world.mjs';

let world;
before(async () => {
  if (!noServer) world = await World.start();
});
after(async () => world?.stop());

// After a crash the port is another one.
async function crash() {
  await world.server.crash();
  for (const name of ['key', 'admin', 'anyone']) {
    const old = world[name];
    world[name] = Object.assign(new Client(world.server.url, world.contract, old.auth, old.headers), { signIn: old.signIn });
  }
}

test('tasks, offers, chats and sign-ins are as they were', { skip: noServer }, async () => {
  const pair = await world.pair();
  const unique_name = unique('whole').replace(/\W/g, '_');
  await world.key.call('create_task_channel', { body: { friendly_name: unique_name, unique_name, cost: 100, assign: 'offer' }, expect: 201 });
  const whole = { task_queue_sid: pair.queue.sid, task_channel_unique_name: unique_name };
  const { task, reservation } = await world.offer(pair, { ...whole, attributes: { n: 1 } });
  const waiting = [];
  for (let i = 0; i < 5; i += 1) waiting.push((await world.task({ ...whole, priority: i % 2 })).sid);
  const chat = await world.chat();
  await world.key.call('create_message', { path: { sid: chat.conversation_sid }, body: { text: 'Before' }, expect: 201 });
  const key = { 'idempotency-key': unique('k').replace(' ', '-') };
  const body = { ...whole, attributes: { once: true } };
  const once = await world.key.call('create_task', { body, headers: key, expect: 201 });
  await crash();

  await world.admin.call('get_me');
  const again = await world.key.call('create_task', { body, headers: key, expect: 201 });
  assert.equal(again.body.sid, once.body.sid);
  const offer = await world.read('get_reservation', reservation);
  assert.equal(offer.status, 'pending');
  assert.ok(Date.parse(offer.expires_at) >= Date.parse(reservation.expires_at));
  const visitor = new Client(world.server.url, world.contract, chat.visitor.auth, chat.visitor.headers);
  const { body: thread } = await visitor.call('get_visitor_conversation');
  assert.deepEqual([thread.state, thread.messages.map((m) => m.text)], ['talking', ['Where is my order?', 'Before']]);
  await visitor.call('create_visitor_message', { body: { text: 'After' }, expect: 201 });

  // The queue's order is as before: priority, then age.
  await world.key.call('accept_reservation', { path: offer });
  const wanted = [waiting[1], waiting[3], waiting[0], waiting[2], waiting[4], once.body.sid];
  const got = [];
  let current = task;
  for (let i = 0; i < wanted.length; i += 1) {
    await world.key.call('complete_task', { path: current, body: {} });
    const [next] = await world.key.all('list_reservations', { query: { worker_sid: pair.worker.sid, status: 'pending' } });
    got.push(next.task_sid);
    await world.key.call('accept_reservation', { path: next });
    current = { sid: next.task_sid };
  }
  assert.deepEqual(got, wanted);
});

test('a stream resumes over the crash with everything in between', { skip: noServer }, async () => {
  const pair = await world.pair();
  const { body: workspace, headers } = await world.key.call('get_workspace');
  assert.ok(workspace.sid);
  const after_ = Number(headers.get('carillon-position'));
  const { task } = await world.offer(pair);
  const story = () => world.key.all('list_events', { query: { after: after_, resource_sid: task.sid } });
  const told = await story();
  await crash();
  assert.deepEqual(await story(), told);
  assert.deepEqual((await world.key.call('get_event', { path: told[0] })).body, told[0]);
  const stream = await world.key.stream('stream_events', { query: { after: after_, types: 'task.*' } });
  const created = await stream.event('task.created', (e) => e.resource_sid === task.sid);
  assert.ok(created.position > after_);
  await stream.close();
});

test('SIGTERM drains and stops with 0', { skip: noServer }, async () => {
  const stream = await world.key.stream();
  await stream.next((f) => f.type === 'hello');
  const stopped = world.stop();
  assert.ok([1001, 1012].includes((await stream.closed).code));
  await stopped;
  world = undefined;
});
