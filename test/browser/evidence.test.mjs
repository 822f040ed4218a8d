// Goal: what went over the wire, how it sounded and why it was routed so can be seen of a call after its end, and taken along.
// Method: a telephone talks with an agent's browser for as long as it takes to be measured; a supervisor looks at the evidence.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { assertNoTrouble, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Phones, connectPhone, kCalls, sipPort } from './harness/phones.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';

const kPatienceMs = 30_000;
const stage = setStage(kCalls);
const phones = new Phones();
after(() => phones.close());

test('the evidence of a call', async (t) => {
  let alice, sofia, rest, phone, call;

  await step(t, stage, 'a telephone talks with an agent, who records it, until it was measured', async () => {
    const adam = await Rest.signIn(stage.server, 'adam');
    const shop = await adam.one('/numbers', 'Shop');
    await adam.patch(`/numbers/${shop.sid}`, { recording: 'always' }, shop.version);
    [alice, rest] = await Promise.all([stage.agent('alice'), Rest.signIn(stage.server, 'sofia')]);
    await alice.become('Available');
    await connectPhone(alice);
    phone = await phones.make({ tone: 440 });
    await phone.call('shop', sipPort(stage.server));
    await alice.accept('Carl Caller');
    [call] = (await rest.get('/calls')).items;
    const measured = (found) => ['telephone', 'browser'].every((kind) => found.parties.some((one) => one.kind === kind && one.quality.length > 1));
    const limit = Date.now() + kPatienceMs;
    let found = await rest.get(`/calls/${call.sid}/evidence`);
    while (!measured(found) && Date.now() < limit) {
      await new Promise((done) => phone.sound.once('message', done));
      if (phone.heard.length % 25 === 0) found = await rest.get(`/calls/${call.sid}/evidence`);
    }
    assert.deepEqual([found.live, found.kept, measured(found)], [true, true, true]);
    await phone.hangUp();
  });

  await step(t, stage, 'a supervisor finds it at the contact', async () => {
    const limit = Date.now() + kPatienceMs;
    while (!(await rest.get(`/calls/${call.sid}/recordings`)).items[0]?.ended_at) assert.ok(Date.now() < limit, 'the recording ends');
    sofia = await stage.agent('sofia', { path: `/history/${call.contact_sid}` });
    await sofia.page.getByRole('link', { name: /Evidence of the call/ }).click();
    await seen(sofia.page.getByRole('heading', { name: 'Evidence of the call' }));
    const rows = sofia.page.getByRole('table', { name: 'SIP messages, oldest first' });
    for (const name of ['INVITE (SDP)', '200 OK (SDP)', 'ACK', 'BYE']) await seen(rows.getByRole('button', { name, exact: true }).first());
    await judge(sofia.page, 'evidence', { fullPage: true });
  });

  await step(t, stage, 'a message is read with the keyboard', async () => {
    const invite = sofia.page.getByRole('button', { name: 'INVITE (SDP)' }).first();
    await invite.focus();
    await sofia.page.keyboard.press('Enter');
    await seen(sofia.page.getByText(/^INVITE sip:shop@127\.0\.0\.1/).first());
    await seen(sofia.page.getByText(/at least \d/).first());
  });

  await step(t, stage, 'the recording shows both channels', async () => {
    await sofia.page.getByRole('button', { name: 'Listen' }).click();
    await sofia.page.waitForFunction(() => (document.querySelector('audio[controls]')?.duration ?? 0) > 2, null, { timeout: kPatienceMs });
    assert.equal(await sofia.page.locator('path[data-channel]').count(), 2);
    await judge(sofia.page, 'evidence-recording', { fullPage: true });
  });

  await step(t, stage, 'its SIP goes as a capture, all of it as JSON', async () => {
    const take = async (name) => {
      const [download] = await Promise.all([sofia.page.waitForEvent('download'), sofia.page.getByRole('button', { name }).click()]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const capture = await take('SIP as a capture');
    assert.equal(capture.name, `${call.sid}.pcapng`);
    assert.equal(capture.bytes.readUInt32BE(0), 0x0a0d0d0a);
    assert.match(capture.bytes.toString('latin1'), /INVITE sip:shop@/);
    const all = JSON.parse((await take('All as JSON')).bytes);
    assert.deepEqual([all.call.sid, all.live, all.kept], [call.sid, false, true]);
    assert.equal(all.routing[0].moment, 'queued');
    assertNoTrouble(sofia.page, alice.page);
  });

  for (const [name, options] of [
    ['dark', { colorScheme: 'dark' }],
    ['ar', { locale: 'ar-EG' }],
    ['de', { locale: 'de-DE' }],
    ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ]) {
    await step(t, stage, `it can be looked at: ${name}`, async () => {
      const person = await stage.agent('sofia', { path: `/calls/${call.sid}`, ...options });
      await seen(person.page.locator('svg').first());
      await seen(person.page.locator('table button').first());
      await judge(person.page, `evidence-${name}`, { fullPage: true, axe: name !== 'de' });
    });
  }
});
