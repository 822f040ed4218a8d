// Goal: a telephone calls the shop, hears that it is awaited, and talks with an agent in a browser; both hear each other, and the call
// is a contact like any other.
// Method: the telephone says 440 Hz all the time; Chromium's microphone is one that beeps. What arrives is measured at both ends.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertNoTrouble, seen } from './harness/browser.mjs';
import { judge, shot } from './harness/looks.mjs';
import { Phones, beeps, connectPhone, hears, isLoud, isQuiet, kCalls, sipPort } from './harness/phones.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';
import { strengthOf } from '../harness/telephone.mjs';

const kPatienceMs = 20_000;
const stage = setStage(kCalls);
const phones = new Phones();
let pausedAfter;  // seconds of the recording
after(() => phones.close());

// Until the telephone has received these digits, each once.
async function receives(phone, digits) {
  const limit = Date.now() + kPatienceMs;
  while (phone.pressed !== digits && Date.now() < limit) await new Promise((done) => phone.sound.once('message', done));
  assert.equal(phone.pressed, digits);
}

// A program asks for a card's number: the digits are in its answer.
async function typesInSecret(phone, digits) {
  const adam = await Rest.signIn(stage.server, 'adam');
  const { secret } = await adam.post('/api-keys', { friendly_name: 'Till', scopes: ['read', 'tasks'] });
  const till = Object.assign(new Rest(), { base: adam.base, headers: { Authorization: `Bearer ${secret}` } });
  const [call] = (await till.get('/calls?status=talking')).items;
  const typed = till.post(`/calls/${call.sid}/secret-digits`, { max_digits: 16, timeout_s: 30 });
  await phone.says(1000);
  for (const key of `${digits}#`) await phone.press(key);
  assert.deepEqual(await typed, { digits, count: digits.length, ended_by: 'finish_key' });
}

// The share of what the agent's browser plays that is 440 Hz, once it plays something.
const tone = (person) => person.page.waitForFunction(async () => {
  const stream = document.querySelector('audio')?.srcObject;
  if (!stream) return null;
  const context = (window.heardBy ??= new AudioContext());
  const analyser = (window.heardWith ??= Object.assign(context.createAnalyser(), { fftSize: 8192 }));
  if (window.heardOf !== stream) {
    context.createMediaStreamSource(stream).connect(analyser);
    window.heardOf = stream;
  }
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const strongest = levels.indexOf(Math.max(...levels));
  const hz = (strongest * context.sampleRate) / analyser.fftSize;
  return levels[strongest] > -60 && Math.abs(hz - 440) < 12 ? hz : null;
}, null, { timeout: kPatienceMs, polling: 100 });

test('a telephone calls, an agent in a browser answers', async (t) => {
  let alice, phone;

  await step(t, stage, 'calls of the shop may be recorded by the agent', async () => {
    const adam = await Rest.signIn(stage.server, 'adam');
    const shop = await adam.one('/numbers', 'Shop');
    await adam.patch(`/numbers/${shop.sid}`, { recording: 'agent_may' }, shop.version);
  });

  await step(t, stage, 'the agent connects the phone of the page', async () => {
    alice = await stage.agent('alice');
    await alice.become('Available');
    await connectPhone(alice, () => judge(alice.page, 'phone-connected'));
  });

  await step(t, stage, 'the caller is answered at once and hears words, then music', async () => {
    // Nobody takes it yet.
    await alice.become('Break');
    phone = await phones.make({ tone: 440 });
    await phone.call('shop', sipPort(stage.server));
    await hears(phone, 200, 'anything', isLoud);
  });

  await step(t, stage, 'it rings at the agent with who calls, and is accepted', async () => {
    await alice.become('Available');
    await seen(alice.offer('Carl Caller'));
    await judge(alice.page, 'phone-offer');
    await alice.accept('Carl Caller');
  });

  await step(t, stage, 'both hear each other', async () => {
    await hears(phone, 1200, 'the beeps of the agent', beeps);
    await tone(alice);
    await judge(alice.page, 'phone-talking');
  });

  await step(t, stage, 'muted, the caller hears nothing; unmuted, the agent again', async () => {
    await alice.button('Mute').click();
    await hears(phone, 1200, 'silence', isQuiet);
    await alice.button('Unmute').click();
    await hears(phone, 1200, 'the beeps of the agent', beeps);
  });

  await step(t, stage, 'on hold the caller hears music, and the agent again afterwards', async () => {
    await alice.button('Hold').click();
    await hears(phone, 1200, 'music', (frames) => isLoud(frames) && !beeps(frames));
    await shot(alice.page, 'phone-held');
    await alice.button('Resume').click();
    await hears(phone, 1200, 'the beeps of the agent', beeps);
    await tone(alice);
  });

  await step(t, stage, 'keys that the agent presses arrive at the telephone as they were', async () => {
    await alice.button('Keypad').click();
    const keypad = alice.page.getByRole('dialog').filter({ has: alice.page.getByRole('button', { name: '#', exact: true }) });
    for (const key of ['1', '9', '#']) await keypad.getByRole('button', { name: key, exact: true }).click();
    await receives(phone, '19#');
    await alice.page.keyboard.press('Escape');
  });

  await step(t, stage, 'the agent records, pauses and goes on', async () => {
    await alice.button('Record').click();
    await seen(alice.button('Pause recording'));
    const began = performance.now();
    await hears(phone, 1200, 'the beeps of the agent', beeps);
    await hears(phone, 1200, 'the beeps of the agent', beeps);
    await alice.button('Pause recording').click();
    await seen(alice.page.getByText('Recording paused'));
    pausedAfter = (performance.now() - began) / 1000;
    await judge(alice.page, 'phone-recording-paused');
    await hears(phone, 1200, 'the beeps of the agent', beeps);
    await alice.button('Go on recording').click();
    await seen(alice.button('Pause recording'));
  });

  await step(t, stage, 'a page that is loaded again keeps the call', async () => {
    await alice.reload();
    await hears(phone, 1200, 'the beeps of the agent', beeps);
    await tone(alice);
    assert.equal(phone.over, null);
  });

  await step(t, stage, 'the caller hangs up, the agent wraps up', async () => {
    await phone.hangUp();
    await seen(alice.wrapUpPanel);
    await judge(alice.page, 'phone-wrap-up');
    await alice.wrapUp({ note: 'Asked about opening hours.' });
  });

  await step(t, stage, 'the next call ends when the agent hangs up', async () => {
    const second = await phones.make({ tone: 440 });
    await second.call('shop', phone.port);
    await alice.accept('Carl Caller');
    await hears(second, 1200, 'the beeps of the agent', beeps);
    await typesInSecret(second, '4111');
    await tone(alice);
    await alice.button('Hang up').click();
    await second.ended;
    await seen(alice.wrapUpPanel);
    await alice.wrapUp();
    assertNoTrouble(alice.page);
  });

  await step(t, stage, 'both calls stand in the history', async () => {
    await alice.goTo('History');
    await seen(alice.page.locator('main table').getByText('Carl Caller').first());
    await judge(alice.page, 'phone-history');
  });
});

