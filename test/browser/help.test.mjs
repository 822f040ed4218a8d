// Goal: a page of another system comes up with a call; an agent asks for help and a supervisor comes from wherever they look; agents are
// told who listens, unless the workspace says otherwise.
// Method: a telephone, an agent's and a supervisor's browser, an admin who changes settings by the pages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertNoTrouble, gone, kPhone, launch, newContext, seen } from './harness/browser.mjs';
import { judge, shot } from './harness/looks.mjs';
import { Phones, connectPhone, kCalls, sipPort } from './harness/phones.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage(kCalls);
const phones = new Phones();
let upstairs; // the supervisor's browser: two phones do not share one
before(async () => {
  upstairs = await launch(kCalls);
});
after(async () => {
  phones.close();
  await upstairs?.close();
});

test('a call with a page beside it, and with help', async (t) => {
  let adam, alice, sofia, phone, rest, page;
  const help = () => sofia.page.getByRole('region', { name: 'Agents who need help' });
  const bar = () => alice.page.getByRole('region', { name: 'Call' });
  const settings = (place) => adam.page.goto(`${stage.server.url}/console/admin/${place}`);

  await step(t, stage, 'an admin says which page comes up; what would lead callers anywhere is refused', async () => {
    rest = await Rest.signIn(stage.server, 'adam');
    adam = await stage.agent('adam');
    await settings('queues');
    await adam.page.getByRole('button', { name: 'Calls', exact: true }).click();
    const drawer = adam.page.getByRole('dialog').first();
    const url = drawer.getByLabel('Page of another system');
    await url.fill('http://crm.example/{call.from}');
    await drawer.getByRole('button', { name: 'Save' }).click();
    await seen(drawer.getByText(/expected https/));
    await url.fill('https://crm.example/find?phone=');
    await url.press('End');
    await drawer.getByRole('button', { name: 'call.from', exact: true }).click();
    assert.equal(await url.inputValue(), 'https://crm.example/find?phone={call.from}');
    await seen(drawer.getByText('https://crm.example/find?phone=%2B4930123456', { exact: true }));
    await drawer.getByRole('switch', { name: 'Open it by itself' }).check();
    await judge(adam.page, 'admin-queue-pop');
    await drawer.getByRole('button', { name: 'Save' }).click();
    await gone(drawer);
  });

  await step(t, stage, 'the agent accepts: the page opens with who calls', async () => {
    alice = await stage.agent('alice');
    await alice.context.route('https://crm.example/**', (route) => route.fulfill({ contentType: 'text/html', body: '<title>CRM</title><h1>CRM</h1>' }));
    await connectPhone(alice);
    await alice.become('Available');
    phone = await phones.make({ tone: 440 });
    await phone.call('shop', sipPort(stage.server));
    await seen(alice.offer('Carl Caller'));
    await seen(alice.offer('Carl Caller').getByText('This is their first contact.'));
    await shot(alice.page, 'offer-first-time');
    const [popped] = await Promise.all([alice.context.waitForEvent('page'), alice.accept('Carl Caller')]);
    await popped.waitForURL(/crm\.example/);
    assert.equal(popped.url(), 'https://crm.example/find?phone=%2B4930111222');
    assert.equal(await popped.evaluate(() => window.opener), null);
    await popped.close();
    page = alice.page.getByRole('link', { name: /crm\.example/ });
    assert.equal(await page.getAttribute('href'), 'https://crm.example/find?phone=%2B4930111222');
    await seen(bar().getByText('Talking'));
    await judge(alice.page, 'pop-link');
  });

  await step(t, stage, 'she asks for help by key; the supervisor sees it on whatever page', async () => {
    sofia = await stage.agent('sofia', { context: await newContext(upstairs) });
    await sofia.page.goto(`${stage.server.url}/console/customers`);
    await alice.page.keyboard.press('Alt+q');
    await seen(bar().getByText('A supervisor has been called'));
    await judge(alice.page, 'help-asked');
    await seen(help().getByText('Alice Andersen needs help'));
    await judge(sofia.page, 'help-wanted');
    await sofia.page.goto(`${stage.server.url}/console/live`);
    await seen(sofia.page.getByRole('row').filter({ hasText: 'Alice Andersen needs help' }));
    await judge(sofia.page, 'help-live');
    await sofia.page.setViewportSize(kPhone);
    await judge(sofia.page, 'help-live-phone');
    await sofia.page.setViewportSize({ width: 1280, height: 800 });
    for (const [name, options] of [['dark', { colorScheme: 'dark' }], ['ar', { locale: 'ar-EG' }]]) {
      const other = await stage.agent('sofia', options);
      await other.page.goto(`${stage.server.url}/console/live`);
      await seen(other.page.locator('main table').first());
      await seen(other.page.getByText('Carl Caller').first());
      await judge(other.page, `help-live-${name}`, { axe: name !== 'ar' });
      await other.context.close();
      stage.people.splice(stage.people.indexOf(other), 1);
    }
  });

  await step(t, stage, 'she can do without, and asks again', async () => {
    await bar().getByRole('button', { name: 'No help needed' }).click();
    await gone(help());
    await gone(bar().getByText('A supervisor has been called'));
    await bar().getByRole('button', { name: 'Need help' }).click();
    await seen(help());
  });

  await step(t, stage, 'the supervisor comes: it is over, and the agent sees who is there', async () => {
    await help().getByRole('button', { name: /^Whisper/ }).click();
    await seen(sofia.page.getByText('You whisper to Alice Andersen'));
    await gone(help());
    await seen(bar().getByText('A supervisor talks to you alone'));
    await gone(bar().getByText('A supervisor has been called'));
    await judge(alice.page, 'help-come');
    await sofia.page.getByRole('button', { name: 'Leave the call' }).click();
    await gone(bar().getByText('A supervisor talks to you alone'));
  });

  await step(t, stage, 'an admin decides that agents are not told who listens', async () => {
    await settings('workspace');
    await adam.page.getByRole('switch', { name: 'Agents see who listens' }).uncheck();
    await judge(adam.page, 'admin-workspace-monitoring', { fullPage: true });
    await adam.page.getByRole('button', { name: 'Save' }).click();
    await seen(adam.page.getByText('Saved'));
    assert.equal((await rest.get('/workspace')).agent_sees_monitoring, false);
    await sofia.page.getByRole('button', { name: /^Listen/ }).first().click();
    await seen(sofia.page.getByText(/^You listen to/));
    // What is told later comes after what is not told now: hold is seen, listening is not.
    await bar().getByRole('button', { name: 'Hold' }).click();
    await seen(bar().getByText('On hold'));
    assert.equal(await bar().getByText('A supervisor listens').count(), 0);
    await bar().getByRole('button', { name: 'Resume' }).click();
    await sofia.page.getByText('Whisper', { exact: true }).first().click();
    await seen(bar().getByText('A supervisor talks to you alone'));
  });

  await step(t, stage, 'nothing went wrong in any page', async () => {
    await phone.hangUp();
    await seen(alice.wrapUpPanel);
    assertNoTrouble(adam.page, alice.page, sofia.page);
  });
});
