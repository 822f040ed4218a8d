// Goal: what an admin sets up works. Method: a new line of business from nothing to its first contact, all by the pages.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { assertNoTrouble, gone, newContext, newPage, reads, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Customer, Person } from './harness/people.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage();

// The settings, as somebody with a mouse uses them.
class Admin extends Person {
  get drawer() {
    return this.page.getByRole('dialog').first();
  }
  async at(place) {
    await this.page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: place, exact: true }).click();
    await seen(this.page.getByRole('heading', { level: 1, name: place }));
  }
  async fresh(label) {
    await this.page.getByRole('button', { name: label }).click();
    await seen(this.drawer);
  }
  async edit(name) {
    await this.page.getByRole('row').filter({ hasText: name }).getByRole('button').first().click();
    await seen(this.drawer);
  }
  fill(label, text) {
    return this.drawer.getByLabel(label, { exact: true }).fill(text);
  }
  async choose(label, option) {
    await this.drawer.getByRole('combobox', { name: label, exact: true }).click();
    await this.page.getByRole('option', { name: option, exact: true }).click();
  }
  async save(button = 'Create') {
    await this.drawer.getByRole('button', { name: button, exact: true }).click();
    await gone(this.drawer);
  }
  row(name) {
    return seen(this.page.getByRole('row').filter({ hasText: name }));
  }
}

