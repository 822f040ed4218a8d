// Goal:   tasks through the API as routing.md says: offers, accept, reject, wrap-up, transfer, move, interruption, why.
// Method: queues and workers of their own skill, so that tests do not meet; a real server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, noServer, unique } from './harness/world.mjs';

let world;
before(async () => {
  if (!noServer) world = await World.start();
});
after(async () => world?.stop());

const task = (sid) => world.read('get_task', { sid });
const reservation = (r) => world.read('get_reservation', r);
const forbids = async (operationId, path, body) => {
  const { body: problem } = await world.key.call(operationId, { path, body, expect: 409 });
  assert.equal(problem.code, 'state_forbids', problem.detail);
};

describe('a task', { skip: noServer }, () => {
  test('is offered, accepted, wrapped up, completed', async () => {
    const pair = await world.pair({ queue: { wrap_up: { mode: 'timed', seconds: 600, extensions: 1 } } });
    const { task: made, reservation: offer } = await world.offer(pair, { attributes: { topic: 'x' }, priority: 7 });
    assert.equal(made.status, 'reserved');
    assert.deepEqual([offer.status, offer.worker_sid], ['pending', pair.worker.sid]);
    assert.ok(Date.parse(offer.expires_at) > Date.parse(offer.created_at));
    const { body: accepted } = await world.key.call('accept_reservation', { path: offer });
    assert.equal(accepted.status, 'accepted');
    assert.deepEqual([(await task(made.sid)).status, (await task(made.sid)).worker_sid], ['assigned', pair.worker.sid]);
    const { body: wrapping } = await world.key.call('wrap_up_task', { path: made });
    assert.equal(wrapping.status, 'wrapping');
    assert.equal(wrapping.wrap_up.extensions_left, 1);
    const { body: longer } = await world.key.call('extend_wrap_up', { path: made });
    assert.ok(Date.parse(longer.wrap_up.expires_at) > Date.parse(wrapping.wrap_up.expires_at));
    await forbids('extend_wrap_up', made);
    const { body: disposition } = await world.key.call('create_disposition', { body: { friendly_name: unique('Solved') }, expect: 201 });
    const { body: done } = await world.key.call('complete_task', { path: made, body: { disposition_sid: disposition.sid } });
    assert.deepEqual([done.status, done.disposition_sid], ['completed', disposition.sid]);
    assert.equal((await reservation(offer)).status, 'completed');
    for (const verb of ['cancel_task', 'wrap_up_task', 're_evaluate_task']) await forbids(verb, made);
  });

  test('without wrap-up completes when the talk ends', async () => {
    const pair = await world.pair();
    const { task: made, reservation: offer } = await world.offer(pair);
    await world.key.call('accept_reservation', { path: offer });
    assert.equal((await world.key.call('wrap_up_task', { path: made })).body.status, 'completed');
  });

  test('through a workflow waits in its default filter, and says so', async () => {
    const queue = await world.queue({ expression: "skills HAS 'nobody has this'" });
    const workflow = await world.workflow(queue);
    const made = await world.task({ workflow_sid: workflow.sid });
    assert.deepEqual([made.status, made.task_queue_sid, made.workflow_sid], ['pending', queue.sid, workflow.sid]);
    const { body: why } = await world.key.call('why_task', { path: made });
    assert.equal(why.task_queue_sid, queue.sid);
    assert.equal(why.eligible_workers, 0);
    assert.ok(why.candidates.every((c) => c.verdict === 'not_eligible'));
    const { body: idle } = await world.key.call('why_idle', { path: queue });
    assert.equal(idle.verdict, 'no_worker_matches');
    assert.equal(idle.first_task.task_sid, made.sid);
  });

  test('for a worker has no queue', async () => {
    const worker = await world.worker();
    const made = await world.task({ worker_sid: worker.sid, task_channel_unique_name: 'chat' });
    assert.deepEqual([made.task_queue_sid, made.direct_worker_sid], [null, worker.sid]);
    const [offer] = await world.key.all('list_reservations', { query: { task_sid: made.sid } });
    assert.equal(offer.worker_sid, worker.sid);
  });

  test('needs exactly one way in', async () => {
    const queue = await world.queue();
    const worker = await world.worker({ available: false });
    for (const body of [{ task_queue_sid: queue.sid, worker_sid: worker.sid }, {}]) {
      await world.key.call('create_task', { body, expect: 422 });
    }
  });

  test('is canceled with its offer', async () => {
    const { task: made, reservation: offer } = await world.offer(await world.pair());
    assert.equal((await world.key.call('cancel_task', { path: made })).body.status, 'canceled');
    const gone = await reservation(offer);
    assert.deepEqual([gone.status, gone.reason], ['canceled', 'by_api']);
    await forbids('accept_reservation', offer);
  });

  test('waits by priority, then by age; a changed priority counts at once', async () => {
    const pair = await world.pair({ worker: { available: false } });
    // A call takes the whole worker, so only one of the two can ring.
    const call = { task_queue_sid: pair.queue.sid, task_channel_unique_name: 'voice' };
    const [low, high] = [await world.task(call), await world.task(call)];
    await world.key.call('update_task', { path: high, body: { priority: 5, attributes: { vip: true } } });
    await world.setActivity(pair.worker, 'available');
    assert.deepEqual([(await task(high.sid)).status, (await task(low.sid)).status], ['reserved', 'pending']);
    assert.deepEqual((await task(high.sid)).attributes, { vip: true });
  });

  test('under a version that changed is not changed', async () => {
    const queue = await world.queue({ expression: "skills HAS 'nobody has this'" });
    const made = await world.task({ task_queue_sid: queue.sid });
    const headers = { 'if-match': `"${made.version}"` };
    await world.key.call('update_task', { path: made, body: { priority: 5 }, headers });
    await world.key.call('update_task', { path: made, body: { priority: 6 }, headers, expect: 412 });
  });

  test('is moved to another queue, and re-evaluated into its workflow again', async () => {
    const [first, second] = [await world.queue({ expression: 'x == 1' }), await world.queue({ expression: 'x == 1' })];
    const workflow = await world.workflow(first);
    const made = await world.task({ workflow_sid: workflow.sid });
    const { body: moved } = await world.key.call('move_task', { path: made, body: { task_queue_sid: second.sid } });
    assert.equal(moved.task_queue_sid, second.sid);
    assert.equal(moved.virtual_start_time, made.virtual_start_time);
    const again = await world.task({ workflow_sid: workflow.sid });
    assert.equal((await world.key.call('re_evaluate_task', { path: again })).body.task_queue_sid, first.sid);
  });

  test('is listed by status, queue and worker', async () => {
    const pair = await world.pair();
    const { task: made } = await world.offer(pair);
    const other = await world.task({ task_queue_sid: pair.queue.sid, priority: 0 });
    const sids = async (query) => (await world.key.all('list_tasks', { query: { task_queue_sid: pair.queue.sid, ...query } })).map((t) => t.sid);
    assert.deepEqual(new Set(await sids({ status: ['pending', 'reserved'] })), new Set([made.sid, other.sid]));
    assert.deepEqual(await sids({ status: 'canceled' }), []);
  });
});

