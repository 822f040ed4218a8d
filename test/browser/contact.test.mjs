// Goal: a whole contact, as a customer and an agent live it: the words ring, are answered, wrapped up, counted, and known next time.
import { test } from 'node:test';
import { assertNoTrouble, gone, reads, seen } from './harness/browser.mjs';
import { judge, shot } from './harness/looks.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

test('a customer asks, an agent answers', async (t) => {
  let customer, alice, sofia;

  await step(t, stage, 'the shop has a chat button', async () => {
    [customer, alice, sofia] = await Promise.all([stage.customer(), stage.agent('alice'), stage.agent('sofia')]);
    await seen(customer.launcher);
    await judge(customer.page, 'shop');
    await judge(alice.page, 'work-offline');
  });

  await step(t, stage, 'the agent becomes available with one click', async () => {
    await alice.button('Change to Available').click();
    await alice.is('Available');
    await judge(alice.page, 'work-quiet');
  });

  await step(t, stage, 'the customer says what it is about, and hears where they stand', async () => {
    await customer.open();
    await seen(customer.panel.getByText('We are here'));
    await judge(customer.page, 'widget-form');
    await customer.begin({ name: 'Mia Becker', topic: 'orders', text: 'Where is my order 4711?' });
    await customer.notes('You are next. About 1 to 3 min.');
    await judge(customer.page, 'widget-waiting');
  });

  await step(t, stage, 'it rings with the words of the customer', async () => {
    const offer = alice.offer('Mia Becker');
    await seen(offer.getByText('Where is my order 4711?'));
    await reads(offer.locator('dd').first(), 'Orders');
    await judge(alice.page, 'offer');
    await alice.accept('Mia Becker');
    await alice.sees('Where is my order 4711?');
    await seen(customer.panel.getByText('You are talking with Alice Andersen'));
  });

  await step(t, stage, 'each sees the other typing, and what they say, once', async () => {
    await alice.field.pressSequentially('Hello Mia');
    await seen(customer.log.getByText('Alice Andersen is typing'));
    await shot(customer.page, 'widget-typing');
    await alice.say('Hello Mia, let me have a look.');
    await customer.sees('Hello Mia, let me have a look.');
    await customer.field.pressSequentially('It was ordered');
    await seen(alice.page.getByText('is writing').first());
    await shot(alice.page, 'conversation-typing');
    await customer.say('It was ordered last Tuesday.\nTo my office.');
    await alice.sees('It was ordered last Tuesday. To my office.');
    await alice.say('It leaves today: https://track.example/4711 <b>soon</b>');
    await customer.sees('<b>soon</b>');
    await reads(customer.bubbles, ['Where is my order 4711?', 'Hello Mia, let me have a look.', /^It was ordered/, /^It leaves today/]);
    // Read marks: both look at it.
    await seen(alice.log.getByText('Read').last());
    await judge(alice.page, 'conversation');
    await judge(customer.page, 'widget-talking');
  });

  await step(t, stage, 'the agent notes something only colleagues see', async () => {
    await alice.page.getByText('Note', { exact: true }).first().click();
    await alice.page.getByRole('textbox', { name: /note only colleagues/ }).fill('Carrier lost it once already.');
    await judge(alice.page, 'composer-note');
    await alice.page.keyboard.press('Enter');
    await alice.sees('Carrier lost it once already.');
    await alice.page.getByText('Reply', { exact: true }).first().click();
    await customer.say('Thank you!');
    await alice.sees('Thank you!');
    await gone(customer.bubbles.filter({ hasText: 'Carrier lost it' }));
  });

  await step(t, stage, 'wrap-up asks what came of it, and its note is kept', async () => {
    await alice.endChat();
    await seen(customer.panel.getByText('This chat has ended'));
    await judge(customer.page, 'widget-over');
    await alice.wrapUpPanel.getByText('Order status given', { exact: true }).click();
    await alice.wrapUpPanel.getByRole('textbox').fill('Parcel was late; promised Thursday.');
    await seen(alice.wrapUpPanel.getByText('Saved', { exact: true }));
    await judge(alice.page, 'wrap-up');
    // Those of the other queue are not offered.
    await gone(alice.wrapUpPanel.getByText('Spare part sent'));
    await alice.wrapUp();
    await seen(alice.page.getByText('All quiet'));
  });

  await step(t, stage, 'the numbers of today have it', async () => {
    await reads(alice.page.locator('header').getByText('Handled').locator('xpath=..').locator('dd'), '1');
    const numbers = sofia.page.locator('dl').first();
    const value = (label) => numbers.locator('div', { has: sofia.page.getByText(label, { exact: true }) }).locator('dd').first();
    await reads(value('Contacts today'), '1');
    await reads(value('Service level'), '100%');
    await reads(value('Abandonment'), '0%');
    await reads(value('Speed of answer'), /^\d+s$/);
    await reads(value('Handle time'), /^\d+s$/);
    await judge(sofia.page, 'live-after-contact');
  });

  await step(t, stage, 'the history tells the contact', async () => {
    await sofia.goTo('History');
    await sofia.page.getByRole('link', { name: 'Mia Becker' }).click();
    await seen(sofia.page.getByText('Hello Mia, let me have a look.'));
    await seen(sofia.page.getByText('Waited in Orders'));
    await seen(sofia.page.getByRole('combobox', { name: 'Outcome, Alice Andersen' }).and(sofia.page.locator('[value="Order status given"]')));
    await judge(sofia.page, 'contact');
  });

  await step(t, stage, 'the customer comes back, and is known', async () => {
    await customer.reload();
    await customer.open();
    await customer.panel.getByRole('button', { name: 'Start a new chat' }).click();
    await customer.begin({ name: 'Mia Becker', topic: 'orders', text: 'It is me again.' });
    await alice.accept('Mia Becker');
    await alice.sees('It is me again.');
    const beside = alice.page.getByRole('complementary', { name: 'Customer' });
    await seen(beside.getByText('Order status given'));
    await seen(beside.getByText('Parcel was late; promised Thursday.'));
    await judge(alice.page, 'conversation-known-customer');
    await alice.page.getByRole('button', { name: /^Earlier contact/ }).click();
    await alice.sees('Carrier lost it once already.');
    await shot(alice.page, 'conversation-earlier');
    assertNoTrouble(customer.page, alice.page, sofia.page);
  });
});
