// Goal: reloads lose nothing, and several tabs of one person agree. Method: the same customer and the same agent in two tabs each.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { assertNoTrouble, gone, newPage, reads, seen } from './harness/browser.mjs';
import { shot } from './harness/looks.mjs';
import { Person } from './harness/people.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

test('reloads and several tabs', async (t) => {
  let mia, mia2, alice, alice2;

  await step(t, stage, 'a second tab of the shop joins the chat begun in the first', async () => {
    [mia, alice] = await Promise.all([stage.customer(), stage.agent('alice')]);
    mia2 = await stage.customer({ context: mia.context });
    await alice.become('Available');
    await mia.page.bringToFront();
    await mia.begin({ name: 'Mia Becker', topic: 'orders', text: 'From the first tab.' });
    await mia2.page.bringToFront();
    await mia2.open();
    await mia2.sees('From the first tab.');
    await mia2.say('From the second tab.');
    await mia.page.bringToFront();
    await reads(mia.bubbles, ['From the first tab.', 'From the second tab.']);
  });

  await step(t, stage, 'a second tab of the console continues the same sign-in', async () => {
    alice2 = new Person();
    alice2.context = alice.context;
    alice2.page = await newPage(alice.context);
    stage.people.push(alice2);
    await alice2.page.goto(`${stage.server.url}/console/`);
    await shot(alice2.page, 'sign-in-continue');
    await alice2.page.getByRole('region', { name: 'Continue as' }).getByRole('button', { name: /Alice Andersen/ }).click();
    await alice2.is('Available');
  });

  await step(t, stage, 'what one tab accepts and says, the other shows', async () => {
    await seen(alice2.offer('Mia Becker'));
    await alice.page.bringToFront();
    await alice.accept('Mia Becker');
    await alice2.page.bringToFront();
    await gone(alice2.offers.first());
    await alice2.open('Mia Becker');
    await alice2.sees('From the second tab.');
    await alice2.say('Answered from the second tab.');
    await alice.page.bringToFront();
    await alice.sees('Answered from the second tab.');
    await alice.say('And from the first.');
    await alice2.page.bringToFront();
    await alice2.sees('And from the first.');
    await alice2.become('Break');
    await alice.page.bringToFront();
    await alice.is('Break');
  });

  await step(t, stage, 'a reload of the agent keeps conversation, draft and place', async () => {
    await alice.field.fill('Half a sent');
    await alice.reload();
    await seen(alice.page.getByRole('heading', { level: 1, name: 'Mia Becker' }));
    await alice.sees('And from the first.');
    assert.equal(await alice.field.inputValue(), 'Half a sent');
    await reads(alice.log.getByText('From the first tab.', { exact: true }), 'From the first tab.');
  });

  await step(t, stage, 'a reload of the customer keeps the chat and what was typed', async () => {
    await mia.page.bringToFront();
    await mia.field.fill('I was about to');
    await mia.reload();
    await mia.open();
    await mia.sees('And from the first.');
    assert.equal(await mia.field.inputValue(), 'I was about to');
    await mia.field.press('Enter');
    await alice.page.bringToFront();
    await alice.sees('I was about to');
  });

  await step(t, stage, 'another page of the shop shows what came meanwhile', async () => {
    await mia2.page.bringToFront();
    await mia2.panel.getByRole('button', { name: 'Close the chat window' }).click();
    await mia.page.bringToFront();
    await mia.page.goto(`${stage.server.url}/demo/index.html?page=2`);
    await seen(mia.launcher);
    await alice.page.bringToFront();
    await alice.say('Are you still with us?');
    await mia.page.bringToFront();
    await seen(mia.widget.getByRole('button', { name: /1 new message/ }));
    await shot(mia.page, 'widget-unread');
    await mia.open();
    await mia.sees('Are you still with us?');
  });

  await step(t, stage, 'ended in one tab is ended in all', async () => {
    await mia.panel.getByRole('button', { name: 'End chat' }).click();
    await mia.panel.getByRole('alertdialog').getByRole('button', { name: 'End chat' }).click();
    await mia2.page.bringToFront();
    await mia2.open();
    await seen(mia2.panel.getByText('This chat has ended'));
    await alice2.page.bringToFront();
    await seen(alice2.wrapUpPanel);
    await alice.page.bringToFront();
    await seen(alice.wrapUpPanel);
    await alice.wrapUp({ outcome: 'Order changed' });
    await alice2.page.bringToFront();
    await gone(alice2.wrapUpPanel);
    assertNoTrouble(...stage.people.map((p) => p.page));
  });
});
