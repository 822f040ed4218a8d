// Goal: a customer calls from a web page and talks with an agent, writes beside it, and keeps the call when the page is loaded again; a
// chat becomes a call of the same conversation. A supervisor hears a call, whispers and barges in.
// Method: each browser's microphone is a file with a tone of its own; what arrives is measured in the pages and at the telephone.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertNoTrouble, gone, kPatienceMs, kPhone, launch, seen } from './harness/browser.mjs';
import { judge, shot } from './harness/looks.mjs';
import { Customer, Person } from './harness/people.mjs';
import { connectPhone, sipPort } from './harness/phones.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';
import { Telephone, strengthOf } from '../harness/telephone.mjs';

const kCustomer = 440, kAgent = 660, kSupervisor = 980;
const folder = mkdtempSync(join(tmpdir(), 'carillon-tones-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// A tone that comes and goes: what is steady a browser takes for noise and takes away. 16 bit, 48 kHz, three seconds.
function microphone(hz) {
  const rate = 48000, samples = rate * 3;
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0), data.writeUInt32LE(36 + samples * 2, 4), data.write('WAVEfmt ', 8), data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20), data.writeUInt16LE(1, 22), data.writeUInt32LE(rate, 24), data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32), data.writeUInt16LE(16, 34), data.write('data', 36), data.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; ++i) {
    const on = (i / rate) % 0.5 < 0.3;
    data.writeInt16LE(on ? Math.round(12000 * Math.sin((2 * Math.PI * hz * i) / rate)) : 0, 44 + i * 2);
  }
  const path = join(folder, `${hz}.wav`);
  writeFileSync(path, data);
  return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required',
    `--use-file-for-fake-audio-capture=${path}`];
}

const stage = setStage({ config: 'sip = "udp:127.0.0.1:0"\nbrowser_port = 0\n', args: microphone(kAgent) });
let outside, upstairs;  // the customers' browser, the supervisor's
const phones = [];
before(async () => {
  [outside, upstairs] = await Promise.all([launch({ args: microphone(kCustomer) }), launch({ args: microphone(kSupervisor) })]);
});
after(async () => {
  phones.forEach((phone) => phone.close());
  await Promise.all([outside?.close(), upstairs?.close()]);
});

const visit = async (options) => {
  const customer = await Customer.visit(outside, stage.server, options);
  stage.people.push(customer);
  return customer;
};

