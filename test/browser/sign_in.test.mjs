// Goal: who may, gets in; who may not, is told what to do; and an end of a sign-in loses nothing that was typed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { assertNoTrouble, gone, newContext, newPage, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Person, kPassword } from './harness/people.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

test('signing in and out', async (t) => {
  let alice, mia;
  const field = (name) => alice.page.getByRole('textbox', { name });
  const enter = async (username, password) => {
    await field('User name').fill(username);
    await alice.page.getByLabel('Password', { exact: true }).fill(password);
    await alice.page.getByRole('button', { name: 'Sign in' }).click();
  };

  await step(t, stage, 'a wrong password is refused in words', async () => {
    alice = new Person();
    alice.context = await newContext(stage.browser);
    alice.page = await newPage(alice.context);
    stage.people.push(alice);
    await alice.page.goto(`${stage.server.url}/console/work`);
    await seen(alice.page.getByRole('heading', { name: 'Sign in' }));
    await seen(alice.page.getByRole('region', { name: 'Demo accounts, one click' }));
    await judge(alice.page, 'sign-in');
    await enter('alice', 'not-her-password');
    await seen(alice.page.getByRole('alert'));
    await judge(alice.page, 'sign-in-refused');
  });

  await step(t, stage, 'the right one leads where they wanted to go', async () => {
    await enter('alice', kPassword);
    await seen(alice.page.getByRole('heading', { name: 'My work' }));
    assert.equal(new URL(alice.page.url()).pathname, '/console/work');
  });

  await step(t, stage, 'what is not for one’s role is not there', async () => {
    assert.equal(await alice.page.getByRole('link', { name: 'Settings' }).count(), 0);
    await alice.page.goto(`${stage.server.url}/console/admin/users`);
    await seen(alice.page.getByText('There is no such page'));
    await judge(alice.page, 'not-found');
    await alice.page.getByRole('link', { name: 'Go to the start page' }).click();
    await seen(alice.page.getByRole('heading', { name: 'My work' }));
  });

  await step(t, stage, 'a password is changed, and the other sign-ins end: told why, nothing typed is lost', async () => {
    mia = await stage.customer();
    await alice.become('Available');
    await mia.begin({ name: 'Mia Becker', topic: 'orders', text: 'Hello!' });
    await alice.accept('Mia Becker');
    await alice.field.fill('A half-written answ');
    const elsewhere = await stage.agent('alice');
    await elsewhere.page.getByRole('button', { name: /^Alice Andersen/ }).click();
    await judge(elsewhere.page, 'user-menu');
    await elsewhere.page.getByRole('menuitem', { name: 'Change password' }).click();
    const dialog = elsewhere.page.getByRole('dialog');
    await dialog.getByLabel('Current password').fill(kPassword);
    await dialog.getByLabel('New password').fill('short');
    await seen(dialog.getByText('At least 10 characters'));
    await judge(elsewhere.page, 'change-password');
    await dialog.getByLabel('New password').fill('another-good-one');
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await seen(elsewhere.page.getByText('Your password is changed.'));
    await seen(alice.page.getByText('Your sign-in has ended. What you had typed is kept.'));
    await judge(alice.page, 'sign-in-expired');
    await enter('alice', 'another-good-one');
    await alice.sees('Hello!');
    assert.equal(await alice.field.inputValue(), 'A half-written answ');
  });

  await step(t, stage, 'signing out ends it, for the next reload too', async () => {
    await alice.page.getByRole('button', { name: /^Alice Andersen/ }).click();
    await alice.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await seen(alice.page.getByRole('heading', { name: 'Sign in' }));
    await gone(alice.page.getByText('Mia Becker'));
    await alice.page.reload();
    await seen(alice.page.getByRole('heading', { name: 'Sign in' }));
    assertNoTrouble(alice.page, mia.page);
  });
});
