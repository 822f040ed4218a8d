// Goal:   a caller who waits asks to be called back, hangs up, and is called by whoever takes it; they are called again when they were
//         not reached; who calls themselves has their place; programs ask for callbacks, list and cancel them.
// Method: small SIP telephones call the real server, and one is called by a trunk of its own. A program has no browser's phone, so the
//         customer is called first; that agent and customer hear each other is test/browser's.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Telephone } from '../harness/telephone.mjs';
import { Client } from './harness/client.mjs';
import { World, noServer, unique } from './harness/world.mjs';

const kPatienceMs = 20_000;
let world;
let port;
let home;  // is at the other end of the trunk, whatever number is called
const phones = [];
async function telephone(more) {
  const phone = await Telephone.make({ name: 'Carla Caller', ...more });
  phones.push(phone);
  return phone;
}
before(async () => {
  if (noServer) return;
  home = await telephone();
  const at = home.signals.address().port;
  const trunk = `[[trunks]]\nname = "home"\nnext_hops = ["sip:127.0.0.1:${at};transport=udp"]\nping_s = 0\n`;
  world = await World.start({ config: `sip = "udp:127.0.0.1:0"\nbrowser_port = 0\n\n${trunk}` });
  port = Number(world.server.output.match(/sip:shop@127\.0\.0\.1:(\d+)/)[1]);
});
after(async () => {
  phones.forEach((phone) => phone.close());
  await world?.stop();
});

async function until(what, look) {
  for (const limit = Date.now() + kPatienceMs; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > limit) throw new Error(`there is no ${what}`);
  }
}

// A number where waiting callers may press 1.
async function shop(callback = {}, more = {}) {
  const pair = await world.pair({ worker: { available: false } });
  const { body: number } = await world.key.call('create_number', {
    body: {
      friendly_name: unique('Desk'),
      address: unique('desk').replace(/\W/g, '_'),
      task_queue_sid: pair.queue.sid,
      turn_away_unstaffed: false,
      callback: { key: '1', mode: 'customer_first', retry_after_s: 1, ...callback },
      ...more,
    },
    expect: 201,
  });
  return { ...pair, number };
}

async function ring(number, from) {
  for (const limit = Date.now() + kPatienceMs; ; ) {
    const phone = await telephone({ number: from });
    try {
      await phone.call(number.address, port);
      const calls = await world.key.all('list_calls', { query: { number_sid: number.sid, status: 'queued' } });
      return { phone, call: calls.find((one) => one.from === (from ?? '+4930111222')) };
    } catch (refused) {
      if (!/404/.test(refused.message) || Date.now() > limit) throw refused;
    }
  }
}

// Each key once the one before is taken.
async function press(phone, call, keys) {
  for (const key of keys) {
    const { version } = (await world.key.call('get_call', { path: call })).body;
    await phone.press(key);
    await until(`answer to key ${key}`, async () => (await world.key.call('get_call', { path: call })).body.version > version);
  }
}
const read = async (callback) => (await world.key.call('get_callback', { path: callback })).body;
const callbacksOf = (number, query = {}) => world.key.all('list_callbacks', { query: { number_sid: number.sid, ...query } });
const is = (callback, status) => until(`callback that is ${status}`, async () => {
  const now = await read(callback);
  return now.status === status && now;
});
async function accept(callback) {
  const reservation = await until('offer', async () => {
    const all = await world.key.all('list_reservations', { query: { task_sid: (await read(callback)).task_sid } });
    return all.find((one) => one.status === 'pending');
  });
  await world.key.call('accept_reservation', { path: reservation });
}
// The telephone is to be called, and answers, or refuses.
function isHome(wish = { early: false }) {
  home.over = null;
  home.listen(wish);
  return home;
}