// WAV of mu-law (RFC 2361), two channels: the samples of each.
function channelsOf(wav) {
  const at = wav.indexOf('data') + 8;
  assert.deepEqual([wav.toString('latin1', 0, 4), wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24)], ['RIFF', 7, 2, 8000]);
  const sample = (code) => {
    const u = ~code & 0xff;
    const value = ((((u & 15) << 3) + 0x84) << ((u >> 4) & 7)) - 0x84;
    return u & 0x80 ? -value : value;
  };
  const all = [...wav.subarray(at)].map(sample);
  return [0, 1].map((channel) => all.filter((_, i) => i % 2 === channel));
}

test('the recording has the customer left and the agent right; who listens is written down; an admin deletes it', async (t) => {
  const [sofia, adam, alice] = await Promise.all(['sofia', 'adam', 'alice'].map((name) => Rest.signIn(stage.server, name)));
  let recording, call;

  await step(t, stage, 'it is whole and listed for a supervisor, not for an agent', async () => {
    call = (await sofia.get('/calls')).items.find((one) => one.recording_sid !== null);
    assert.equal((await alice.ask('GET', `/calls/${call.sid}/recordings`)).status, 403);
    const limit = Date.now() + kPatienceMs;
    do [recording] = (await sofia.get(`/calls/${call.sid}/recordings`)).items;
    while (recording.ended_at === null && Date.now() < limit);
    assert.deepEqual([recording.whole, recording.fault, recording.sid], [true, null, call.recording_sid]);
    assert.ok(recording.length_s >= 2);
  });

  await step(t, stage, 'the customer says 440 Hz on the left, the agent beeps on the right', async () => {
    assert.equal((await alice.ask('GET', `/recordings/${recording.sid}/audio`)).status, 403);
    const answer = await sofia.ask('GET', `/recordings/${recording.sid}/audio`);
    assert.equal(answer.headers.get('content-type'), 'audio/wav');
    const [left, right] = channelsOf(answer.bytes);
    const second = left.slice(8000, 16000);
    assert.ok(strengthOf(second, 440) > 0.8, `440 Hz is ${strengthOf(second, 440)} of the left`);
    assert.ok(Math.max(...right.map(Math.abs)) > 500, 'the agent is heard on the right');
    assert.ok(strengthOf(right, 440) < 0.2, 'and the customer is not');
    const quiet = left.findIndex((x, i) => x === 0 && i % 80 === 0 && left.slice(i, i + 8000).every((y) => y === 0)) / 8000;
    assert.ok(Math.abs(quiet - pausedAfter) < 0.8, `a second's silence begins at ${quiet} s; it was paused at ${pausedAfter} s`);
  });

  await step(t, stage, 'a supervisor listens on the page of the contact', async () => {
    const person = await stage.agent('sofia', { path: `/history/${call.contact_sid}` });
    await person.page.getByRole('button', { name: 'Listen' }).click();
    await person.page.waitForFunction(() => (document.querySelector('audio[controls]')?.duration ?? 0) > 2, null, { timeout: kPatienceMs });
    await judge(person.page, 'recording');
  });

  await step(t, stage, 'each listening is an event; deleted, it is heard no more', async () => {
    const events = (await sofia.get(`/events?resource_sid=${recording.sid}`)).items;
    assert.equal(events.filter((event) => event.type === 'recording.listened').length, 2);
    assert.equal((await sofia.ask('DELETE', `/recordings/${recording.sid}`)).status, 403);
    assert.equal((await adam.ask('DELETE', `/recordings/${recording.sid}`)).status, 204);
    assert.equal((await sofia.ask('GET', `/recordings/${recording.sid}/audio`)).status, 404);
    assert.notEqual((await sofia.get(`/calls/${call.sid}/recordings`)).items[0].deleted_at, null);
  });
});

test('what a tone is, is told apart', () => {
  const sine = (hz) => Array.from({ length: 1600 }, (_, i) => 8000 * Math.sin((2 * Math.PI * hz * i) / 8000));
  assert.ok(strengthOf(sine(440), 440) > 0.9);
  assert.ok(strengthOf(sine(600), 440) < 0.1);
});
