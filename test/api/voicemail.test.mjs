// Goal:   a caller who does not get through leaves a message: they hear a tone, what they say is in it, and it is listed, heard, marked
//         and deleted over the API.
// Method: a small SIP telephone calls the real server; it says 440 Hz all the time. Time passes with the sound that is sent.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Telephone, strengthOf } from '../harness/telephone.mjs';
import { World, noServer, unique } from './harness/world.mjs';

const kPatienceMs = 20_000;
const nothing = { prompt: null, text: null };
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

async function callNew(address, number) {
  for (const limit = Date.now() + kPatienceMs; ; ) {
    const phone = await Telephone.make({ name: 'Vera Voice', number });
    phones.push(phone);
    try {
      await phone.call(address, port);
      return phone;
    } catch (refused) {
      if (!/404/.test(refused.message) || Date.now() > limit) throw refused;
    }
  }
}

// A number in whose queue nobody works, and a telephone that is answered there.
async function ring(more = {}, number = '+4930111333') {
  const queue = await world.queue({ expression: `skills HAS '${world.skill()}'` });
  const address = unique('desk').replace(/\W/g, '_');
  const { body } = await world.key.call('create_number', {
    body: { friendly_name: unique('Desk'), address, task_queue_sid: queue.sid, turn_away_unstaffed: false, voicemail_key: '2', voicemail_min_s: 2, voicemail_words: nothing, ...more },
    expect: 201,
  });
  const phone = await callNew(address, number);
  const [call] = await world.key.all('list_calls', { query: { number_sid: body.sid } });
  return { queue, number: body, phone, call };
}

async function until(what, look) {
  for (const limit = Date.now() + kPatienceMs; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > limit) throw new Error(`there is no ${what}`);
  }
}

// At any time since the call began: where nothing is said before it, the tone comes with the answer.
const hearsTone = async (phone) => {
  const heard = () => phone.heard.some((_, at) => at >= 5 && strengthOf(phone.heard.slice(at - 5, at).flat(), 1000) > 0.7);
  await until('tone', async () => {
    if (heard()) return true;
    await Promise.race([new Promise((done) => phone.sound.once('message', done)), phone.ended]);
    return heard();
  });
};
const messagesOf = (number) => world.key.all('list_voicemails', { query: { number_sid: number.sid } });
const message = (number) => until('message', async () => (await messagesOf(number)).find((one) => one.ended_at !== null));

// The samples of mu-law WAV with one channel.
function samplesOf(wav) {
  assert.equal(wav.readUInt16LE(20), 7, 'mu-law');
  assert.equal(wav.readUInt16LE(22), 1, 'one channel');
  const at = wav.indexOf('data') + 8;
  return [...wav.subarray(at)].map((byte) => {
    const code = ~byte & 0xff;
    const value = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
    return code & 0x80 ? -value : value;
  });
}

// How many hundredths of a second of it are 440 Hz.
const toneIn = (samples) => {
  let found = 0;
  for (let at = 0; at + 400 <= samples.length; at += 400) found += strengthOf(samples.slice(at, at + 400), 440) > 0.9 ? 5 : 0;
  return found;
};

