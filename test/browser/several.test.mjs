// Goal: several chats at once stay apart, and one that is handed on arrives whole. Method: three customers, two agents.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { assertNoTrouble, gone, reads, seen } from './harness/browser.mjs';
import { judge, shot } from './harness/looks.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

test('three chats at once, one of them handed on', async (t) => {
  let mia, jonas, olga, alice, deniz;

  await step(t, stage, 'three ring and are accepted', async () => {
    [mia, jonas, olga, alice] = await Promise.all([stage.customer(), stage.customer(), stage.customer(), stage.agent('alice')]);
    await alice.become('Available');
    await mia.begin({ name: 'Mia Becker', topic: 'orders', text: 'Is the Halo in stock?' });
    await alice.accept('Mia Becker');
    await jonas.begin({ name: 'Jonas Lind', topic: 'orders', text: 'Please cancel 4712.' });
    await alice.accept('Jonas Lind');
    await olga.begin({ name: 'Olga Ivanova', topic: 'technical', text: 'My Luna flickers.' });
    await alice.accept('Olga Ivanova');
    await alice.workIs(['Mia Becker', 'Jonas Lind', 'Olga Ivanova']);
    await judge(alice.page, 'three-chats');
  });

  await step(t, stage, 'what is said in one is not heard in another, and is counted', async () => {
    await mia.say('Hello?');
    await mia.say('Anybody?');
    const ofMia = alice.work.filter({ hasText: 'Mia Becker' });
    await seen(ofMia.getByText('2 unread messages'));
    await reads(ofMia.getByText('Anybody?'), 'Anybody?');
    await gone(alice.bubble('Anybody?'));
    await shot(alice.page, 'three-chats-unread');
    await alice.open('Mia Becker');
    await alice.sees('Anybody?');
    await gone(ofMia.getByText('unread'));
    await alice.say('Yes, three pieces.');
    await mia.sees('Yes, three pieces.');
    assert.equal(await jonas.bubbles.count(), 1);
  });

  await step(t, stage, 'a draft stays with its conversation', async () => {
    await alice.field.fill('Shall I put one');
    await alice.open('Jonas Lind');
    await alice.say('4712 is cancelled.');
    await jonas.sees('4712 is cancelled.');
    await alice.open('Mia Becker');
    assert.equal(await alice.field.inputValue(), 'Shall I put one');
    await alice.field.fill('');
  });

  await step(t, stage, 'nobody is free: the fourth one hears their place', async () => {
    const pierre = await stage.customer();
    await pierre.begin({ name: 'Pierre', topic: 'orders', text: 'Bonjour!' });
    await pierre.notes('You are next.');
    const second = await stage.customer();
    await second.begin({ name: 'Chiara', topic: 'orders', text: 'Ciao!' });
    await second.notes('You are number 2 in line.');
    // One who leaves makes room.
    await pierre.panel.getByRole('button', { name: 'End chat' }).click();
    await judge(pierre.page, 'widget-end-asked');
    await pierre.panel.getByRole('alertdialog').getByRole('button', { name: 'End chat' }).click();
    await seen(pierre.panel.getByText('This chat has ended'));
    await second.notes('You are next.');
    await second.panel.getByRole('button', { name: 'End chat' }).click();
    await second.panel.getByRole('alertdialog').getByRole('button', { name: 'End chat' }).click();
    await seen(second.panel.getByText('This chat has ended'));
  });

  await step(t, stage, 'a transfer to another queue shows what awaits there', async () => {
    deniz = await stage.agent('deniz');
    await deniz.become('Available');
    await alice.open('Mia Becker');
    await alice.button('Transfer').click();
    const dialog = alice.page.getByRole('dialog');
    await seen(dialog.getByText('2 agents available, 1 free').first());
    await judge(alice.page, 'transfer');
    await dialog.getByRole('tab', { name: 'To a colleague' }).click();
    await seen(dialog.getByRole('button', { name: 'Transfer to Deniz Demir' }));
    await judge(alice.page, 'transfer-colleague');
    await dialog.getByRole('tab', { name: 'To a queue' }).click();
    await dialog.getByRole('button', { name: 'Transfer to Technical help' }).click();
    await gone(dialog);
    await seen(alice.wrapUpPanel);
    await mia.notes('You are next.');
  });

  await step(t, stage, 'the second agent gets it, with everything that was said', async () => {
    const offer = deniz.offer('Mia Becker');
    await seen(offer.getByText('Transferred to you'));
    await seen(offer.getByText('Anybody?'));
    await judge(deniz.page, 'offer-transferred');
    await deniz.accept('Mia Becker');
    await deniz.sees('Is the Halo in stock?');
    await deniz.sees('Yes, three pieces.');
    await mia.say('Can it be dimmed?');
    await deniz.sees('Can it be dimmed?');
    await deniz.say('It can, with any dimmer.');
    await mia.sees('It can, with any dimmer.');
    await seen(mia.panel.getByText('You are talking with Deniz Demir'));
    await judge(mia.page, 'widget-two-agents');
  });

  await step(t, stage, 'the first one wraps up their part, and the talk goes on', async () => {
    await alice.wrapUp({ outcome: 'Advice before buying' });
    await alice.workIs(['Jonas Lind', 'Olga Ivanova']);
    await mia.say('Thanks!');
    await deniz.sees('Thanks!');
  });

  await step(t, stage, 'a colleague may be asked by name, and may decline', async () => {
    await deniz.button('Transfer').click();
    const dialog = deniz.page.getByRole('dialog');
    await dialog.getByRole('tab', { name: 'To a colleague' }).click();
    await dialog.getByRole('button', { name: 'Transfer to Alice Andersen' }).click();
    await gone(dialog);
    await seen(deniz.page.getByText('Handed over, not yet taken'));
    await shot(deniz.page, 'transfer-waits');
    await alice.offer('Mia Becker').getByRole('button', { name: 'Decline' }).click();
    await seen(deniz.page.getByText('Mia Becker stays with you'));
    await gone(deniz.page.getByText('Handed over, not yet taken'));
    await shot(deniz.page, 'transfer-refused');
    await deniz.say('I have asked; the blue one is back in May.');
    await mia.sees('I have asked; the blue one is back in May.');
    assertNoTrouble(...stage.people.map((p) => p.page));
  });
});
