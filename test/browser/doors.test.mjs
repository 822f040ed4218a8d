// Goal: the three doors of the home page work side by side in one browser: every tab is somebody of its own (law 9).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { assertNoTrouble, newContext, newPage, reads, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Customer, Person } from './harness/people.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

// A door opens a tab of its own, and whoever opens it is in front of it.
async function through(home, link, Kind) {
  await home.bringToFront();
  const opened = home.context().waitForEvent('page');
  await home.getByRole('link', { name: link }).click();
  const person = new Kind();
  person.context = home.context();
  person.page = await opened;
  person.page.troubles = [];
  person.server = stage.server;
  stage.people.push(person);
  return person;
}

test('three doors in one browser', async (t) => {
  let home, customer, alice, sofia;

  await step(t, stage, 'the home page has three doors', async () => {
    home = await newPage(await newContext(stage.browser));
    stage.people.push({ page: home });
    await home.goto(stage.server.url);
    await seen(home.getByRole('heading', { name: 'Customer' }));
    await judge(home, 'home', { fullPage: true });
  });

  await step(t, stage, 'each opens as somebody else', async () => {
    customer = await through(home, 'Open the shop', Customer);
    await seen(customer.launcher);
    alice = await through(home, 'Enter as Alice Andersen', Person);
    await seen(alice.page.getByRole('button', { name: /Alice Andersen/ }));
    sofia = await through(home, 'Enter as Sofia Santos', Person);
    await seen(sofia.page.getByRole('button', { name: /Sofia Santos/ }));
    await seen(sofia.page.getByRole('heading', { name: 'Queues' }));
    const cookies = (await home.context().cookies()).filter((c) => c.name.startsWith('carillon_'));
    assert.equal(cookies.length, 2);
    assert.ok(cookies.every((c) => c.httpOnly));
  });

  await step(t, stage, 'a contact goes through all three', async () => {
    await alice.page.bringToFront();
    await alice.become('Available');
    await customer.page.bringToFront();
    await customer.begin({ name: 'Yuki', topic: 'technical', text: 'How do I take the shade off?' });
    await alice.page.bringToFront();
    await alice.accept('Yuki');
    await alice.say('There is a small screw.');
    await sofia.page.bringToFront();
    await seen(sofia.page.getByRole('row').filter({ hasText: 'Alice Andersen' }).filter({ hasText: 'Yuki' }));
    await customer.page.bringToFront();
    await customer.sees('There is a small screw.');
  });

  await step(t, stage, 'a reload leaves everybody who they were', async () => {
    await sofia.page.bringToFront();
    await sofia.page.reload();
    await seen(sofia.page.getByRole('button', { name: /Sofia Santos/ }));
    await alice.page.bringToFront();
    await alice.page.reload();
    await seen(alice.page.getByRole('button', { name: /Alice Andersen/ }));
    await alice.sees('There is a small screw.');
  });

  await step(t, stage, 'who signs out takes nobody along', async () => {
    await sofia.page.bringToFront();
    await sofia.page.getByRole('button', { name: /Sofia Santos/ }).click();
    await sofia.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await seen(sofia.page.getByRole('heading', { name: 'Sign in' }));
    await reads(sofia.page.getByRole('region', { name: 'Continue as' }).getByRole('button'), /Alice Andersen/);
    await alice.page.bringToFront();
    await alice.say('Still here.');
    await customer.page.bringToFront();
    await customer.sees('Still here.');
    assertNoTrouble(home, customer.page, alice.page, sofia.page);
  });
});