// Until what this page plays is as wanted: { hz } a tone louder than all else, { has } a tone among others, { not } anything but that
// tone, { quiet: true } nothing.
const plays = (page, wanted) => page.waitForFunction((want) => {
  const sound = document.querySelector('[data-carillon]')?.shadowRoot?.querySelector('audio') ?? document.querySelector('audio');
  const stream = sound?.srcObject;
  if (!stream) return null;
  const context = (window.heardBy ??= new AudioContext());
  if (window.heardOf !== stream) {
    window.heardWith = Object.assign(context.createAnalyser(), { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(stream).connect(window.heardWith);
    window.heardOf = stream;
    window.quietSince = null;
  }
  const analyser = window.heardWith;
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const strongest = levels.indexOf(Math.max(...levels));
  const hz = (strongest * context.sampleRate) / analyser.fftSize;
  const loud = levels[strongest] > -60;
  if (want.has) {
    const at = (low, high) => Math.max(...levels.slice(Math.round((low * analyser.fftSize) / context.sampleRate), Math.round((high * analyser.fftSize) / context.sampleRate) + 1));
    const peak = at(want.has - 12, want.has + 12);
    return peak > -65 && peak > at(want.has + 60, want.has + 140) + 12 ? peak : null;
  }
  if (want.quiet) {
    window.quietSince = loud ? null : (window.quietSince ?? Date.now());
    return window.quietSince !== null && Date.now() - window.quietSince > 1200;
  }
  if (want.not) return loud && Math.abs(hz - want.not) > 15 ? hz : null;
  return loud && Math.abs(hz - want.hz) < 15 ? hz : null;
}, wanted, { timeout: kPatienceMs, polling: 100 });

const callBar = (customer) => customer.panel.locator('.call');
const stands = (customer, words) => seen(callBar(customer).locator('.line').filter({ hasText: words }));

let alice;

test('a customer calls from a page', async (t) => {
  let mia, sofia, call;

  await step(t, stage, 'the page offers it, and says what the browser will ask', async () => {
    sofia = await Rest.signIn(stage.server, 'sofia');
    alice = await stage.agent('alice');
    await alice.become('Break');
    await connectPhone(alice);
    mia = await visit();
    await mia.open();
    await judge(mia.page, 'widget-call-offered');
    await mia.panel.getByRole('button', { name: 'Call us' }).click();
    await seen(callBar(mia).getByText('Your browser will ask'));
    await judge(mia.page, 'widget-call-question');
    await callBar(mia).getByLabel('Your name').fill('Mia Vogel');
    await mia.page.keyboard.press('Enter');
  });

  await step(t, stage, 'it is answered at once: a place in the line, words and music', async () => {
    await stands(mia, 'You are next.');
    await plays(mia.page, { not: kAgent });
    await judge(mia.page, 'widget-call-waiting');
    const { items } = await sofia.get('/calls?status=queued');
    assert.equal(items.length, 1);
    [call] = items;
    assert.equal(call.from_name, 'Mia Vogel');
  });

  await step(t, stage, 'an agent takes it; both hear each other', async () => {
    await alice.become('Available');
    await seen(alice.offer('Mia Vogel'));
    await shot(alice.page, 'guest-offer');
    await alice.accept('Mia Vogel');
    await stands(mia, 'On the phone with Alice');
    await plays(mia.page, { hz: kAgent });
    await plays(alice.page, { hz: kCustomer });
    await judge(mia.page, 'widget-call-talking');
    await judge(alice.page, 'guest-talking');
  });

  await step(t, stage, 'muted by the customer, the agent hears nothing; on hold the customer hears music', async () => {
    await callBar(mia).getByRole('button', { name: 'Mute' }).click();
    await plays(alice.page, { quiet: true });
    await callBar(mia).getByRole('button', { name: 'Unmute' }).click();
    await plays(alice.page, { hz: kCustomer });
    await alice.button('Hold').click();
    await stands(mia, 'On hold.');
    await alice.button('Resume').click();
    await stands(mia, 'On the phone with Alice');
    await plays(mia.page, { hz: kAgent });
  });

  await step(t, stage, 'the keypad, by keyboard', async () => {
    await callBar(mia).getByRole('button', { name: 'Keypad' }).click();
    await mia.page.keyboard.press('4');
    await judge(mia.page, 'widget-call-keypad');
    await mia.page.keyboard.press('Escape');
    await seen(callBar(mia).getByRole('button', { name: 'Keypad' }));
    await gone(callBar(mia).locator('.pad'));
  });

  await step(t, stage, 'what they write meanwhile goes to the same agent, in the same conversation', async () => {
    await mia.say('The order is 4711.');
    await alice.accept('Mia Vogel');
    await alice.sees('The order is 4711.');
    await alice.say('Thank you, I see it.');
    await mia.sees('Thank you, I see it.');
    const { items } = await sofia.get(`/contacts?conversation_sid=${call.conversation_sid}`);
    assert.deepEqual(items.map((one) => one.contact.channel).sort(), ['chat', 'voice']);
    await judge(mia.page, 'widget-call-and-chat');
    await judge(alice.page, 'guest-call-and-chat');
  });

  await step(t, stage, 'the page is loaded again, and the call goes on', async () => {
    await mia.reload();
    await mia.open();
    await stands(mia, 'On the phone with Alice');
    await plays(mia.page, { hz: kAgent });
    await plays(alice.page, { hz: kCustomer });
    const now = await sofia.get(`/calls/${call.sid}`);
    assert.equal(now.status, 'talking');
  });

  await step(t, stage, 'another tab sees it, and may take it over', async () => {
    const other = await visit({ context: mia.context });
    await other.open();
    await stands(other, 'in another tab');
    await judge(other.page, 'widget-call-elsewhere');
    await callBar(other).getByRole('button', { name: 'Go on here' }).click();
    await plays(other.page, { hz: kAgent });
    await stands(mia, 'in another tab');
    await callBar(other).getByRole('button', { name: 'Hang up' }).click();
    await stands(other, 'The call has ended.');
    await judge(other.page, 'widget-call-over');
    assertNoTrouble(other.page, mia.page);
    await other.page.close();
    stage.people.splice(stage.people.indexOf(other), 1);
  });

  await step(t, stage, 'the agent wraps up; the chat goes on and ends by itself', async () => {
    assert.equal((await sofia.get(`/calls/${call.sid}`)).reason, 'customer_left');
    await alice.work.filter({ hasText: 'Wrap-up' }).getByRole('link').click();
    await seen(alice.wrapUpPanel);
    await alice.wrapUp();
    await alice.open('Mia Vogel');
    await alice.endChat();
    await alice.wrapUp();
    await mia.page.close();
    stage.people.splice(stage.people.indexOf(mia), 1);
  });
});

test('a chat becomes a call in one click', async (t) => {
  let jonas;

  await step(t, stage, 'they write with each other', async () => {
    jonas = await visit();
    await jonas.begin({ name: 'Jonas Lind', topic: 'orders', text: 'It is hard to explain.' });
    await alice.accept('Jonas Lind');
    await alice.say('Shall we talk?');
    await jonas.sees('Shall we talk?');
  });

  await step(t, stage, 'the call comes to who writes with them, and the thread stays', async () => {
    await jonas.panel.getByRole('button', { name: 'Call us' }).click();
    await callBar(jonas).getByRole('button', { name: 'Call now' }).click();
    await alice.accept('Jonas Lind');
    await alice.sees('It is hard to explain.');
    await plays(jonas.page, { hz: kAgent });
    await plays(alice.page, { hz: kCustomer });
    await alice.say('I hear you well.');
    await jonas.sees('I hear you well.');
    await judge(jonas.page, 'widget-escalated');
    await judge(alice.page, 'guest-escalated');
  });

  await step(t, stage, 'the agent hangs up; the chat is still there', async () => {
    await alice.button('Hang up').click();
    await stands(jonas, 'The call has ended.');
    await seen(jonas.field);
    await alice.wrapUp();
    assertNoTrouble(jonas.page, alice.page);
  });
});

// The strength of a tone in each tenth of a second of what the telephone hears, over so many seconds.
async function strengths(phone, hz, seconds) {
  phone.forget();
  const limit = Date.now() + kPatienceMs;
  while (phone.heard.length * 20 < seconds * 1000 && Date.now() < limit) await new Promise((done) => phone.sound.once('message', done));
  const samples = phone.heard.flat();
  const out = [];
  for (let at = 0; at + 800 <= samples.length; at += 800) {
    const part = samples.slice(at, at + 800);
    out.push(Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / 800) < 100 ? 0 : strengthOf(part, hz));
  }
  return out;
}
async function hears(phone, hz, least = 0.3) {
  const limit = Date.now() + kPatienceMs;
  let last = [];
  while (Date.now() < limit) {
    last = await strengths(phone, hz, 1.2);
    if (Math.max(...last) > least) return;
  }
  throw new Error(`the telephone does not hear ${hz} Hz: ${last.map((x) => x.toFixed(2)).join(' ')}`);
}

test('a supervisor listens, whispers and barges in', async (t) => {
  let sofia, phone;
  const row = () => sofia.page.getByRole('row').filter({ hasText: 'Carl Caller' }).filter({ has: sofia.page.getByRole('button', { name: 'Listen' }) });
  const banner = () => sofia.page.getByRole('region', { name: 'Monitoring' });

  await step(t, stage, 'a call is seen on the live page', async () => {
    phone = await Telephone.make({ tone: kCustomer });
    phones.push(phone);
    await phone.call('shop', sipPort(stage.server));
    await alice.accept('Carl Caller');
    await hears(phone, kAgent);
    sofia = await Person.enter(upstairs, stage.server, 'sofia');
    stage.people.push(sofia);
    await sofia.goTo('Live');
    await seen(row().getByText('Alice Andersen'));
    await judge(sofia.page, 'live-calls');
  });

  await step(t, stage, 'listening: she hears both, nobody hears her; the phone connects by itself', async () => {
    await row().getByRole('button', { name: 'Listen' }).click();
    await seen(banner().getByText('You listen to Carl Caller and Alice Andersen'));
    await plays(sofia.page, { has: kCustomer });
    await plays(sofia.page, { has: kAgent });
    assert.ok(Math.max(...(await strengths(phone, kSupervisor, 2))) < 0.05);
    await judge(sofia.page, 'monitoring-listen');
  });

  await step(t, stage, 'whispering: the agent hears her, the customer does not', async () => {
    await banner().getByText('Whisper', { exact: true }).click();
    await seen(banner().getByText('You whisper to Alice Andersen'));
    await plays(alice.page, { has: kSupervisor });
    await plays(alice.page, { has: kCustomer });
    const whispered = await strengths(phone, kSupervisor, 3);
    assert.ok(Math.max(...whispered) < 0.05, `the customer hears ${Math.max(...whispered)} of the whisper`);
    await hears(phone, kAgent);
    await judge(sofia.page, 'monitoring-whisper');
  });

  await step(t, stage, 'barging in: everybody hears her', async () => {
    await banner().getByText('Barge in', { exact: true }).click();
    await seen(banner().getByText('You talk with Carl Caller and Alice Andersen'));
    await hears(phone, kSupervisor);
    await plays(alice.page, { has: kSupervisor });
    await judge(sofia.page, 'monitoring-barge');
  });

  await step(t, stage, 'she leaves, and they go on', async () => {
    await banner().getByRole('button', { name: 'Leave the call' }).click();
    await gone(banner());
    assert.ok(Math.max(...(await strengths(phone, kSupervisor, 2))) < 0.05);
    await hears(phone, kAgent);
    await phone.hangUp();
    await seen(alice.wrapUpPanel);
    await alice.wrapUp();
    await gone(row());
    assertNoTrouble(sofia.page, alice.page);
  });
});

test('an agent calls from the page, consults somebody, talks with both and leaves it to them', async (t) => {
  let called, outside;
  const kCalled = 520, kOutside = 830;
  const telephone = async (tone, number) => {
    const phone = await Telephone.make({ tone, number });
    phones.push(phone);
    phone.address = phone.listen();
    return phone;
  };

  await step(t, stage, 'the dialer has colleagues, numbers, and which of ours is shown', async () => {
    [called, outside] = await Promise.all([telephone(kCalled, 'called'), telephone(kOutside, 'outside')]);
    await alice.page.keyboard.press('Alt+c');
    const dialog = alice.page.getByRole('dialog', { name: 'Call', exact: true });
    await seen(dialog.getByRole('listitem').first());
    await judge(alice.page, 'dialer');
    await dialog.getByRole('textbox', { name: 'Name or number' }).fill(called.address);
    await judge(alice.page, 'dialer-number');
    await dialog.getByRole('button', { name: `Call ${called.address}` }).click();
    await called.called;
    called.pickUp();
    await hears(called, kAgent);
    await plays(alice.page, { has: kCalled });
    await judge(alice.page, 'outbound-talking');
  });

  await step(t, stage, 'a consult: the customer hears music, the other the agent', async () => {
    await alice.page.keyboard.press('Alt+i');
    const dialog = alice.page.getByRole('dialog', { name: 'Add somebody to the call' });
    await seen(dialog);
    await judge(alice.page, 'invite');
    await dialog.getByRole('textbox', { name: 'Name or number' }).fill(outside.address);
    await dialog.getByRole('button', { name: `Consult ${outside.address}` }).click();
    await outside.called;
    outside.pickUp();
    await hears(outside, kAgent);
    await seen(alice.page.getByText('The customer waits with music and does not hear you.'));
    await judge(alice.page, 'consulting');
  });

  await step(t, stage, 'all together, and then without the agent', async () => {
    await alice.button('All together').click();
    await hears(called, kOutside, 0.2);
    await hears(outside, kCalled, 0.2);
    await alice.button('Leave, the others go on').click();
    await seen(alice.wrapUpPanel);
    await hears(called, kOutside);
    await hears(outside, kCalled);
    await called.hangUp();
    await alice.wrapUp();
    assertNoTrouble(alice.page);
  });
});

test('the phone: hearing oneself, and how the line is', async (t) => {
  await step(t, stage, 'five seconds are recorded and played back', async () => {
    await alice.page.keyboard.press('Alt+o');
    const panel = alice.page.getByRole('dialog', { name: 'Phone' });
    await seen(panel.getByText('Before your first call: hear yourself'));
    await seen(panel.getByText('Round trip'));
    await judge(alice.page, 'phone-check');
    await panel.getByRole('button', { name: 'Record five seconds' }).click();
    await seen(panel.getByText('Did you hear yourself well?'));
    await panel.getByRole('button', { name: 'Yes' }).click();
    await gone(panel.getByText('Before your first call: hear yourself'));
    await alice.page.keyboard.press('Escape');
    await gone(panel);
    assertNoTrouble(alice.page);
  });
});

test('in other languages, the dark, and on a phone', async (t) => {
  for (const [name, options] of [
    ['de', { locale: 'de-DE' }],
    ['ar', { locale: 'ar-EG' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: kPhone, hasTouch: true, isMobile: true }],
  ]) {
    await step(t, stage, name, async () => {
      const customer = await visit(options);
      await customer.open();
      await judge(customer.page, `widget-call-${name}-offered`);
      await customer.panel.locator('form > .callus').click();
      await judge(customer.page, `widget-call-${name}-question`);
      await customer.panel.locator('.question .primary').click();
      await seen(callBar(customer).locator('.key.mute'));
      await callBar(customer).locator('.key.keys').click();
      await judge(customer.page, `widget-call-${name}-waiting`);
      await callBar(customer).locator('.key.hang').click();
      await seen(callBar(customer).locator('.dismiss'));
      await judge(customer.page, `widget-call-${name}-over`);
      assertNoTrouble(customer.page);
      await customer.context.close();
      stage.people.splice(stage.people.indexOf(customer), 1);
    });
  }
});

// Last: it may be closed from here on.
test('opening hours, and what agents hear, in the settings of a number', async (t) => {
  await step(t, stage, 'a week and a holiday', async () => {
    const adam = await stage.agent('adam', { path: '/admin/numbers' });
    await adam.page.getByRole('button', { name: 'Shop' }).first().click();
    await adam.page.getByRole('switch', { name: 'Always open' }).click();
    await adam.page.getByRole('button', { name: 'Set opening hours' }).click();
    await adam.page.getByRole('button', { name: 'Add a day' }).click();
    await adam.page.getByPlaceholder('Name').last().fill('Stocktaking');
    await adam.page.getByRole('switch', { name: 'Agents hear a beep' }).click();
    await judge(adam.page, 'number-hours');
    await adam.page.getByRole('button', { name: 'Save' }).click();
    const rest = await Rest.signIn(stage.server, 'adam');
    const limit = Date.now() + kPatienceMs;
    let shop;
    do shop = await rest.one('/numbers', 'Shop');
    while (shop.hours === null && Date.now() < limit);
    assert.equal(shop.hours.weekly.length, 5);
    assert.equal(shop.hours.holidays[0].name, 'Stocktaking');
    assert.ok(shop.openings.length > 250);
    assert.equal(shop.zip_tone, true);
    assertNoTrouble(adam.page);
  });
});