describe('callbacks', { skip: noServer }, () => {
  test('a waiting caller presses 1 twice and hangs up; the agent takes it, the telephone rings and is answered', async () => {
    const { queue, number, worker } = await shop();
    assert.deepEqual(number.callback, { key: '1', words: { prompt: null, text: null }, mode: 'customer_first', tries: 3, retry_after_s: 1 });
    const { phone, call } = await ring(number);
    await press(phone, call, '11');
    const [asked] = await callbacksOf(number);
    assert.deepEqual([asked.status, asked.to, asked.name, asked.asked_in_sid, asked.contact_sid, asked.task_queue_sid],
      ['waiting', '+4930111222', 'Carla Caller', call.sid, call.contact_sid, queue.sid]);
    await phone.hangUp();
    const over = await until('end of the call', async () => {
      const { body } = await world.key.call('get_call', { path: call });
      return body.status === 'ended' && body;
    });
    assert.deepEqual([over.reason, over.callback_sid], ['callback_taken', asked.sid]);
    const { body: { summary: { contact } } } = await world.key.call('get_contact', { path: { sid: asked.contact_sid } });
    assert.equal(contact.status, 'open');
    const { body: task } = await world.key.call('get_task', { path: { sid: asked.task_sid } });
    assert.deepEqual([task.task_channel_unique_name, task.attributes.callback_sid, task.attributes.from, task.status],
      ['callback', asked.sid, '+4930111222', 'pending']);

    const phoneAtHome = isHome();
    await world.setActivity(worker, 'available');
    await accept(asked);
    await phoneAtHome.called;
    assert.equal((await read(asked)).status, 'calling');
    phoneAtHome.pickUp();
    const reached = await is(asked, 'reached');
    assert.deepEqual(reached.tries.map((one) => [one.reason, one.worker_sid, one.call_sid]), [[null, worker.sid, reached.call_sid]]);
    const { body: made } = await world.key.call('get_call', { path: { sid: reached.call_sid } });
    assert.deepEqual([made.direction, made.to, made.from, made.contact_sid, made.callback_sid],
      ['outbound', '+4930111222', number.address, asked.contact_sid, asked.sid]);
    assert.ok(made.legs.some((leg) => leg.role === 'agent' && leg.worker_sid === worker.sid), 'the agent joins who answered');
    await world.key.call('hang_up_call', { path: { sid: reached.call_sid } });
    await phoneAtHome.ended;
    const { body: numbers } = await world.key.call('get_task_queue_cumulative_statistics', { path: queue });
    assert.deepEqual([numbers.numbers.offered, numbers.numbers.buckets.callback_taken], [2, 1]);
  });

  test('another number is typed; busy is tried again; after the last try it is not reached and the contact has ended', async () => {
    const { number, worker } = await shop({ tries: 2 });
    const { phone, call } = await ring(number, '+4930111301');
    await press(phone, call, '1200493055501#1');
    const [asked] = await callbacksOf(number);
    assert.equal(asked.to, '+493055501');
    await phone.ended;  // thanked, and hung up on
    isHome({ refusal: 486 });
    await world.setActivity(worker, 'available');
    await accept(asked);
    const paused = await until('first try', async () => {
      const now = await read(asked);
      return now.tries.length === 1 && now;
    });
    assert.deepEqual([paused.tries[0].reason, paused.tries[0].worker_sid], ['busy', worker.sid]);
    isHome({ refusal: 486 });
    await accept(asked);  // a second later
    const over = await is(asked, 'not_reached');
    assert.deepEqual(over.tries.map((one) => one.reason), ['busy', 'busy']);
    assert.notEqual(over.ended_at, null);
    const { body: { summary: { contact } } } = await world.key.call('get_contact', { path: { sid: asked.contact_sid } });
    assert.equal(contact.status, 'ended');
    await world.key.call('cancel_callback', { path: asked, expect: 409 });
  });

  test('who calls themselves has the place of their callback, which is over', async () => {
    const { number, worker } = await shop();
    const first = await ring(number, '+4930111302');
    await press(first.phone, first.call, '11');
    const [asked] = await callbacksOf(number);
    const place = (await world.key.call('get_task', { path: { sid: asked.task_sid } })).body.virtual_start_time;
    await first.phone.hangUp();
    const second = await ring(number, '+4930111302');
    assert.equal(second.call.contact_sid, asked.contact_sid);
    assert.equal(second.call.callback_sid, asked.sid);
    const joined = await is(asked, 'joined');
    assert.equal(joined.reason, 'called_back');
    const tasks = await world.key.all('list_tasks', { query: { contact_sid: asked.contact_sid, status: 'pending' } });
    assert.deepEqual(tasks.map((one) => [one.task_channel_unique_name, one.virtual_start_time]), [['voice', place]]);
    const { body: old } = await world.key.call('get_task', { path: { sid: asked.task_sid } });
    assert.equal(old.status, 'canceled');
    await world.setActivity(worker, 'available');
    await world.key.call('hang_up_call', { path: second.call });
  });

  test('a key that is not pressed and a star leave the caller where they were', async () => {
    const { number, queue } = await shop();
    const { phone, call } = await ring(number, '+4930111303');
    await press(phone, call, '1*');
    assert.equal((await world.key.call('get_call', { path: call })).body.status, 'queued');
    assert.deepEqual(await callbacksOf(number), []);
    const [task] = await world.key.all('list_tasks', { query: { task_queue_sid: queue.sid, status: 'pending' } });
    assert.equal(task.task_channel_unique_name, 'voice');
    await phone.hangUp();
  });

  test('who is on the do-not-call list is not called back', async () => {
    const { number } = await shop();
    await world.key.call('add_do_not_call', { body: { addresses: ['+4930111304'] } });
    const { phone, call } = await ring(number, '+4930111304');
    await press(phone, call, '11');
    assert.equal((await world.key.call('get_call', { path: call })).body.status, 'queued');
    assert.deepEqual(await callbacksOf(number), []);
    const refused = await world.key.call('create_callback', { body: { to: '+4930111304', number_sid: number.sid }, expect: 409 });
    assert.equal(refused.body.code, 'do_not_call');
    await phone.hangUp();
  });

  test('a program asks, for later too, lists, reads and cancels', async () => {
    const { number, queue, worker } = await shop({ mode: 'agent_first' });
    const not_before = new Date(Date.now() + 3_600_000).toISOString();
    const not_after = new Date(Date.now() + 7_200_000).toISOString();
    const made = await world.key.call('create_callback', {
      body: { to: '+49 (30) 555-02', number_sid: number.sid, name: 'Carla', mode: 'customer_first', not_before, not_after },
      expect: 201,
    });
    assert.equal(made.headers.get('location'), `/api/v1/callbacks/${made.body.sid}`);
    assert.deepEqual([made.body.status, made.body.to, made.body.mode, made.body.asked_in_sid], ['paused', '+493055502', 'customer_first', null]);
    assert.equal(Date.parse(made.body.next_try_at), Date.parse(not_before));
    const { body: why } = await world.key.call('why_task', { path: { sid: made.body.task_sid } });
    assert.equal(why.next_change, 'its customer may be called again');
    const again = await world.key.call('create_callback', { body: { to: '+493055502', number_sid: number.sid }, expect: 409 });
    assert.equal(again.body.code, 'state_forbids');
    const { body: now } = await world.key.call('create_callback', { body: { to: '+493055503', number_sid: number.sid, task_queue_sid: queue.sid }, expect: 201 });
    assert.deepEqual([now.status, now.mode, now.number_sid], ['waiting', 'agent_first', number.sid]);
    assert.deepEqual((await callbacksOf(number)).map((one) => one.sid), [now.sid, made.body.sid]);
    assert.deepEqual((await callbacksOf(number, { status: 'waiting' })).map((one) => one.sid), [now.sid]);
    assert.deepEqual((await callbacksOf(number, { to: '+49 30 55502' })).map((one) => one.sid), [made.body.sid]);
    const { body: page } = await world.key.call('list_callbacks', { query: { number_sid: number.sid, page_size: 1 } });
    assert.equal(page.items.length, 1);
    const { body: next } = await world.key.call('list_callbacks', { query: { number_sid: number.sid, page_size: 1, cursor: page.next_cursor } });
    assert.deepEqual(next.items.map((one) => one.sid), [made.body.sid]);
    const { body: canceled } = await world.key.call('cancel_callback', { path: made.body });
    assert.deepEqual([canceled.status, canceled.reason], ['canceled', 'by_api']);
    const { body: task } = await world.key.call('get_task', { path: { sid: made.body.task_sid } });
    assert.equal(task.status, 'canceled');

    // An agent without a phone has not tried: the task is back at once.
    await world.setActivity(worker, 'available');
    await accept(now);
    assert.equal((await read(now)).status, 'calling');
    await is(now, 'waiting');
    assert.deepEqual((await read(now)).tries, []);
    const supervisor = await world.signInAs('supervisor');
    const { body: bySupervisor } = await supervisor.call('cancel_callback', { path: now });
    assert.equal(bySupervisor.reason, 'by_supervisor');
    const agent = await world.signInAs('agent');
    await agent.call('list_callbacks', { expect: 403 });
  });

  test('what is no number, no queue or no time is refused', async () => {
    const { number } = await shop();
    const refused = async (body, status, code) => {
      const answer = await world.key.call('create_callback', { body: { to: '+493055504', number_sid: number.sid, ...body }, expect: status });
      assert.equal(answer.body.code, code, JSON.stringify(answer.body));
    };
    await refused({ to: 'nobody' }, 422, 'invalid_value');
    await refused({ number_sid: `PN${'0'.repeat(31)}1` }, 422, 'invalid_value');
    await refused({ task_queue_sid: `WQ${'0'.repeat(31)}1` }, 422, 'invalid_value');
    await refused({ not_after: new Date(Date.now() - 1000).toISOString() }, 409, 'state_forbids');
    const headers = { 'if-match': `"${number.version}"` };
    await world.key.call('update_number', { path: number, headers, body: { callback: { key: '1', tries: 11 } }, expect: 422 });
    const twice = await world.key.call('update_number', { path: number, headers, body: { voicemail_key: '1' }, expect: 422 });
    assert.equal(twice.body.field, '/callback/key');
    await world.key.call('get_callback', { path: { sid: `CB${'0'.repeat(31)}1` }, expect: 404 });
    await world.key.call('cancel_callback', { path: { sid: `CB${'0'.repeat(31)}1` }, expect: 404 });
  });

  test('kill -9 loses neither place nor time', async () => {
    const { number } = await shop();
    const { phone, call } = await ring(number, '+4930111305');
    await press(phone, call, '11');
    const [asked] = await callbacksOf(number);
    const before = (await world.key.call('get_task', { path: { sid: asked.task_sid } })).body;
    await world.server.crash();
    world.key = new Client(world.server.url, world.contract, world.key.auth, world.key.headers);
    const after = await read(asked);
    assert.deepEqual([after.status, after.to, after.task_sid], ['waiting', '+4930111305', asked.task_sid]);
    const task = (await world.key.call('get_task', { path: { sid: asked.task_sid } })).body;
    assert.deepEqual([task.status, task.virtual_start_time], ['pending', before.virtual_start_time]);
    await world.key.call('cancel_callback', { path: asked });
  });
});
