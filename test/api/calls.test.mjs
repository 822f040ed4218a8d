// Goal:   a call by telephone is seen, held, muted and ended over the API as the contract says.
// Method: a small SIP telephone calls the real server. A program has no browser's phone: within the ten seconds that an agent has to
//         connect they are in the call, and may hold and mute; digits need the phone, and are refused without.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Telephone } from '../harness/telephone.mjs';
import { World, noServer, unique } from './harness/world.mjs';

let world;
let port;
const phones = [];
before(async () => {
  if (noServer) return;
  world = await World.start({ config: 'sip = "udp:127.0.0.1:0"\nbrowser_port = 0\n' });
  port = Number(world.server.output.match(/sip:shop@127\.0\.0\.1:(\d+)/)[1]);
});
after(async () => {
  phones.forEach((phone) => phone.close());
  await world?.stop();
});

// The thread of signalling hears of a new number a moment after it is committed.
async function callNew(address) {
  for (const limit = Date.now() + 10_000; ; ) {
    const phone = await Telephone.make({ name: 'Carl Caller' });
    phones.push(phone);
    try {
      await phone.call(address, port);
      return phone;
    } catch (refused) {
      if (!/404/.test(refused.message) || Date.now() > limit) throw refused;
    }
  }
}

// A number that rings at one worker, and a telephone that is answered there.
async function ring(more = {}) {
  const pair = await world.pair();
  const address = unique('desk').replace(/\W/g, '_');
  const { body: number } = await world.key.call('create_number', {
    body: { friendly_name: unique('Desk'), address, task_queue_sid: pair.queue.sid, ...more },
    expect: 201,
  });
  const phone = await callNew(address);
  const [call] = await world.key.all('list_calls', { query: { number_sid: number.sid } });
  return { ...pair, number, phone, call };
}

// The same, with the worker in the call.
async function talk(more) {
  const made = await ring(more);
  const [task] = await world.key.all('list_tasks', { query: { task_queue_sid: made.queue.sid } });
  const [reservation] = await world.key.all('list_reservations', { query: { task_sid: task.sid } });
  await world.key.call('accept_reservation', { path: reservation });
  return { ...made, task };
}

const command = (name, call, body, more) => world.key.call(name, { path: call, body, ...more });