describe('an offer', { skip: noServer }, () => {
  test('rejected goes to the next worker, and the first is passed over', async () => {
    const pair = await world.pair();
    const second = await world.worker({ skills: [pair.skill], available: false });
    const { task: made, reservation: offer } = await world.offer(pair);
    await world.setActivity(second, 'available');
    const { body: rejected } = await world.key.call('reject_reservation', { path: offer });
    assert.deepEqual([rejected.status, rejected.reason], ['rejected', 'rejected']);
    const offers = await world.key.all('list_reservations', { query: { task_sid: made.sid, status: 'pending' } });
    assert.deepEqual(offers.map((o) => o.worker_sid), [second.sid]);
    const { body: why } = await world.key.call('why_task', { path: made });
    assert.equal(why.candidates.find((c) => c.worker_sid === second.sid).verdict, 'offered');
  });

  test('to several is won by the first; the others are rescinded and told so', async () => {
    const pair = await world.pair({ queue: { max_reserved_workers: 2 } });
    const second = await world.worker({ skills: [pair.skill] });
    const { task: made } = await world.offer(pair);
    const offers = await world.key.all('list_reservations', { query: { task_sid: made.sid } });
    assert.deepEqual(new Set(offers.map((o) => o.worker_sid)), new Set([pair.worker.sid, second.sid]));
    await world.key.call('accept_reservation', { path: offers[0] });
    const lost = await reservation(offers[1]);
    assert.deepEqual([lost.status, lost.reason], ['rescinded', 'accepted_elsewhere']);
    await forbids('accept_reservation', offers[1]);
  });

  test('nobody reacts to is a miss: Not Responding, until one click', async () => {
    const pair = await world.pair({ queue: { offer_timeout_s: 1 } });
    const events = await world.key.stream('stream_events', { query: { types: 'worker.*,reservation.*', resources: pair.worker.sid } });
    await events.next((f) => f.type === 'hello');
    const { reservation: offer } = await world.offer(pair);
    const missed = await events.event('worker.not-responding');
    assert.ok(missed.payload.worker.channels.some((c) => c.not_responding_since !== null));
    await events.close();
    const timedOut = await reservation(offer);
    assert.deepEqual([timedOut.status, timedOut.reason], ['timeout', 'missed']);
    const { body: back } = await world.key.call('clear_not_responding', { path: pair.worker, body: {} });
    assert.ok(back.channels.every((c) => c.not_responding_since === null));
  });

  test('is rescinded when the worker takes a break; without work a pending activity is taken at once', async () => {
    const pair = await world.pair();
    const { task: made, reservation: offer } = await world.offer(pair);
    await world.setActivity(pair.worker, 'break');
    assert.equal((await reservation(offer)).status, 'rescinded');
    assert.equal((await task(made.sid)).status, 'pending');
    const activity = await world.activity('available');
    const { body: worker } = await world.key.call('set_pending_activity', { path: pair.worker, body: { activity_sid: activity.sid } });
    assert.deepEqual([worker.activity_sid, worker.pending_activity], [activity.sid, null]);
  });

  test('a task queue that assigns directly needs no accept', async () => {
    const pair = await world.pair({ queue: { assign: 'direct' } });
    const made = await world.task({ task_queue_sid: pair.queue.sid });
    assert.deepEqual([made.status, made.worker_sid], ['assigned', pair.worker.sid]);
  });
});

