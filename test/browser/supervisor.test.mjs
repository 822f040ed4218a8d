// Goal: a supervisor sees the center as it is this second, learns why nobody rings, and may step in.
import { test } from 'node:test';
import { assertNoTrouble, gone, reads, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

test('a supervisor at work', async (t) => {
  let sofia, mia, alice, pierre;
  const row = (name) => sofia.page.getByRole('row').filter({ hasText: name });
  // Those who wait can be asked about.
  const waiting = (name) => sofia.page.getByRole('listitem').filter({ has: sofia.page.getByRole('button', { name: `Why? ${name}` }) });
  const askWhy = (queue) => sofia.page.getByRole('button', { name: `Why is nobody ringing? ${queue}` }).click();
  const dialog = () => sofia.page.getByRole('dialog');
  const closeDialog = async () => {
    await dialog().getByRole('button', { name: 'Close' }).click();
    await gone(dialog());
  };

  await step(t, stage, 'an empty center teaches', async () => {
    [sofia, mia] = await Promise.all([stage.agent('sofia'), stage.customer()]);
    await seen(sofia.page.getByText('Nobody waits'));
    await judge(sofia.page, 'live-empty');
    await askWhy('Orders');
    await seen(dialog().getByText('Nothing waits here.'));
    await closeDialog();
  });

  await step(t, stage, 'a customer who waits is seen, and why nobody rings', async () => {
    await mia.begin({ name: 'Mia Becker', topic: 'orders', text: 'Anybody there?' });
    await seen(waiting('Mia Becker'));
    await reads(row('Orders').getByRole('cell').nth(1), '1');
    await askWhy('Orders');
    await seen(dialog().getByText('Those who could serve it (4) are all away or offline.'));
    await seen(dialog().getByText('Alice Andersen'));
    await judge(sofia.page, 'why-nobody-available');
    await closeDialog();
  });

  await step(t, stage, 'it rings: the board says where', async () => {
    alice = await stage.agent('alice');
    await alice.become('Available');
    await seen(waiting('Mia Becker').getByText('rings at Alice Andersen'));
    await seen(row('Alice Andersen').getByText('Ringing'));
    await sofia.page.getByRole('button', { name: 'Why? Mia Becker' }).click();
    await seen(dialog().getByText('Rings', { exact: true }));
    await judge(sofia.page, 'why-task');
    await closeDialog();
    await alice.accept('Mia Becker');
    await seen(row('Alice Andersen').getByText('In contact'));
    await seen(row('Alice Andersen').getByText('Mia Becker'));
    await gone(waiting('Mia Becker'));
  });

  await step(t, stage, 'everybody is full: why says so', async () => {
    // For later: from here on an outcome is needed, and soon.
    const adam = await Rest.signIn(stage.server, 'adam');
    const orders = await adam.one('/task-queues', 'Orders');
    await adam.patch(`/task-queues/${orders.sid}`, { wrap_up: { mode: 'required', seconds: 1, extensions: 0 } }, orders.version);
    // Three chats and no room for a call beside them.
    const worker = await adam.one('/workers', 'Alice Andersen');
    await adam.patch(`/workers/${worker.sid}`, { total_capacity: 100 }, worker.version);
    const others = await Promise.all([1, 2, 3].map(() => stage.customer()));
    pierre = others[2];
    for (const [i, name] of ['Jonas', 'Olga', 'Pierre'].entries()) {
      await others[i].begin({ name, topic: 'orders', text: `I am ${name}.` });
      if (name !== 'Pierre') await alice.accept(name);
    }
    await seen(waiting('Pierre'));
    await askWhy('Orders');
    await seen(dialog().getByText('Everybody available (1) is full.'));
    await seen(dialog().getByText('Full', { exact: true }));
    await judge(sofia.page, 'why-full');
    await closeDialog();
    await judge(sofia.page, 'live-busy');
  });

  await step(t, stage, 'nobody has the skills: why says so', async () => {
    const adam = await Rest.signIn(stage.server, 'adam');
    await adam.post('/task-queues', { friendly_name: 'Chandeliers', expression: "skills HAS 'chandeliers'" });
    await seen(row('Chandeliers'));
    await waiting('Pierre').getByRole('button', { name: 'Pierre: actions' }).click();
    await judge(sofia.page, 'task-menu');
    await sofia.page.getByRole('menuitem', { name: 'Chandeliers' }).click();
    await seen(waiting('Pierre').getByText('Chandeliers'));
    await askWhy('Chandeliers');
    await seen(dialog().getByText('Nobody has the skills this queue asks for.'));
    await judge(sofia.page, 'why-no-skills');
    await closeDialog();
  });

  await step(t, stage, 'a task is moved back, and canceled after asking once more', async () => {
    await waiting('Pierre').getByRole('button', { name: 'Pierre: actions' }).click();
    await sofia.page.getByRole('menuitem', { name: 'Orders' }).click();
    await seen(waiting('Pierre').getByText('Orders'));
    await waiting('Pierre').getByRole('button', { name: 'Pierre: actions' }).click();
    await sofia.page.getByRole('menuitem', { name: 'Cancel task' }).click();
    await judge(sofia.page, 'cancel-asked');
    await dialog().getByRole('button', { name: 'Cancel task' }).click();
    await gone(waiting('Pierre'));
    await seen(pierre.panel.getByText('This chat has ended'));
  });

  await step(t, stage, 'an agent is sent to a break; their page follows', async () => {
    await row('Alice Andersen').getByRole('button', { name: 'Alice Andersen: actions' }).click();
    await judge(sofia.page, 'agent-menu');
    await sofia.page.getByRole('menuitemradio', { name: 'Break' }).click();
    await alice.is('Break');
    await row('Alice Andersen').getByRole('button', { name: 'Alice Andersen: actions' }).click();
    await sofia.page.getByRole('menuitem', { name: 'Lunch after this' }).click();
    await seen(alice.page.getByRole('button', { name: 'Activity: Break then Lunch' }));
    await judge(alice.page, 'work-then-lunch');
  });

  await step(t, stage, 'wrap-up that is overdue raises an alert, until somebody cares', async () => {
    await alice.open('Olga');
    await alice.endChat();
    const alert = sofia.page.getByRole('region', { name: 'Please look at this' });
    await seen(alert.getByText('Wrap-up overdue'));
    await seen(alert.getByText('Alice Andersen'));
    await seen(alice.wrapUpPanel.getByText('Overdue'));
    await judge(alice.page, 'wrap-up-overdue');
    await judge(sofia.page, 'live-alert');
    // What has to be said has to be said.
    await seen(alice.wrapUpPanel.locator('button[disabled]', { hasText: 'Complete' }));
    await alice.wrapUp({ outcome: 'Not for us' });
    await sofia.page.getByRole('button', { name: "I'll see to it" }).click();
    await gone(alert);
  });

  await step(t, stage, 'any number leads to its contacts', async () => {
    await sofia.page.locator('dl').first().getByRole('link').first().click();
    await seen(sofia.page.getByRole('heading', { level: 1, name: 'History' }));
    await seen(sofia.page.getByRole('link', { name: 'Olga' }));
    await judge(sofia.page, 'history');
    await sofia.page.getByRole('textbox', { name: 'Search by customer' }).fill('nobody of that name');
    await seen(sofia.page.getByText('Nothing fits these filters'));
    await judge(sofia.page, 'history-no-match');
    await sofia.button('Clear the filters').click();
    await seen(sofia.page.getByRole('link', { name: 'Pierre' }));
    assertNoTrouble(...stage.people.map((p) => p.page));
  });
});
