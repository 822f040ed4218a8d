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

// A number that rings at one worker, and a telephone that is answered there.
async function ring(more = {}) {
  const pair = await world.pair();
  const address = unique('desk').replace(/\W/g, '_');
  const { body: number } = await world.key.call('create_number', {
    body: { friendly_name: unique('Desk'), address, task_queue_sid: pair.queue.sid, ...more },
    expect: 201,
  });
  const phone = await Telephone.make({ name: 'Carl Caller' });
  phones.push(phone);
  await phone.call(address, port);
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

  test('who is in a call asks for help; it ends when they withdraw, or a supervisor says so', async () => {
    const { call, worker } = await talk();
    const help = (needs_help, more) => command('help_call', call, { worker_sid: worker.sid, needs_help }, more);
    const asks = ({ body }) => body.legs.find((leg) => leg.worker_sid === worker.sid).help_since !== null;
    const stream = await world.key.stream('stream_events', { query: { types: 'call.*' } });
    assert.equal(asks(await help(true)), true);
    assert.equal((await stream.event('call.help-asked', (e) => e.call_sid === call.sid)).worker_sid, worker.sid);
    assert.equal(asks(await help(true)), true);
    assert.equal(asks(await help(false)), false);
    await stream.event('call.help-ended', (e) => e.call_sid === call.sid);
    await stream.close();
    const stranger = await world.worker();
    await command('help_call', call, { worker_sid: stranger.sid, needs_help: true }, { expect: 409 });
    await command('help_call', call, { worker_sid: worker.sid }, { expect: 422 });
  });

  test('an agent is not told who only listens, where the workspace says so; who whispers they always see', async () => {
    const workspace = await world.key.call('get_workspace');
    const say = async (agent_sees_monitoring) => {
      const { headers } = await world.key.call('get_workspace');
      const { body } = await world.key.call('update_workspace', { body: { agent_sees_monitoring }, headers: { 'if-match': headers.get('etag') } });
      assert.equal(body.agent_sees_monitoring, agent_sees_monitoring);
    };
    assert.equal(workspace.body.agent_sees_monitoring, true);
    const username = unique('agent').replace(' ', '-');
    const skill = world.skill();
    const password = 'correct horse battery';
    await world.key.call('create_user', {
      body: { username, display_name: 'Agneta', password, role: 'agent', worker: { friendly_name: unique('Agneta'), attributes: { skills: [skill] } } },
      expect: 201,
    });
    const agent = await world.anyone.signIn(username, password);
    const { worker } = (await agent.call('get_me')).body;
    const stream = await agent.stream('stream_events', { query: { types: 'call.*,reservation.*' } });
    await stream.next((f) => f.type === 'hello');
    await world.setActivity(worker, 'available');
    const queue = await world.queue({ expression: `skills HAS '${skill}'`, assign: 'offer', offer_timeout_s: 600 });
    const address = unique('desk').replace(/\W/g, '_');
    await world.key.call('create_number', { body: { friendly_name: unique('Desk'), address, task_queue_sid: queue.sid, turn_away_unstaffed: false }, expect: 201 });
    const phone = await Telephone.make({ name: 'Carl Caller' });
    phones.push(phone);
    await phone.call(address, port);
    const offered = await stream.event('reservation.created');
    await agent.call('accept_reservation', { path: { sid: offered.resource_sid } });
    const [call] = await world.key.all('list_calls', { query: { worker_sid: worker.sid, status: 'queued' } });

    const supervisor = await world.signInAs('supervisor');
    const monitor = async (mode) => (await supervisor.call('monitor_call', { path: call, body: { mode } })).body;
    const coaches = ({ legs }) => legs.filter((leg) => leg.role === 'coach' && leg.status !== 'ended');
    const seen = async () => coaches((await agent.call('get_call', { path: call })).body).length;
    await say(false);
    assert.deepEqual(coaches(await monitor('listen')).map((leg) => leg.unseen), [true]);
    assert.equal(await seen(), 0);
    assert.deepEqual(coaches((await agent.call('list_calls', { query: { contact_sid: call.contact_sid } })).body.items[0]), []);
    assert.deepEqual(coaches((await agent.call('mute_call', { path: call, body: { muted: true } })).body), []);
    assert.deepEqual(coaches(await monitor('whisper')).map((leg) => leg.unseen), [false]);
    assert.equal(await seen(), 1);
    await monitor('off');
    // With help asked for, who comes is seen.
    await agent.call('help_call', { path: call, body: { needs_help: true } });
    assert.deepEqual(coaches(await monitor('listen')).map((leg) => leg.unseen), [false]);
    await monitor('off');
    await say(true);
    assert.deepEqual(coaches(await monitor('listen')).map((leg) => leg.unseen), [false]);

    await agent.call('hang_up_call', { path: call });
    await stream.event('call.ended');
    const told = stream.frames.flatMap((f) => f.events ?? []).filter((e) => e.payload?.call);
    assert.ok(told.every((e) => e.payload.call.legs.every((leg) => !leg.unseen)));
    const created = told.filter((e) => e.type === 'call.leg-created' && e.payload.call.legs.at(-1).role === 'coach');
    assert.equal(created.length, 2, 'the first, who only listened, was not told');
    await stream.close();
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

  test('the evidence of a call: its SIP, why it was routed so, whom it was offered to; while it goes on and afterwards', async () => {
    const { call, worker, phone } = await talk();
    const evidence = async () => (await world.key.call('get_call_evidence', { path: call })).body;
    const live = await evidence();
    assert.deepEqual([live.call.sid, live.live, live.kept, live.call_sids], [call.sid, true, true, [call.sid]]);
    assert.deepEqual(live.reservations.map((one) => [one.worker_sid, one.status]), [[worker.sid, 'accepted']]);
    const said = (found) => found.parties[0].messages.map((one) => `${one.direction} ${one.status ?? one.method}`);
    assert.deepEqual([...new Set(said(live))], ['in INVITE', 'out 180', 'out 200', 'in ACK']);
    await phone.hangUp();
    // It is in memory for some seconds, and then on the disk: the answer is the same.
    let over = await evidence();
    for (const limit = Date.now() + 20_000; over.live && Date.now() < limit; ) over = await evidence();
    assert.deepEqual(said(over).slice(-2), ['in BYE', 'out 200']);
    assert.ok(over.routing.some((one) => one.moment === 'accepted' && one.why.candidates.length > 0));
    const capture = await world.key.call('get_call_sip', { path: call, binary: true });
    assert.equal(capture.bytes.readUInt32BE(0), 0x0a0d0d0a);
    const agent = await world.signInAs('agent');
    await agent.call('get_call_evidence', { path: call, expect: 403 });
    await agent.call('get_call_sip', { path: call, expect: 403 });
  });

  test('digits are refused while the worker has no phone in the call', async () => {
    const { call, worker } = await talk();
    const refused = await command('send_call_digits', call, { worker_sid: worker.sid, digits: '12#' }, { expect: 409 });
    assert.equal(refused.body.code, 'state_forbids');
    const early = await command('gather_secret_digits', call, { worker_sid: worker.sid, max_digits: 16 }, { expect: 409 });
    assert.equal(early.body.code, 'state_forbids');
    await command('gather_secret_digits', call, { worker_sid: worker.sid, timeout_s: 51 }, { expect: 422 });
    await world.key.call('stop_secret_digits', { path: call, expect: 409 });
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

// As a browser would offer (RFC 8829), without one: answered, and its sound never comes.
const offer = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 0 126', 'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:abcd', 'a=ice-pwd:abcdefghijklmnopqrstuvwx', `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`, 'a=setup:actpass', 'a=mid:0',
  'a=sendrecv', 'a=rtcp-mux', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:126 telephone-event/8000', ''].join('\r\n');

describe('calls from a web page', { skip: noServer }, () => {
  test('go to the number of the widget; one a visitor; the chat that runs is where they belong', async () => {
    // Room for a call beside the chat.
    const chat = await world.chat({ worker: { total_capacity: 133 } });
    const { body: number } = await world.key.call('create_number', {
      body: { friendly_name: unique('Page'), address: unique('page').replace(/\W/g, '_'), task_queue_sid: chat.queue.sid }, expect: 201,
    });
    const stream = await chat.visitor.stream('stream_visitor');
    assert.equal((await stream.next((f) => f.type === 'hello')).call, null);
    const refused = async (frame, code) => {
      stream.send(frame);
      assert.equal((await stream.next((f) => f.type === 'call.failed')).problem.code, code);
    };
    await refused({ type: 'call.start', sdp: offer }, 'forbidden');
    const headers = { 'if-match': `"${chat.widget.version}"` };
    const { body: widget } = await world.key.call('update_widget', { path: chat.widget, body: { number_sid: number.sid }, headers });
    assert.equal(widget.number_sid, number.sid);
    assert.equal((await world.anyone.call('get_public_widget', { path: { widget_sid: widget.sid } })).body.calls, true);
    await refused({ type: 'call.resume', sdp: offer }, 'not_found');
    await refused({ type: 'call.start', sdp: 'v=0' }, 'invalid_value');
    stream.send({ type: 'call.start', sdp: offer });
    assert.match((await stream.next((f) => f.type === 'call.answered')).sdp, /a=ice-lite/);
    const { call: stands } = await stream.next((f) => f.type === 'call');
    assert.equal(stands.state, 'connecting');
    await refused({ type: 'call.start', sdp: offer }, 'state_forbids');
    const { body: call } = await world.key.call('get_call', { path: { sid: stands.call_sid } });
    assert.equal(call.conversation_sid, chat.conversation_sid);
    const [task] = await world.key.all('list_tasks', { query: { contact_sid: call.contact_sid } });
    const offers = await world.key.all('list_reservations', { query: { task_sid: task.sid } });
    assert.deepEqual(offers.map((o) => o.worker_sid), [chat.worker.sid], 'it rings at who writes with them');
    stream.send({ type: 'call.hang_up' });
    const { call: over } = await stream.next((f) => f.type === 'call' && f.call.state === 'ended');
    assert.equal(over.reason, 'customer_left');
    await stream.close();
  });
});

describe('opening hours of a number', { skip: noServer }, () => {
  const hours = {
    time_zone: 'Europe/Berlin',
    weekly: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '09:00', until: '17:00' })),
    holidays: [{ date: '2030-12-25', name: 'Christmas' }],
  };
  const made = async (body) => {
    const queue = await world.queue();
    const all = { friendly_name: unique('Hours'), address: unique('hours').replace(/\W/g, '_'), task_queue_sid: queue.sid, ...body };
    return world.key.call('create_number', { body: all, expect: [201, 422] });
  };

  test('become openings for more than a year', async () => {
    const { body: number } = await made({ hours });
    assert.equal(number.always_open, false);
    assert.deepEqual(number.hours.weekly, hours.weekly);
    assert.deepEqual(number.hours.holidays, [{ date: '2030-12-25', name: 'Christmas', open: [] }]);
    assert.equal(number.openings.length, 400);
    const first = new Date(number.openings[0].from);
    const there = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' }).format(first);
    assert.equal(there, '09:00');
    const headers = { 'if-match': `"${number.version}"` };
    const { body: told } = await world.key.call('update_number', {
      path: number, headers, body: { openings: [{ from: '2030-01-01T08:00:00Z', until: '2030-01-01T09:00:00Z' }] },
    });
    assert.deepEqual([told.hours, told.openings.length], [null, 1]);
  });

  test('that are none are refused at their place', async () => {
    for (const [wrong, field] of [
      [{ ...hours, time_zone: 'Berlin' }, '/hours/time_zone'],
      [{ ...hours, weekly: [{ day: 1, from: '9', until: '17:00' }] }, '/hours/weekly/0/from'],
      [{ ...hours, weekly: [{ day: 1, from: '17:00', until: '09:00' }] }, '/hours/weekly/0'],
      [{ ...hours, holidays: [{ date: '2030-02-30' }] }, '/hours/holidays/0'],
    ]) {
      const { body: problem } = await made({ hours: wrong });
      assert.equal(problem.field, field);
    }
  });
});
