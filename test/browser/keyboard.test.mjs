// Goal: an agent's day without a mouse: sign in, become available, accept, answer, note, hand on, wrap up.
import { test } from 'node:test';
import { assertNoTrouble, gone, newContext, newPage, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Person, kPassword } from './harness/people.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

test('the keyboard is enough', async (t) => {
  let alice, mia, jonas, keys;

  await step(t, stage, 'signing in', async () => {
    alice = new Person();
    alice.context = await newContext(stage.browser);
    alice.page = await newPage(alice.context);
    keys = alice.page.keyboard;
    stage.people.push(alice);
    await alice.page.goto(`${stage.server.url}/console/`);
    await seen(alice.page.getByRole('textbox', { name: 'User name' }));
    await keys.type('alice');
    await keys.press('Tab');
    await keys.type(kPassword);
    await keys.press('Enter');
    await seen(alice.page.getByText('You are set to Offline'));
    await alice.is('Offline');  // the menu is there
  });

  await step(t, stage, 'available, by the activity menu', async () => {
    await keys.press('Alt+p');
    await seen(alice.page.getByRole('menuitemradio', { name: 'Available' }));
    await judge(alice.page, 'activity-menu');
    await keys.press('ArrowDown');
    await keys.press('ArrowUp');
    await keys.press('Enter');
    await alice.is('Available');
  });

  await step(t, stage, 'the list of shortcuts', async () => {
    await keys.press('Escape');
    await keys.press('?');
    await seen(alice.page.getByRole('dialog', { name: 'Keyboard shortcuts' }));
    await judge(alice.page, 'shortcuts');
    await keys.press('Escape');
    await gone(alice.page.getByRole('dialog'));
  });

  await step(t, stage, 'accepting what rings leads to it, ready to write', async () => {
    [mia, jonas] = await Promise.all([stage.customer(), stage.customer()]);
    await mia.begin({ name: 'Mia Becker', topic: 'orders', text: 'Hello, keyboard.' });
    await seen(alice.offer('Mia Becker'));
    await keys.press('Alt+a');
    await alice.sees('Hello, keyboard.');
    await seen(alice.field.and(alice.page.locator(':focus')));
    await keys.type('Hello, Mia.');
    await keys.press('Shift+Enter');
    await keys.type('How can I help?');
    await keys.press('Enter');
    await mia.sees('How can I help?');
  });

  await step(t, stage, 'a second one, and back and forth between them', async () => {
    await jonas.begin({ name: 'Jonas Lind', topic: 'technical', text: 'And me.' });
    await seen(alice.offer('Jonas Lind'));
    await keys.press('Alt+a');
    await seen(alice.page.getByRole('heading', { level: 1, name: 'Jonas Lind' }));
    await keys.press('Alt+ArrowUp');
    await seen(alice.page.getByRole('heading', { level: 1, name: 'Mia Becker' }));
    await keys.press('Alt+ArrowDown');
    await seen(alice.page.getByRole('heading', { level: 1, name: 'Jonas Lind' }));
    await keys.press('Alt+k');
    await keys.type('One moment.');
    await keys.press('Enter');
    await jonas.sees('One moment.');
  });

  await step(t, stage, 'a note for colleagues', async () => {
    await keys.press('Alt+n');
    await seen(alice.page.getByRole('textbox', { name: /note only colleagues/ }));
    await keys.type('Asks for a bulb.');
    await keys.press('Enter');
    await alice.sees('Asks for a bulb.');
    await keys.press('Alt+n');
    await seen(alice.field);
  });

  await step(t, stage, 'the palette finds what can be done', async () => {
    await keys.press('Control+k');
    await seen(alice.page.getByRole('dialog', { name: 'Command palette' }));
    await judge(alice.page, 'palette');
    await keys.type('hist');
    await keys.press('Enter');
    await seen(alice.page.getByRole('heading', { level: 1, name: 'History' }));
    await keys.press('Alt+1');
    await seen(alice.page.getByRole('heading', { name: 'My work' }));
  });

  await step(t, stage, 'handing on: the dialog is left by Escape, and the focus comes back', async () => {
    await keys.press('Alt+t');
    await seen(alice.page.getByRole('dialog', { name: /^Transfer/ }));
    await keys.press('Escape');
    await gone(alice.page.getByRole('dialog'));
  });

  await step(t, stage, 'ending, wrapping up, completing', async () => {
    const name = await alice.page.getByRole('heading', { level: 1 }).innerText();
    await keys.press('Alt+e');
    await seen(alice.wrapUpPanel);
    await keys.press('Tab');
    await keys.press('Space');
    await alice.wrapUpPanel.locator('input:checked').waitFor({ state: 'attached' });
    await keys.press('Tab');
    await seen(alice.wrapUpPanel.getByRole('textbox', { name: 'Note' }).and(alice.page.locator(':focus')));
    await keys.type('By keyboard alone.');
    await seen(alice.wrapUpPanel.getByText('Saved', { exact: true }));
    await keys.press('Alt+c');
    await gone(alice.wrapUpPanel);
    const left = name === 'Mia Becker' ? 'Jonas Lind' : 'Mia Becker';
    await alice.workIs([left]);
    assertNoTrouble(alice.page, mia.page, jonas.page);
  });
});