describe('calls', { skip: noServer }, () => {
  test('a call that waits is listed and read, and ends when a program hangs up', async () => {
    const { call, phone, number } = await ring();
    const { body: read } = await world.key.call('get_call', { path: call });
    assert.deepEqual([read.status, read.from, read.from_name, read.to], ['queued', '+4930111222', 'Carl Caller', number.address]);
    assert.equal(read.number_sid, number.sid);
    const { body: over } = await command('hang_up_call', call);
    assert.deepEqual([over.status, over.reason], ['ended', 'by_api']);
    await phone.ended;
    await command('hang_up_call', call, undefined, { expect: 409 });
  });

  test('the caller hangs up: the call has ended for everybody', async () => {
    const { call, phone, task } = await talk();
    await phone.hangUp();
    const ended = async () => (await world.key.call('get_call', { path: call })).body;
    let last = await ended();
    for (const limit = Date.now() + 10_000; last.status !== 'ended' && Date.now() < limit; ) last = await ended();
    assert.deepEqual([last.status, last.reason], ['ended', 'customer_left']);
    assert.notEqual((await world.read('get_task', task)).status, 'assigned');
  });

  test('who is in the call is held and muted on their behalf; others are not in it', async () => {
    const { call, worker } = await talk();
    const on = { worker_sid: worker.sid };
    const held = (await command('hold_call', call, { ...on, on_hold: true })).body;
    assert.equal(held.legs[0].on_hold, true);
    assert.equal((await command('hold_call', call, { ...on, on_hold: false })).body.legs[0].on_hold, false);
    const muted = (await command('mute_call', call, { ...on, muted: true })).body;
    assert.equal(muted.legs.find((leg) => leg.worker_sid === worker.sid).muted, true);
    const stranger = await world.worker();
    const refused = await command('mute_call', call, { worker_sid: stranger.sid, muted: true }, { expect: 409 });
    assert.equal(refused.body.code, 'state_forbids');
    await command('hold_call', call, { on_hold: true }, { expect: 422 });
  });

  test('a supervisor comes in with a phone of their own, and leaves', async () => {
    const { call } = await talk();
    const supervisor = await world.signInAs('supervisor');
    const monitor = async (mode) => (await supervisor.call('monitor_call', { path: call, body: { mode } })).body.legs.filter((leg) => leg.role === 'coach');
    assert.deepEqual((await monitor('listen')).map((leg) => leg.status), ['connecting']);
    assert.deepEqual((await monitor('off')).map((leg) => leg.status), ['ended']);
    await world.key.call('monitor_call', { path: call, body: { mode: 'listen' }, expect: 422 });
  });

  test('a number that is never recorded is not; one where the agent may waits for sound', async () => {
    const { call, worker, number } = await talk();
    const record = (made, recording, more) => command('record_call', made, { worker_sid: worker.sid, recording }, more);
    assert.deepEqual([number.recording, call.recording_policy, call.recording, call.recording_sid], ['never', 'never', 'off', null]);
    await record(call, 'on', { expect: 409 });
    await record(call, 'paused', { expect: 409 });
    assert.equal((await record(call, 'off')).body.recording, 'off');
    const free = await ring({ recording: 'agent_may' });
    assert.equal(free.call.recording_policy, 'agent_may');
    assert.deepEqual((await world.key.call('list_call_recordings', { path: call })).body, { items: [] });
    await world.key.call('list_call_recordings', { path: { sid: `CA${'0'.repeat(31)}2` }, expect: 404 });
    await world.key.call('get_recording_audio', { path: { sid: `RE${'0'.repeat(31)}2` }, expect: 404 });
    await world.key.call('delete_recording', { path: { sid: `RE${'0'.repeat(31)}2` }, expect: 404 });
  });

  test('a customer who withdraws consent is recorded no more', async () => {
    const { call, worker } = await talk({ recording: 'agent_may' });
    const { body } = await command('withdraw_call_consent', call, { worker_sid: worker.sid });
    assert.equal(body.legs[0].consent, 'withdrawn');
    await command('record_call', call, { worker_sid: worker.sid, recording: 'on' }, { expect: 409 });
    const stranger = await world.worker();
    await command('withdraw_call_consent', call, { worker_sid: stranger.sid }, { expect: 409 });
  });

  test('digits are refused while the worker has no phone in the call', async () => {
    const { call, worker } = await talk();
    const refused = await command('send_call_digits', call, { worker_sid: worker.sid, digits: '12#' }, { expect: 409 });
    assert.equal(refused.body.code, 'state_forbids');
  });

  test('a worker calls somebody, who declines; another calls a colleague and leaves', async () => {
    const { worker, queue } = await world.pair();
    const number = (await world.key.call('create_number', {
      body: { friendly_name: unique('Out'), address: unique('out').replace(/\W/g, '_'), task_queue_sid: queue.sid, trunks: ['north'] },
      expect: 201,
    })).body;
    assert.deepEqual(number.trunks, ['north']);
    assert.ok((await world.key.call('get_dialling_choices')).body.numbers.some((one) => one.sid === number.sid));
    const dial = { worker_sid: worker.sid, to: 'sip:nobody@127.0.0.1:9', number_sid: number.sid };
    const call = (await world.key.call('create_call', { body: dial, expect: 201 })).body;
    assert.deepEqual([call.direction, call.status, call.legs.map((leg) => leg.status)], ['outbound', 'dialling', ['ringing', 'connecting']]);
    await command('invite_to_call', call, { worker_sid: worker.sid, to: '+4930' }, { expect: 409 });
    await command('hang_up_call', call);
    await world.key.call('create_call', { body: { ...dial, to: 'x y' }, expect: 422 });
    const [caller, called] = [await world.pair(), await world.pair()];
    const internal = (await world.key.call('create_call', { body: { worker_sid: caller.worker.sid, to_worker_sid: called.worker.sid }, expect: 201 })).body;
    assert.deepEqual([internal.direction, internal.contact_sid], ['internal', null]);
    const left = (await command('leave_call', internal, { worker_sid: caller.worker.sid })).body;
    assert.equal(left.status, 'ended');
    const again = (await world.key.call('create_call', { body: { worker_sid: caller.worker.sid, to_worker_sid: called.worker.sid }, expect: 201 })).body;
    const removed = await command('remove_from_call', again, { worker_sid: caller.worker.sid, leg_sid: again.legs[1].sid });
    assert.equal(removed.body.status, 'ended');
  });

  test('a call is given away to another queue', async () => {
    const { call, worker } = await talk();
    const other = await world.pair();
    const given = await command('transfer_call', call, { worker_sid: worker.sid, task_queue_sid: other.queue.sid });
    assert.equal(given.body.status, 'queued');
    await command('transfer_call', call, { worker_sid: worker.sid, task_queue_sid: other.queue.sid }, { expect: 409 });
  });

  test('what may be called is set, and who must not be called is listed', async () => {
    const { headers } = await world.key.call('get_dialling');
    const emergency = [{ address: '112', location: 'Main Street 1' }];
    const set = await world.key.call('update_dialling', { body: { destinations: [{ prefix: '+49900', needs: 'nobody' }], emergency }, headers: { 'if-match': headers.get('etag') } });
    assert.equal(set.body.emergency[0].location, 'Main Street 1');
    const { worker, queue } = await world.pair();
    const number = (await world.key.call('create_number', {
      body: { friendly_name: unique('Out'), address: unique('out').replace(/\W/g, '_'), task_queue_sid: queue.sid }, expect: 201,
    })).body;
    const dial = (to, more) => world.key.call('create_call', { body: { worker_sid: worker.sid, number_sid: number.sid, to }, ...more });
    assert.equal((await dial('+499001', { expect: 403 })).body.code, 'destination_forbidden');
    const listed = (await world.key.call('add_do_not_call', { body: { addresses: ['+49 171 5'], note: 'asked' } })).body;
    assert.equal(listed.addresses, 1);
    assert.equal((await dial('+491715', { expect: 409 })).body.code, 'do_not_call');
    assert.equal((await world.key.all('list_do_not_call'))[0].note, 'asked');
    await world.key.call('remove_do_not_call', { body: { addresses: ['+491715'] } });
    assert.deepEqual(await world.key.all('list_do_not_call'), []);
  });

  test('a number that nobody has is refused', async () => {
    const phone = await Telephone.make();
    phones.push(phone);
    await assert.rejects(phone.call('nobody_has_this', port), /refused with 404/);
  });
});