describe('a worker', { skip: noServer }, () => {
  test('with work takes a pending activity when it is done, and gets nothing new meanwhile', async () => {
    const pair = await world.pair({ queue: { assign: 'direct' } });
    const chat = (await world.channel('chat')).sid;
    const made = await world.task({ task_queue_sid: pair.queue.sid, task_channel_sid: chat });
    const pause = await world.activity('break');
    const { body: worker } = await world.key.call('set_pending_activity', { path: pair.worker, body: { activity_sid: pause.sid } });
    assert.equal(worker.pending_activity.activity_sid, pause.sid);
    const second = await world.task({ task_queue_sid: pair.queue.sid, task_channel_sid: chat });
    assert.equal(second.status, 'pending');
    await world.key.call('complete_task', { path: made, body: {} });
    const after = await world.read('get_worker', pair.worker);
    assert.deepEqual([after.activity_sid, after.pending_activity], [pause.sid, null]);
    const again = await world.setActivity(pair.worker, 'available');
    assert.deepEqual(again.assignments.map((a) => a.task_sid), [second.sid]);
  });

  test('may take a pending activity back', async () => {
    const pair = await world.pair({ queue: { assign: 'direct' } });
    await world.task({ task_queue_sid: pair.queue.sid });
    const pause = await world.activity('break');
    await world.key.call('set_pending_activity', { path: pair.worker, body: { activity_sid: pause.sid } });
    assert.equal((await world.key.call('clear_pending_activity', { path: pair.worker })).body.pending_activity, null);
  });

  test('holds no more than the capacity, and another mix when a channel is switched off', async () => {
    const pair = await world.pair({ queue: { assign: 'direct' } });
    const chat = await world.channel('chat');
    const fits = Math.floor(100 / chat.cost);
    const made = [];
    for (let i = 0; i <= fits; i += 1) made.push(await world.task({ task_queue_sid: pair.queue.sid, task_channel_sid: chat.sid }));
    assert.deepEqual(made.map((t) => t.status), [...Array(fits).fill('assigned'), 'pending']);
    const worker = await world.read('get_worker', pair.worker);
    assert.equal(worker.held_capacity, fits * chat.cost);
    assert.equal(worker.channels.find((c) => c.task_channel_sid === chat.sid).available_capacity, 0);
    const path = { sid: worker.sid, task_channel_sid: chat.sid };
    const { body: off } = await world.key.call('update_worker_channel', { path, body: { configured_capacity: 0 } });
    assert.equal(off.channels.find((c) => c.task_channel_sid === chat.sid).available, false);
    await world.key.call('complete_task', { path: made[0], body: {} });
    assert.equal((await task(made[fits].sid)).status, 'pending');
  });

  test('with work in hand is not removed', async () => {
    const pair = await world.pair({ queue: { assign: 'direct' } });
    await world.task({ task_queue_sid: pair.queue.sid });
    const worker = await world.read('get_worker', pair.worker);
    await world.key.call('delete_worker', { path: worker, headers: { 'if-match': `"${worker.version}"` }, expect: 409 });
  });
});

