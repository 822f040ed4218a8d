// Goal:   the numbers are those of docs/metrics.md, everywhere the same.
// Method: a queue with a known small history; its numbers by every way that tells them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, noServer } from './harness/world.mjs';

let world;
let pair;
let contacts;
before(async () => {
  if (noServer) return;
  world = await World.start();
  contacts = (await world.key.call('get_workspace_real_time_statistics')).body.now.today.contacts;
  pair = await world.pair();
  // One answered, one canceled by hand, one waiting.
  const { task, reservation } = await world.offer(pair);
  await world.key.call('accept_reservation', { path: reservation });
  await world.key.call('complete_task', { path: task, body: {} });
  await world.setActivity(pair.worker, 'break');
  await world.key.call('cancel_task', { path: await world.task({ task_queue_sid: pair.queue.sid }) });
  await world.task({ task_queue_sid: pair.queue.sid, priority: 3 });
});
after(async () => world?.stop());

const sum = (buckets) => Object.values(buckets).reduce((a, b) => a + b, 0);
const holds = (n) => {
  assert.deepEqual([n.offered, n.buckets.answered, n.buckets.canceled, n.not_yet], [3, 1, 1, 1]);
  assert.equal(n.offered, sum(n.buckets) + n.not_yet);
  assert.equal(n.service_level, 100);
  assert.equal(n.abandonment, 0);
  assert.equal(n.segments, 1);
};

describe('numbers', { skip: noServer }, () => {
  test('of a queue now', async () => {
    const { body } = await world.key.call('get_task_queue_real_time_statistics', { path: pair.queue });
    assert.equal(body.now.waiting, 1);
    assert.deepEqual([body.total_tasks, body.tasks_by_status.pending, body.tasks_by_priority], [1, 1, { 3: 1 }]);
    assert.deepEqual([body.total_eligible_workers, body.total_available_workers], [1, 0]);
    assert.equal(body.activity_statistics.reduce((a, s) => a + s.workers, 0), 1);
    holds(body.now.today);
    const listed = await world.key.all('list_task_queue_real_time_statistics', { query: { task_queue_sid: pair.queue.sid } });
    assert.deepEqual(listed.map((s) => s.task_queue_sid), [pair.queue.sid]);
  });

  test('of a queue over a period, with waits split as asked', async () => {
    const { body } = await world.key.call('get_task_queue_cumulative_statistics', { path: pair.queue, query: { split_by_wait_time: '0,600' } });
    assert.deepEqual([body.reservations_created, body.reservations_accepted, body.tasks_entered, body.tasks_completed, body.tasks_canceled], [1, 1, 3, 1, 1]);
    assert.deepEqual(body.split_by_wait_time['600'].below, { reservations_accepted: 1, tasks_canceled: 1 });
    holds(body.numbers);
    const past = { start_time: '2020-01-01T00:00:00Z', end_time: '2020-01-02T00:00:00Z' };
    const { body: empty } = await world.key.call('get_task_queue_cumulative_statistics', { path: pair.queue, query: past });
    assert.deepEqual([empty.numbers.offered, empty.numbers.service_level, empty.numbers.asa_s], [0, null, null]);
    await world.key.call('get_task_queue_cumulative_statistics', { path: pair.queue, query: { start_time: past.end_time, end_time: past.start_time }, expect: 422 });
  });

  test('of today, for a supervisor everything and for an agent their own', async () => {
    const { body } = await world.key.call('get_today');
    holds(body.task_queues.find((q) => q.task_queue_sid === pair.queue.sid).numbers);
    assert.equal(body.workers.find((w) => w.worker_sid === pair.worker.sid).numbers.reservations_accepted, 1);
    const agent = await world.signInAs('agent');
    const { body: me } = await agent.call('get_me');
    const { body: own } = await agent.call('get_today');
    assert.deepEqual([own.workspace, own.task_queues, own.workers.map((w) => w.worker_sid)], [null, [], [me.worker.sid]]);
  });

  test('in intervals add up', async () => {
    const { body: today } = await world.key.call('get_today');
    const query = { from: today.from, to: new Date(Date.now() + 60_000).toISOString(), task_queue_sid: pair.queue.sid };
    const { body } = await world.key.call('get_intervals', { query });
    assert.equal(body.intervals.reduce((a, i) => a + i.numbers.offered, 0), 3);
    assert.equal(body.intervals.at(-1).provisional, true);
    assert.ok(body.intervals.every((i) => Date.parse(i.to) - Date.parse(i.from) === 900_000));
    const { body: hours } = await world.key.call('get_intervals', { query: { ...query, interval_s: 3600 } });
    assert.equal(hours.intervals.reduce((a, i) => a + i.numbers.offered, 0), 3);
  });

  test('of workflow, workers, a worker, the workspace', async () => {
    const workflow = await world.workflow(pair.queue);
    await world.task({ workflow_sid: workflow.sid });
    assert.equal((await world.key.call('get_workflow_real_time_statistics', { path: workflow })).body.total_tasks, 1);
    assert.equal((await world.key.call('get_workflow_cumulative_statistics', { path: workflow })).body.tasks_entered, 1);
    const { body: workers } = await world.key.call('get_workers_real_time_statistics');
    assert.equal(workers.activity_statistics.reduce((a, s) => a + s.workers, 0), workers.total_workers);
    await world.key.call('get_workers_cumulative_statistics');
    const { body: worker } = await world.key.call('get_worker_cumulative_statistics', { path: pair.worker });
    assert.deepEqual([worker.reservations_accepted, worker.numbers.segments], [1, 1]);
    await world.key.call('get_workspace_cumulative_statistics');
    const { body: center } = await world.key.call('get_workspace_real_time_statistics');
    assert.equal(center.now.today.contacts, contacts, 'bare work items are no contacts');
  });
});

describe('alerts', { skip: noServer }, () => {
  test('tell of a task in the last-resort queue, until somebody cares', async () => {
    const workflow = await world.workflow(pair.queue, { document: { task_routing: { filters: [] } } });
    const task = await world.task({ workflow_sid: workflow.sid });
    const alert = (await world.key.all('list_alerts', { query: { state: 'open' } })).find((a) => a.task_sid === task.sid);
    assert.equal(alert.kind, 'last_resort');
    const { body } = await world.key.call('acknowledge_alert', { path: alert });
    assert.deepEqual([body.state, body.acknowledged_by.type], ['acknowledged', 'api_key']);
    await world.key.call('acknowledge_alert', { path: alert, expect: 409 });
    assert.equal((await world.key.call('get_alert', { path: alert })).body.state, 'acknowledged');
  });
});