describe('voicemail', { skip: noServer }, () => {
  test('a caller presses 2, hears the tone, speaks and hangs up: what they said is in the message', async () => {
    const { phone, number, call, queue } = await ring();
    await phone.says(200);
    await phone.press('2');
    await hearsTone(phone);
    await phone.says(3000);
    await phone.hangUp();
    const left = await message(number);
    assert.deepEqual([left.state, left.from, left.from_name, left.to], ['new', '+4930111333', 'Vera Voice', number.address]);
    assert.ok(left.length_s >= 3 && left.length_s <= 15, `${left.length_s} s`);
    assert.equal(left.whole, true);
    assert.deepEqual((await world.key.call('get_voicemail', { path: left })).body, left);
    const { body: over } = await world.key.call('get_call', { path: call });
    assert.deepEqual([over.status, over.voicemail_sid], ['ended', left.sid]);
    const tasks = await world.key.all('list_tasks', { query: { task_queue_sid: queue.sid } });
    const about = tasks.find((task) => task.attributes.voicemail_sid);
    assert.deepEqual([about.attributes.voicemail_sid, about.attributes.channel, about.contact_sid, about.status], [left.sid, 'voicemail', call.contact_sid, 'pending']);

    const heard = await world.key.call('get_voicemail_audio', { path: left });
    assert.equal(heard.headers.get('content-type'), 'audio/wav');
    const samples = samplesOf(Buffer.from(heard.bytes));
    assert.ok(toneIn(samples) >= 250, `${toneIn(samples) / 100} s of 440 Hz in ${samples.length / 8000} s`);

    const after = (await world.key.call('get_voicemail', { path: left })).body;
    assert.deepEqual([after.state, after.changed_by.type], ['heard', 'api_key']);
    const { body: listenings } = await world.key.call('list_voicemail_listenings', { path: left });
    assert.deepEqual(listenings.items.map((one) => one.listener.type), ['api_key']);
    const { body: done } = await world.key.call('update_voicemail', { path: left, body: { state: 'done' } });
    assert.equal(done.state, 'done');
    await world.key.call('update_voicemail', { path: left, body: { state: 'lost' }, expect: 422 });
    assert.deepEqual(await world.key.all('list_voicemails', { query: { number_sid: number.sid, state: 'new' } }), []);
    const agent = await world.signInAs('agent');
    await agent.call('get_voicemail', { path: left, expect: 404 });
    await agent.call('delete_voicemail', { path: left, expect: 403 });
    const hold = await world.key.call('create_legal_hold', { body: { contact_sid: left.contact_sid, reason: 'Court of Athens' }, expect: 201 });
    assert.deepEqual([hold.body.placed_by.type, hold.body.lifted_at], ['api_key', null]);
    assert.equal((await world.key.call('delete_voicemail', { path: left, expect: 409 })).body.code, 'state_forbids');
    assert.deepEqual(await world.key.all('list_legal_holds', { query: { contact_sid: left.contact_sid, lifted: false } }), [hold.body]);
    assert.deepEqual((await world.key.call('get_legal_hold', { path: hold.body })).body, hold.body);
    await agent.call('create_legal_hold', { body: { recording_sid: left.sid, reason: 'mine' }, expect: 403 });
    await world.key.call('create_legal_hold', { body: { reason: 'of nothing' }, expect: 422 });
    await world.key.call('create_legal_hold', { body: { recording_sid: `RE${'0'.repeat(31)}2`, reason: 'of what is not there' }, expect: 422 });
    assert.notEqual((await world.key.call('lift_legal_hold', { path: hold.body })).body.lifted_at, null);
    await world.key.call('lift_legal_hold', { path: hold.body, expect: 409 });
    await world.key.call('delete_voicemail', { path: left, expect: 204 });
    await world.key.call('get_voicemail_audio', { path: left, expect: 404 });
    assert.deepEqual(await messagesOf(number), []);
  });

  test('where the number is closed the tone follows the words, and # ends the message', async () => {
    const { phone, number, call } = await ring({ always_open: false, on_closed: 'voicemail' }, '+4930111334');
    assert.deepEqual([call.turned_away, call.contact_sid], ['closed', null]);
    await hearsTone(phone);
    await phone.says(2500);
    void phone.press('#');  // it may be hung up on before the key is let go
    await phone.ended;
    const left = await message(number);
    assert.notEqual(left.contact_sid, null, 'the message begins a contact');
  });

  test('a caller who is asked says yes by key 1', async () => {
    const { phone, call } = await ring({ recording: 'always', consent: 'ask', consent_words: { text: 'May we record?' }, voicemail_key: '9' }, '+4930111336');
    assert.deepEqual([call.consent_rule, call.legs[0].consent], ['ask', null]);
    await phone.says(100);
    await phone.press('1');
    await until('consent', async () => (await world.key.call('get_call', { path: call })).body.legs[0].consent === 'yes');
    await phone.hangUp();
  });

  test('a message of a second is none', async () => {
    const { phone, number, call } = await ring({}, '+4930111335');
    await phone.press('2');
    await hearsTone(phone);
    await phone.hangUp();
    const over = await until('end', async () => {
      const { body } = await world.key.call('get_call', { path: call });
      return body.status === 'ended' && body;
    });
    assert.equal(over.voicemail_sid, null);
    assert.deepEqual(await messagesOf(number), []);
  });
});