describe('a transfer', { skip: noServer }, () => {
  test('to a queue makes a new task of the same contact there, and wraps up the first', async () => {
    const pair = await world.pair({ queue: { assign: 'direct', wrap_up: { mode: 'timed', seconds: 600, extensions: 0 } } });
    const other = await world.queue({ expression: 'x == 1' });
    const made = await world.task({ task_queue_sid: pair.queue.sid });
    const { body } = await world.key.call('transfer_task', { path: made, body: { task_queue_sid: other.sid } });
    assert.equal(body.task.status, 'wrapping');
    assert.deepEqual([body.new_task.status, body.new_task.task_queue_sid, body.new_task.transferred_from_sid], ['pending', other.sid, made.sid]);
    assert.equal(body.new_task.boost_s, 60);
  });

  test('to a worker leaves the first assigned until the target answers', async () => {
    const pair = await world.pair({ queue: { assign: 'direct' } });
    const target = await world.worker();
    const made = await world.task({ task_queue_sid: pair.queue.sid, task_channel_unique_name: 'chat' });
    const { body } = await world.key.call('transfer_task', { path: made, body: { worker_sid: target.sid } });
    assert.equal(body.task.status, 'assigned');
    const [offer] = await world.key.all('list_reservations', { query: { task_sid: body.new_task.sid } });
    await world.key.call('accept_reservation', { path: offer });
    assert.ok(['wrapping', 'completed'].includes((await task(made.sid)).status));
    assert.equal((await task(body.new_task.sid)).worker_sid, target.sid);
  });

  test('of a waiting task is refused', async () => {
    const queue = await world.queue({ expression: 'x == 1' });
    const made = await world.task({ task_queue_sid: queue.sid });
    await forbids('transfer_task', made, { task_queue_sid: queue.sid });
  });
});

describe('an interruption', { skip: noServer }, () => {
  test('suspends a mail for a call, and resumes it afterwards', async () => {
    const pair = await world.pair();
    const mail = await world.task({ task_queue_sid: pair.queue.sid, task_channel_unique_name: 'email' });
    const [first] = await world.key.all('list_reservations', { query: { task_sid: mail.sid } });
    if (first.status === 'pending') await world.key.call('accept_reservation', { path: first });
    const call = await world.task({ task_queue_sid: pair.queue.sid, task_channel_unique_name: 'voice' });
    const [offer] = await world.key.all('list_reservations', { query: { task_sid: call.sid } });
    assert.deepEqual(offer.interrupts, [first.sid]);
    await world.key.call('accept_reservation', { path: offer });
    assert.equal((await task(mail.sid)).status, 'suspended');
    assert.equal((await reservation(first)).interrupted_by_sid, offer.sid);
    await world.key.call('complete_reservation', { path: offer, body: {} });
    assert.equal((await task(mail.sid)).status, 'assigned');
    assert.equal((await task(call.sid)).status, 'completed');
  });
});
