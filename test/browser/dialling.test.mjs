// Goal: an agent calls a telephone and both hear each other; who is consulted is not heard by the customer; in a conference all three
// hear all; what the agent leaves to an outside number goes on without them.
// Method: telephones say one tone each all the time; Chromium's microphone is one that beeps. What arrives is measured at every end.
// Commands go over the API, whatever the pages look like.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertNoTrouble } from './harness/browser.mjs';
import { Phones, beeps, connectPhone, hears, kCalls, levelOf, loudness, sipPort } from './harness/phones.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';

const kPatienceMs = 20_000;
const kCustomerHz = 440;
const kOutsideHz = 700;
const stage = setStage(kCalls);
const phones = new Phones();
after(() => phones.close());

async function telephone(tone, number, wish) {
  const phone = await phones.make({ tone, number });
  phone.address = phone.listen(wish);
  return phone;
}

const has = (hz) => (frames) => levelOf(frames, hz) > 2000;
// Music has a little of every tone.
const hasNot = (hz, most = 60) => (frames) => levelOf(frames, hz) < most;

const tones = (frames) => [kCustomerHz, kOutsideHz].map((hz) => `${hz} Hz at ${Math.round(levelOf(frames, hz))}, `).join('');
const telephoneHears = (phone, what, ...all) => hears(phone, 1200, what, all, tones);

// Until the agent's browser plays these tones and not those.
const browserHears = (person, wanted, unwanted = []) => person.page.waitForFunction(async ([yes, no]) => {
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
  const level = (hz) => {
    const bin = Math.round((hz * analyser.fftSize) / context.sampleRate);
    return Math.max(...levels.slice(bin - 2, bin + 3));
  };
  return yes.every((hz) => level(hz) > -60) && no.every((hz) => level(hz) < -70);
}, [wanted, unwanted], { timeout: kPatienceMs, polling: 100 });

test('an agent calls, consults, makes three of it and leaves it to them', async (t) => {
  let alice, adam, worker, number, eva, outside, call;
  const command = (verb, body = {}) => adam.post(`/calls/${call.sid}/${verb}`, { worker_sid: worker.sid, ...body });
  const dial = (to) => adam.post('/calls', { worker_sid: worker.sid, to, number_sid: number.sid });
  const until = async (what, is) => {
    const limit = Date.now() + kPatienceMs;
    let last;
    do last = await adam.get(`/calls/${call.sid}`);
    while (!is(last) && Date.now() < limit);
    assert.ok(is(last), `${what}: ${JSON.stringify(last)}`);
    return last;
  };
  const free = async () => {
    for (const task of (await adam.get(`/tasks?worker_sid=${worker.sid}&status=wrapping`)).items) {
      await adam.post(`/tasks/${task.sid}/complete`, {});
    }
  };

  await step(t, stage, 'the agent connects the phone of the page', async () => {
    adam = await Rest.signIn(stage.server, 'adam');
    alice = await stage.agent('alice');
    await alice.become('Break');
    await connectPhone(alice);
    worker = (await adam.get('/workers?page_size=200')).items.find((one) => /alice/i.test(one.friendly_name));
    number = await adam.one('/numbers', 'Shop');
  });

  await step(t, stage, 'who is busy is told so', async () => {
    const busy = await telephone(kCustomerHz, 'busy', { refusal: 486 });
    call = await dial(busy.address);
    assert.deepEqual([call.direction, call.status], ['outbound', 'dialling']);
    const over = await until('it ends', (one) => one.status === 'ended');
    assert.deepEqual([over.reason, over.legs[0].reason], ['busy', 'busy']);
    await free();
  });

  await step(t, stage, 'she calls a telephone: it rings, and she hears it ring', async () => {
    eva = await telephone(kCustomerHz, 'eva');
    call = await dial(eva.address);
    const from = await eva.called;
    assert.match(from, /sip:shop@/);
    await browserHears(alice, [425], [kCustomerHz + 100]);
  });

  await step(t, stage, 'answered, both hear each other', async () => {
    eva.pickUp();
    await until('they talk', (one) => one.status === 'talking' && one.answered_at !== null);
    await telephoneHears(eva, 'the beeps of the agent', beeps);
    await browserHears(alice, [kCustomerHz], [kOutsideHz]);
  });

  await step(t, stage, 'consulted, the outside party and the agent are not heard by the customer', async () => {
    outside = await telephone(kOutsideHz, 'outside', { early: true });
    call = await command('parties', { to: outside.address, purpose: 'consult' });
    assert.equal(call.consulting, true);
    await outside.called;
    await browserHears(alice, [kOutsideHz], [kCustomerHz]);
    outside.pickUp();
    await until('the outside party is there', (one) => one.legs.some((leg) => leg.role === 'outside' && leg.status === 'connected'));
    await telephoneHears(outside, 'the agent alone', beeps, hasNot(kCustomerHz));
    await telephoneHears(eva, 'music without the outside party', (frames) => loudness(frames.flat()) > 100, hasNot(kOutsideHz, 1500), (frames) => !beeps(frames));
    await browserHears(alice, [kOutsideHz], [kCustomerHz]);
  });

  await step(t, stage, 'the customer taken back, all three hear each other', async () => {
    call = await command('hold', { on_hold: false });
    assert.equal(call.consulting, false);
    await telephoneHears(eva, 'the outside party', has(kOutsideHz));
    await telephoneHears(outside, 'the customer', has(kCustomerHz));
    await browserHears(alice, [kCustomerHz, kOutsideHz]);
    // The beeps of the agent, over the other's steady tone.
    const loudest = (frames) => Math.max(...frames.map(loudness)) > 1.05 * loudness(frames.flat());
    await telephoneHears(eva, 'the agent', loudest);
    await telephoneHears(outside, 'the agent', loudest);
  });

  await step(t, stage, 'the agent leaves, the two go on', async () => {
    call = await command('leave');
    assert.equal(call.status, 'onward');
    await telephoneHears(eva, 'the outside party', has(kOutsideHz));
    await telephoneHears(outside, 'the customer', has(kCustomerHz));
    const { summary } = await adam.get(`/contacts/${call.contact_sid}`);
    assert.equal(summary.contact.reason, 'transferred');
  });

  await step(t, stage, 'the customer hangs up, and the other is hung up on', async () => {
    await eva.hangUp();
    await outside.ended;
    await until('it ends', (one) => one.status === 'ended');
    await free();
  });

  await step(t, stage, 'given away to a number that does not want it, the call comes back', async () => {
    eva = await telephone(kCustomerHz, 'eva');
    call = await dial(eva.address);
    await eva.called;
    eva.pickUp();
    await until('they talk', (one) => one.status === 'talking');
    const declining = await telephone(kOutsideHz, 'declining', { refusal: 603 });
    call = await command('transfer', { to: declining.address });
    const back = await until('it is back', (one) => one.transfer_leg_sid === null);
    assert.equal(back.legs.at(-1).reason, 'declined');
    await telephoneHears(eva, 'the beeps of the agent', beeps);
    call = await adam.post(`/calls/${call.sid}/hang-up`);
    await eva.ended;
    assertNoTrouble(alice.page);
  });
});
