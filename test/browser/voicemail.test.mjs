// Goal: messages that callers left are heard, marked and deleted in the inbox; who hangs up at the tone has left none.
// Method: a telephone calls a number that is closed; what it says passes with the sound it sends.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertNoTrouble, gone, kPhone, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Phones, hears, kCalls, levelOf, sipPort } from './harness/phones.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';

const kPatienceMs = 30_000;
const stage = setStage(kCalls);
const phones = new Phones();
after(() => phones.close());

const nothing = { prompt: null, text: null };

test('the inbox of messages', async (t) => {
  let sofia, rest;
  const message = (who) => sofia.page.getByRole('list', { name: 'Voicemail' }).getByRole('listitem').filter({ hasText: who });

  // Until the telephone has sent so much since the tone.
  const leave = async (number, name, seconds) => {
    const phone = await phones.make({ tone: 440, number, name });
    await phone.call('shop', sipPort(stage.server));
    await hears(phone, 100, 'the tone', (frames) => levelOf(frames, 1000) > 1000);
    await phone.says(seconds * 1000);
    await phone.hangUp();
  };

  await step(t, stage, 'callers of a closed number leave messages; one only hangs up', async () => {
    rest = await Rest.signIn(stage.server, 'adam');
    const shop = await rest.one('/numbers', 'Shop');
    await rest.patch(
      `/numbers/${shop.sid}`,
      { always_open: false, openings: [], on_closed: 'voicemail', closed_words: nothing, voicemail_words: nothing },
      shop.version,
    );
    await leave('+4930111333', 'Vera Voice', 6);
    await leave('+4930111444', 'Hanna Hang-Up', 2);
    await leave('+4930111555', 'Anton Maria von Württemberg-Hohenstein-Schillingsfürst', 7);
    const limit = Date.now() + kPatienceMs;
    let items = [];
    while (items.filter((one) => one.ended_at !== null).length < 2) {
      assert.ok(Date.now() < limit, 'two messages');
      items = (await rest.get('/voicemails')).items;
    }
    assert.deepEqual(items.map((one) => one.from).sort(), ['+4930111333', '+4930111555']);
  });

  await step(t, stage, 'a supervisor hears one, and says that it is done', async () => {
    sofia = await stage.agent('sofia', { path: '/voicemail' });
    await seen(message('Vera Voice'));
    await judge(sofia.page, 'voicemail-full');
    await message('Vera Voice').getByRole('button', { name: /Listen/ }).click();
    await sofia.page.waitForFunction(() => (document.querySelector('audio[controls]')?.duration ?? 0) > 4, null, { timeout: kPatienceMs });
    await judge(sofia.page, 'voicemail-listening');
    await message('Vera Voice').getByRole('button', { name: 'Done' }).click();
    await gone(message('Vera Voice'));
    await sofia.page.getByText('Done', { exact: true }).first().click();
    await seen(message('Vera Voice'));
    await seen(message('Vera Voice').getByText('Heard by Sofia'));
    await judge(sofia.page, 'voicemail-done');
    assertNoTrouble(sofia.page);
  });

  for (const [name, options] of [
    ['dark', { colorScheme: 'dark' }],
    ['ar', { locale: 'ar-EG' }],
    ['phone', { viewport: kPhone, isMobile: true, hasTouch: true }],
  ]) {
    await step(t, stage, `as it looks: ${name}`, async () => {
      const person = await stage.agent('sofia', { path: '/voicemail', ...options });
      await seen(person.page.getByText('Schillingsfürst'));
      await judge(person.page, `voicemail-${name}`, { axe: name !== 'ar' });
      await person.context.close();
      stage.people.splice(stage.people.indexOf(person), 1);
    });
  }
});
