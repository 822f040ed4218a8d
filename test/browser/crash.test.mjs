// Goal: kill -9 in the middle costs nobody a word. Method: the server dies while both sides write; it comes back on the same port.
import { test } from 'node:test';
import { assertNoTrouble, gone, reads, seen } from './harness/browser.mjs';
import { judge, shot } from './harness/looks.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

test('the server dies in the middle of a chat', async (t) => {
  let mia, jonas, alice, sofia;

  await step(t, stage, 'a chat is going on, another customer waits', async () => {
    [mia, jonas, alice, sofia] = await Promise.all([stage.customer(), stage.customer(), stage.agent('alice'), stage.agent('sofia')]);
    await alice.become('Available');
    await mia.begin({ name: 'Mia Becker', topic: 'orders', text: 'Before the storm.' });
    await alice.accept('Mia Becker');
    await alice.say('I am here.');
    await mia.sees('I am here.');
    // Somebody is there when he opens the form; so he waits, and leaves no message.
    await jonas.open();
    await seen(jonas.panel.getByText('We are here'));
    await alice.become('Break');
    await jonas.begin({ name: 'Jonas Lind', topic: 'orders', text: 'I can wait.' });
    await jonas.notes('You are next.');
  });

  await step(t, stage, 'kill -9: both may write on, and are told what happens to it', async () => {
    await stage.server.kill();
    await seen(mia.panel.getByText('Connecting again'));
    await mia.say('Are you still there?');
    await seen(mia.panel.getByText('Your message is kept and sent'));
    await seen(alice.page.getByText('The connection to the server is lost.'));
    await alice.say('One moment please.');
    await seen(alice.log.getByText(/Waiting for the connection|Sending/));
    await alice.field.fill('And a draft');
    await judge(alice.page, 'connection-lost');
    await judge(mia.page, 'widget-connection-lost');
    await judge(sofia.page, 'live-connection-lost');
  });

  await step(t, stage, 'it comes back: everything is there, once', async () => {
    await stage.server.restart();
    await gone(alice.page.getByText('The connection to the server is lost.'));
    await alice.sees('Are you still there?');
    await mia.sees('One moment please.');
    await gone(mia.panel.getByText('Connecting again'));
    await gone(mia.panel.getByText('Your message is kept and sent'));
    await gone(alice.log.getByText(/Waiting for the connection|Sending/));
    const said = ['Before the storm.', 'I am here.'];
    await reads(mia.bubbles, [...said, /^(Are you still there\?|One moment please\.)$/, /^(Are you still there\?|One moment please\.)$/]);
    await reads(alice.log.getByText('Are you still there?', { exact: true }), 'Are you still there?');
    await reads(alice.log.getByText('One moment please.', { exact: true }), 'One moment please.');
    await alice.is('Break');
    await shot(alice.page, 'connection-back');
  });

  await step(t, stage, 'the draft is there, the chat goes on', async () => {
    await alice.field.press('Enter');
    await mia.sees('And a draft');
    await mia.say('Good.');
    await alice.sees('Good.');
  });

  await step(t, stage, 'who waited keeps their place and is served', async () => {
    await jonas.notes('You are next.');
    await reads(jonas.bubbles, 'I can wait.');
    await seen(sofia.page.getByRole('listitem').filter({ hasText: 'Jonas Lind' }));
    await alice.become('Available');
    await alice.accept('Jonas Lind');
    await alice.say('Thank you for waiting.');
    await jonas.sees('Thank you for waiting.');
  });

  await step(t, stage, 'kill -9 once more, in wrap-up: note and outcome are there', async () => {
    await alice.endChat();
    await alice.wrapUpPanel.getByText('Order changed', { exact: true }).click();
    await alice.wrapUpPanel.getByRole('textbox').fill('Kept waiting by a restart.');
    await seen(alice.wrapUpPanel.getByText('Saved', { exact: true }));
    await stage.server.kill();
    await seen(alice.page.getByText('The connection to the server is lost.'));
    await stage.server.restart();
    await gone(alice.page.getByText('The connection to the server is lost.'));
    await alice.wrapUp();
    await alice.workIs(['Mia Becker']);
    await sofia.goTo('History');
    await sofia.page.getByRole('link', { name: 'Jonas Lind' }).click();
    await seen(sofia.page.getByText('Kept waiting by a restart.'));
    await seen(sofia.page.locator('[value="Order changed"]'));
    assertNoTrouble(...stage.people.map((p) => p.page));
  });
});