test('a new line of business', async (t) => {
  let adam, bea, customer, snippet;

  await step(t, stage, 'the settings open on the people', async () => {
    adam = Object.setPrototypeOf(await stage.agent('adam'), Admin.prototype);
    await adam.page.getByRole('link', { name: 'Settings' }).click();
    await seen(adam.page.getByRole('heading', { level: 1, name: 'People' }));
    await adam.row('Alice Andersen');
    await judge(adam.page, 'admin-people');
  });

  await step(t, stage, 'people: a new agent', async () => {
    await adam.fresh('New person');
    await adam.fill('Name', 'Bea Repair');
    await adam.fill('User name', 'bea repair');
    await adam.fill('Email', 'bea@example.org');
    await adam.fill('Password', 'a-long-enough-one');
    await adam.fill('Attributes', '{"skills":["repairs"');
    await seen(adam.drawer.getByText(/Line 1:|Expected|JSON/).first());
    await judge(adam.page, 'admin-person-new');
    await adam.fill('Attributes', '{"skills":["repairs"]}');
    await adam.drawer.getByRole('button', { name: 'Create', exact: true }).click();
    // A user name has no blanks; the server says where and what.
    await seen(adam.drawer.locator('[aria-invalid=true]'));
    await judge(adam.page, 'admin-person-fault');
    await adam.fill('User name', 'bea');
    await adam.save();
    await adam.row('Bea Repair');
  });

  await step(t, stage, 'queues: the expression is checked while it is typed', async () => {
    await adam.at('Queues');
    await judge(adam.page, 'admin-queues');
    await adam.fresh('New queue');
    await adam.fill('Name', 'Repairs');
    await adam.fill('Who may serve it', "skills HAS 'repairs");
    await seen(adam.drawer.getByText(/^Column/));
    await judge(adam.page, 'admin-queue-fault');
    await adam.fill('Who may serve it', "skills HAS 'repairs'");
    await seen(adam.drawer.getByText('Matches 1 agent now.'));
    await judge(adam.page, 'admin-queue-new');
    await adam.save();
    await adam.row('Repairs');
  });

  await step(t, stage, 'workflows: a document with a mistake is refused at its line', async () => {
    await adam.at('Workflows');
    await judge(adam.page, 'admin-workflows');
    await adam.fresh('New workflow');
    await adam.fill('Name', 'To the workshop');
    await adam.fill('Document', JSON.stringify({ task_routing: { filters: [], default_filter: { queue: 'WQ0123456789abcdef0123456789abcdef' } } }, null, 2));
    await seen(adam.drawer.getByText(/^Line 5:/).first());
    await judge(adam.page, 'admin-workflow-fault');
    // The sid is what the copy button says on hovering.
    await adam.drawer.getByRole('button', { name: 'Copy the sid of Repairs' }).hover();
    const sid = await adam.page.getByRole('tooltip').innerText();
    await adam.fill('Document', JSON.stringify({ task_routing: { filters: [], default_filter: { queue: sid } } }, null, 2));
    await seen(adam.drawer.getByText('No mistakes.'));
    await judge(adam.page, 'admin-workflow-new');
    await adam.save();
    await adam.row('To the workshop');
  });

  await step(t, stage, 'outcomes and activities', async () => {
    await adam.at('Outcomes');
    await judge(adam.page, 'admin-outcomes');
    await adam.fresh('New outcome');
    await adam.fill('Name', 'Repaired');
    await adam.drawer.getByRole('combobox', { name: 'Queues' }).click();
    await adam.page.getByRole('option', { name: 'Repairs' }).click();
    await adam.page.keyboard.press('Escape');
    await judge(adam.page, 'admin-outcome-new');
    await adam.save();
    await adam.row('Repaired');
    await adam.at('Activities');
    await judge(adam.page, 'admin-activities');
    await adam.fresh('New activity');
    await adam.fill('Name', 'At the workbench');
    await judge(adam.page, 'admin-activity-new');
    await adam.save();
    await adam.row('At the workbench');
  });

  await step(t, stage, 'widgets: the line for the page, the secret once', async () => {
    await adam.at('Widgets');
    await judge(adam.page, 'admin-widgets');
    await adam.fresh('New widget');
    await adam.fill('Name', 'Workshop');
    await adam.fill('Heading', 'Repairs');
    await adam.fill('Greeting', 'What is broken?');
    await adam.choose('Workflow', 'To the workshop');
    await judge(adam.page, 'admin-widget-new');
    await adam.drawer.getByRole('button', { name: 'Create', exact: true }).click();
    const secret = adam.page.getByRole('dialog', { name: 'Identity secret' });
    await seen(secret);
    await judge(adam.page, 'admin-secret');
    await secret.getByRole('button', { name: 'Close' }).click();
    await gone(secret);
    await adam.edit('Workshop');
    snippet = await adam.drawer.locator('code').filter({ hasText: '<script' }).innerText();
    await judge(adam.page, 'admin-widget-embedding');
    await adam.drawer.getByRole('button', { name: 'Cancel' }).click();
  });

  await step(t, stage, 'the first contact of the new line finds the new agent', async () => {
    bea = new Person();
    bea.context = await newContext(stage.browser);
    bea.page = await newPage(bea.context);
    stage.people.push(bea);
    await bea.page.goto(`${stage.server.url}/console/`);
    await bea.page.getByLabel('User name').fill('bea');
    await bea.page.getByLabel('Password', { exact: true }).fill('a-long-enough-one');
    await bea.page.getByRole('button', { name: 'Sign in' }).click();
    await bea.become('Available');
    customer = new Customer();
    customer.context = await newContext(stage.browser);
    customer.page = await newPage(customer.context);
    stage.people.push(customer);
    // A page that the test makes up is not on this machine to Chromium, and would have to ask to speak to it.
    await customer.context.grantPermissions(['local-network-access']);
    await customer.page.route('**/workshop.html', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<!doctype html><html lang="en"><title>Workshop</title><main><h1>Workshop</h1></main>${snippet}</html>` }));
    await customer.page.goto(`${stage.server.url}/workshop.html`);
    await customer.open();
    await seen(customer.panel.getByText('What is broken?'));
    await customer.begin({ name: 'Felix', text: 'The switch.' });
    await bea.accept('Felix');
    await bea.say('Send it in.');
    await customer.sees('Send it in.');
    await bea.endChat();
    await bea.wrapUp({ outcome: 'Repaired', note: 'Switch.' });
    await bea.activity.click();
    await seen(bea.page.getByRole('menuitemradio', { name: 'At the workbench' }));
    await bea.page.keyboard.press('Escape');
  });

  await step(t, stage, 'a change is seen at once; one that comes too late writes over nothing', async () => {
    await adam.at('Queues');
    const other = Object.setPrototypeOf(await stage.agent('adam', { path: '/admin/queues' }), Admin.prototype);
    await other.edit('Repairs');
    await adam.edit('Repairs');
    await adam.fill('Name', 'Workshop repairs');
    await adam.save('Save');
    await adam.row('Workshop repairs');
    await other.fill('Name', 'Repairs and more');
    await other.drawer.getByRole('button', { name: 'Save', exact: true }).click();
    await seen(other.drawer.getByRole('alert'));
    await judge(other.page, 'admin-changed-meanwhile');
    await other.drawer.getByRole('button', { name: 'Show the newest' }).click();
    await gone(other.drawer);
    await other.row('Workshop repairs');
  });

  await step(t, stage, 'what is in use is not deleted, what is not, is', async () => {
    await adam.edit('Workshop repairs');
    await adam.drawer.getByRole('button', { name: 'Delete' }).click();
    const sure = adam.page.getByRole('dialog', { name: 'Delete Workshop repairs?' });
    await sure.getByRole('button', { name: 'Delete' }).click();
    await seen(sure.getByRole('alert'));
    await judge(adam.page, 'admin-delete-refused');
    await sure.getByRole('button', { name: 'Keep it' }).click();
    await adam.drawer.getByRole('button', { name: 'Cancel' }).click();
    await adam.at('Activities');
    await adam.edit('At the workbench');
    await adam.drawer.getByRole('button', { name: 'Delete' }).click();
    await adam.page.getByRole('dialog', { name: 'Delete At the workbench?' }).getByRole('button', { name: 'Delete' }).click();
    await gone(adam.page.getByRole('dialog').first());
    await gone(adam.page.getByRole('row').filter({ hasText: 'At the workbench' }));
  });

  await step(t, stage, 'agents, channels, keys, the workspace', async () => {
    await adam.at('Agents');
    await judge(adam.page, 'admin-agents');
    await adam.fresh('New agent');
    await adam.fill('Name', 'Night bot');
    await adam.drawer.getByRole('switch', { name: 'Only while connected' }).uncheck();
    await judge(adam.page, 'admin-agent-new');
    await adam.save();
    await adam.row('Night bot');
    await adam.at('Task channels');
    await judge(adam.page, 'admin-channels');
    await adam.fresh('New channel');
    await adam.fill('Name', 'Letters');
    await adam.fill('Name for programs', 'letters');
    await judge(adam.page, 'admin-channel-new');
    await adam.save();
    await adam.row('Letters');
    await adam.at('API keys');
    await judge(adam.page, 'admin-keys');
    await adam.fresh('New key');
    await adam.fill('Name', 'Order system');
    await judge(adam.page, 'admin-key-new');
    await adam.drawer.getByRole('button', { name: 'Create', exact: true }).click();
    const made = adam.page.getByRole('dialog', { name: 'Your new key' });
    const secret = await made.locator('code').innerText();
    await made.getByRole('button', { name: 'Close' }).click();
    const ask = () => fetch(`${stage.server.url}/api/v1/task-queues`, { headers: { Authorization: `Bearer ${secret}` } });
    assert.equal((await ask()).status, 200);
    await adam.edit('Order system');
    await adam.drawer.getByRole('button', { name: 'Revoke' }).click();
    await adam.page.getByRole('dialog', { name: 'Delete Order system?' }).getByRole('button', { name: 'Revoke' }).click();
    await gone(adam.page.getByRole('dialog').first());
    assert.equal((await ask()).status, 401);
    await adam.at('Workspace');
    await adam.page.getByLabel('Name', { exact: true }).fill('Lumen & Company');
    await judge(adam.page, 'admin-workspace');
    await adam.button('Save').click();
    await seen(adam.page.getByText('Saved').first());
    await bea.reload();
    await seen(bea.page.locator('header').getByText('Lumen & Company'));
  });

  await step(t, stage, 'people: another role, and the end of one', async () => {
    await adam.at('People');
    await adam.edit('Bea Repair');
    await adam.choose('Role', 'Supervisor');
    await seen(adam.page.getByText('Saved').first());
    await bea.reload();
    await seen(bea.page.getByRole('link', { name: 'Live' }));
    await adam.drawer.getByRole('switch', { name: 'May not sign in' }).check();
    await adam.save('Save');
    await seen(bea.page.getByText('Your sign-in has ended.'));
    await reads(adam.page.getByRole('row').filter({ hasText: 'Bea Repair' }).getByRole('cell').last(), 'Disabled');
    assertNoTrouble(adam.page, bea.page, customer.page);
  });
});
