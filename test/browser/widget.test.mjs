// Goal: the customer's side by itself: nobody there, files, another language, a phone, a site that may not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoTrouble, gone, kPhone, newContext, newPage, reads, seen } from './harness/browser.mjs';
import { judge, shot } from './harness/looks.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

test('a message is left, and its answer found', async (t) => {
  let mia, alice;

  await step(t, stage, 'with nobody there the form takes a message', async () => {
    mia = await stage.customer();
    await mia.open();
    await seen(mia.panel.getByText('Nobody is here right now'));
    await judge(mia.page, 'widget-nobody-here');
    await mia.begin({ name: 'Mia Becker', email: 'mia@example.org', topic: 'technical', text: 'My lamp hums at night.' });
    await mia.notes('Thank you, we have your message.');
    await judge(mia.page, 'widget-message-left');
  });

  await step(t, stage, 'it waits for the first agent, though the customer has gone', async () => {
    await mia.page.goto('about:blank');
    alice = await stage.agent('alice');
    await alice.become('Available');
    await seen(alice.offer('Mia Becker').getByText('Message left'));
    await seen(alice.offer('Mia Becker').getByText('My lamp hums at night.'));
    await judge(alice.page, 'offer-message-left');
    await alice.accept('Mia Becker');
    await seen(alice.page.getByRole('complementary', { name: 'Customer' }).getByText('mia@example.org'));
    await alice.say('That is the old transformer; we send you a new one.');
    await alice.endChat();
    await alice.wrapUp({ outcome: 'Spare part sent' });
  });

  await step(t, stage, 'the answer waits for the customer', async () => {
    await mia.page.goto(`${stage.server.url}/demo/`);
    await seen(mia.widget.getByRole('button', { name: /1 new message/ }));
    await mia.open();
    await mia.sees('we send you a new one.');
    await judge(mia.page, 'widget-answer-found');
    await mia.reload();
    await seen(mia.launcher);
    await gone(mia.widget.getByRole('button', { name: /new message/ }));
    assertNoTrouble(mia.page, alice.page);
  });
});

test('files, both ways of seeing them', async (t) => {
  let jonas, alice;

  await step(t, stage, 'a customer sends a picture, the agent gets it', async () => {
    alice = stage.people.find((p) => p.username === 'alice');
    jonas = await stage.customer();
    await jonas.begin({ name: 'Jonas Lind', topic: 'orders', text: 'It arrived broken.' });
    await alice.accept('Jonas Lind');
    const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    await jonas.panel.locator('input[type=file]').setInputFiles({ name: 'broken lamp.png', mimeType: 'image/png', buffer: picture });
    await seen(jonas.bubbles.getByRole('button', { name: 'broken lamp.png' }));
    const download = alice.page.waitForEvent('download');
    await alice.log.getByRole('button', { name: /broken lamp.png/ }).click();
    assert.equal((await download).suggestedFilename(), 'broken lamp.png');
    await shot(alice.page, 'conversation-file');
    await shot(jonas.page, 'widget-file');
  });

  await step(t, stage, 'too large a one is refused in words', async () => {
    const huge = join(stage.server.data, 'huge.bin');
    writeFileSync(huge, '');
    truncateSync(huge, 26 * 1024 * 1024);
    await jonas.panel.locator('input[type=file]').setInputFiles(huge);
    await seen(jonas.panel.getByText('The file is too large.'));
    await judge(jonas.page, 'widget-file-too-large');
    await alice.endChat();
    await alice.wrapUp({ outcome: 'Delivery problem' });
  });
});

test('other languages, a phone, the dark', async (t) => {
  for (const [name, options, words] of [
    ['de', { locale: 'de-DE' }, { here: 'Wir sind da', next: 'Sie sind als Nächstes an der Reihe.' }],
    ['ar', { locale: 'ar-EG' }, { here: 'نحن هنا', next: 'أنت التالي.' }],
    ['phone', { viewport: kPhone, hasTouch: true, isMobile: true }, { here: 'We are here', next: 'You are next.' }],
    ['dark', { colorScheme: 'dark' }, { here: 'We are here', next: 'You are next.' }],
  ]) {
    await step(t, stage, name, async () => {
      const customer = await stage.customer(options);
      await judge(customer.page, `widget-${name}-closed`);
      await customer.open();
      await seen(customer.panel.getByText(words.here));
      await judge(customer.page, `widget-${name}-form`);
      await customer.panel.locator('input').first().fill('Maximiliane von Württemberg-Hohenstein-Schillingsfürst');
      await customer.field.fill(name === 'ar' ? 'متى يصل طلبي رقم 4711؟' : 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen'.repeat(3));
      await customer.panel.locator('button[type=submit]').click();
      await customer.notes(words.next);
      await judge(customer.page, `widget-${name}-waiting`);
      // Makes room for the next, in whatever language.
      await customer.panel.locator('.endchat').click();
      await customer.panel.locator('.ask .primary').click();
      await seen(customer.panel.locator('.over'));
      await judge(customer.page, `widget-${name}-over`);
      assertNoTrouble(customer.page);
      await customer.context.close();
      stage.people.splice(stage.people.indexOf(customer), 1);
    });
  }
});

test('another site: refused unless it is listed', async (t) => {
  const other = stage.server.url.replace('127.0.0.1', 'localhost');
  const context = await newContext(stage.browser);
  // Chromium asks before a page may speak to this very machine; real sites and servers are not on it.
  await context.grantPermissions(['local-network-access']);
  const page = await newPage(context);
  const doors = await (await fetch(`${stage.server.url}/api/v1/demo`)).json();
  const html = `<!doctype html><html lang="en"><title>Blog</title><main><h1>Another site</h1></main>
    <script src="${stage.server.url}/widget/carillon-widget.js" data-widget="${doors.widget_sid}"></script></html>`;
  await page.route(`${other}/blog`, (route) => route.fulfill({ contentType: 'text/html', body: html }));

  await step(t, stage, 'not listed', async () => {
    const told = page.waitForEvent('console', (m) => m.text().includes('may not use the widget'));
    await page.goto(`${other}/blog`);
    await told;
    await reads(page.locator('[data-carillon]'), []);
  });

  await step(t, stage, 'listed', async () => {
    const adam = await Rest.signIn(stage.server, 'adam');
    const widget = await adam.get(`/widgets/${doors.widget_sid}`);
    await adam.patch(`/widgets/${widget.sid}`, { allowed_origins: [other], theme: { accent_color: '#ffd54a', side: 'left', scheme: 'dark' } }, widget.version);
    const spoken = page.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived', (f) => String(f.payload).includes('"hello"')));
    await page.reload();
    await page.locator('[data-carillon] .launch').click();
    const panel = page.locator('[data-carillon]').getByRole('dialog');
    await panel.getByLabel(/name/i).fill('Noor');
    await panel.locator('textarea').fill('From another site.');
    await panel.locator('button[type=submit]').click();
    await seen(panel.locator('.note').filter({ hasText: 'You are next.' }));
    await spoken;
    await judge(page, 'widget-other-site');
  });
});
