// Goal: somebody who waits at the shop asks to be called back and hangs up; the agent sees who it is and how long ago they asked, takes
// it in the browser, the telephone rings, and both hear each other. The supervisor sees it and calls another one off.
// Method: one telephone calls, another is at the far end of the server's trunk and says one tone all the time.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertNoTrouble, gone, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';
import { Telephone } from '../harness/telephone.mjs';

const kPatienceMs = 20_000;
const kNumber = '+4930111555';
const home = await Telephone.make({ tone: 440, number: kNumber });
const phones = [home];
const trunk = `[[trunks]]\nname = "home"\nnext_hops = ["sip:127.0.0.1:${home.signals.address().port};transport=udp"]\nping_s = 0\n`;
const stage = setStage({
  config: `sip = "udp:127.0.0.1:0"\nbrowser_port = 0\n\n${trunk}`,
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
});
after(() => phones.forEach((phone) => phone.close()));

const loudness = (samples) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / Math.max(samples.length, 1));
// A beep and quiet after it: somebody's microphone, and no music.
const beeps = (frames) => {
  const levels = frames.map(loudness);
  return Math.max(...levels) > 500 && levels.filter((level) => level < 60).length > frames.length / 3;
};

async function hears(phone, ms, what, is) {
  phone.forget();
  for (const limit = Date.now() + kPatienceMs; Date.now() < limit; ) {
    await new Promise((done) => phone.sound.once('message', done));
    if (phone.heard.length * 20 >= ms && is(phone.heard.slice(-ms / 20))) return;
  }
  throw new Error(`the telephone does not hear ${what}`);
}

const browserHears = (person, hz) => person.page.waitForFunction(async (wanted) => {
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
  const bin = Math.round((wanted * analyser.fftSize) / context.sampleRate);
  return Math.max(...levels.slice(bin - 2, bin + 3)) > -60;
}, hz, { timeout: kPatienceMs, polling: 100 });

test('a caller asks to be called back, and is', async (t) => {
  let alice, adam, sofia, callback;
  const until = async (what, look) => {
    for (const limit = Date.now() + kPatienceMs; ; ) {
      const found = await look();
      if (found) return found;
      assert.ok(Date.now() < limit, `there is no ${what}`);
    }
  };
  const calls = async () => (await adam.get('/calls?status=queued')).items;

  await step(t, stage, 'the agent connects the phone of the page', async () => {
    adam = await Rest.signIn(stage.server, 'adam');
    alice = await stage.agent('alice');
    await alice.become('Break');
    await alice.page.keyboard.press('Alt+o');
    const panel = alice.page.getByRole('dialog', { name: 'Phone' });
    await panel.getByRole('button', { name: 'Connect phone' }).click();
    await seen(panel.getByText('Phone ready').first());
    await alice.page.keyboard.press('Escape');
    await gone(panel);
  });

  await step(t, stage, 'a caller presses 1, hears the number, presses 1 and is thanked', async () => {
    const caller = await Telephone.make({ number: kNumber, name: 'Carla Caller' });
    phones.push(caller);
    await caller.call('shop', Number(stage.server.output.match(/sip:shop@127\.0\.0\.1:(\d+)/)[1]));
    const call = await until('call', async () => (await calls())[0]);
    await caller.press('1');
    await until('question', async () => (await adam.get(`/calls/${call.sid}`)).version > call.version);
    await caller.press('1');
    callback = await until('callback', async () => (await adam.get('/callbacks')).items[0]);
    assert.deepEqual([callback.status, callback.to, callback.mode], ['waiting', kNumber, 'agent_first']);
    await caller.ended;
  });

  await step(t, stage, 'the supervisor sees it', async () => {
    sofia = await stage.agent('sofia');
    await sofia.page.goto(`${stage.server.url}/console/callbacks`);
    const listed = sofia.page.getByRole('list', { name: 'Callbacks' });
    await seen(listed.getByText('Carla Caller'));
    await seen(listed.getByText('Waits for an agent'));
    await judge(sofia.page, 'callbacks');
  });

  await step(t, stage, 'it rings at the agent with the number and how long ago they asked', async () => {
    home.listen();
    await alice.become('Available');
    const offer = alice.offer('Carla Caller');
    await seen(offer.getByText('Asked'));
    await seen(offer.getByText(kNumber));
    await judge(alice.page, 'callback-offered');
    await offer.getByRole('button', { name: 'Accept' }).click();
  });

  await step(t, stage, 'accepted, the telephone rings and is answered: both hear each other', async () => {
    const from = await home.called;
    assert.match(from, /sip:shop@/);
    await browserHears(alice, 425);
    home.pickUp();
    await hears(home, 1200, 'the beeps of the agent', beeps);
    await browserHears(alice, 440);
    await seen(alice.page.getByRole('region', { name: 'Call' }).getByText(/Callback, asked for/));
    await judge(alice.page, 'callback-talking');
    assert.equal((await adam.get(`/callbacks/${callback.sid}`)).status, 'reached');
    await home.hangUp();
  });

  await step(t, stage, 'the supervisor calls another one off', async () => {
    await alice.become('Break').catch(() => undefined);
    const shop = await adam.one('/numbers', 'Shop');
    const other = await adam.post('/callbacks', { to: '+4930999', number_sid: shop.sid, name: 'Otto Other', not_before: '2999-01-01T00:00:00Z' });
    const listed = sofia.page.getByRole('list', { name: 'Callbacks' });
    await seen(listed.getByText('Otto Other'));
    await listed.getByRole('button', { name: 'Call off the callback to Otto Other' }).click();
    await gone(listed.getByText('Otto Other'));
    assert.equal((await adam.get(`/callbacks/${other.sid}`)).status, 'canceled');
    assertNoTrouble(alice.page);
    assertNoTrouble(sofia.page);
  });
});
