// Goal: every page can be looked at: in the dark, from right to left, with long words, on a phone, with names as long as they may be,
// empty and in trouble. Method: the same walk through the pages in each of these; axe and the width judge, people look at the pictures.
import { test } from 'node:test';
import { assertNoTrouble, gone, kPhone, newContext, newPage, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';
import { Visitor } from './harness/visitors.mjs';

const stage = setStage();

const kLong = 'Maximiliane Theodora von Württemberg-Hohenstein-Schillingsfürst';
const kOneWord = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen'.repeat(2);
const kActivity = 'Besprechung mit der Geschäftsführung und allen Abteilungsleitern';
const kArabic = 'نور الهدى عبد الرحمن';

// Shown whole: nothing is loading any more.
async function settled(page) {
  await seen(page.locator('main').locator('h1:visible, h2:visible').first());
  await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root, .mantine-Loader-root, .mantine-Drawer-root .mantine-Loader-root') === null);
}

async function look(page, path, name, options) {
  await page.goto(`${stage.server.url}/console${path}`);
  await settled(page);
  await judge(page, name, options);
}

test('empty pages teach, and trouble is told', async (t) => {
  let sofia;
  await step(t, stage, 'empty', async () => {
    sofia = await stage.agent('sofia');
    await look(sofia.page, '/history', 'history-empty');
    await look(sofia.page, '/customers', 'customers-empty');
    await look(sofia.page, '/voicemail', 'voicemail-empty');
    await look(sofia.page, '/callbacks', 'callbacks-empty');
  });

  await step(t, stage, 'trouble', async () => {
    const problem = { type: 'about:blank', title: 'Store', status: 503, code: 'store', detail: 'the disk is full', request_id: 'abc123' };
    const fail = (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) });
    await sofia.page.route('**/api/v1/contacts**', fail);
    await sofia.page.goto(`${stage.server.url}/console/history`);
    await seen(sofia.page.getByRole('alert'));
    await judge(sofia.page, 'history-trouble');
    await sofia.page.route('**/api/v1/customers**', (route) => route.abort());
    await sofia.page.goto(`${stage.server.url}/console/customers`);
    await seen(sofia.page.getByRole('alert'));
    await judge(sofia.page, 'customers-trouble');
    await sofia.page.unroute('**/api/v1/customers**');
    await sofia.page.getByRole('alert').getByRole('button').click();
    await gone(sofia.page.getByRole('alert'));
    // Who comes while the server is away is not asked for a password.
    await sofia.page.route('**/api/v1/me', (route) => route.abort());
    await sofia.page.reload();
    await seen(sofia.page.getByRole('alert'));
    await judge(sofia.page, 'start-trouble');
  });
});

test('names as long as they may be', async (t) => {
  let alice;
  await step(t, stage, 'at the desk', async () => {
    const adam = await Rest.signIn(stage.server, 'adam');
    // Customers without a browser have left before long; these stay as long as they are looked at.
    const workspace = await adam.get('/workspace');
    await adam.patch('/workspace', { gone_after_s: 3600, idle_after_s: 3600 }, workspace.version);
    await adam.post('/task-queues', { friendly_name: 'Q'.repeat(64), expression: '' });
    await adam.post('/activities', { friendly_name: kActivity, activity_class: 'meeting', pickable_by: 'worker' });
    // She stays until the end, so that she is connected whatever else is looked at.
    alice = await stage.agent('alice');
    await alice.become('Available');
    for (const [name, text] of [[kLong, kOneWord], [kOneWord.slice(0, 116), 'w'.repeat(300)]]) {
      const visitor = await Visitor.arrive(stage.server, { name, text });
      await alice.accept(name);
      await visitor.say(`https://example.org/${'a/'.repeat(80)} ${kArabic}`);
      await alice.say(`${text} 👋🏽`);
    }
    await judge(alice.page, 'long-names-conversation');
    await alice.page.keyboard.press('Alt+t');
    await seen(alice.page.getByRole('dialog'));
    await judge(alice.page, 'long-names-transfer');
    await alice.page.keyboard.press('Escape');
    await alice.become(kActivity);
    await judge(alice.page, 'long-names-activity');
    await alice.become('Available');
  });

  await step(t, stage, 'on the boards', async () => {
    const adam = await stage.agent('adam', { viewport: { width: 1280, height: 900 } });
    await look(adam.page, '/live', 'long-names-live');
    await look(adam.page, '/history', 'long-names-history');
    await look(adam.page, '/customers', 'long-names-customers');
    await adam.page.getByRole('link', { name: kLong }).click();
    await seen(adam.page.getByRole('button', { name: kLong }));
    await judge(adam.page, 'long-names-customer');
    await look(adam.page, '/admin/queues', 'long-names-admin-queues');
  });
});

const kAdminPages = ['people', 'workers', 'queues', 'workflows', 'activities', 'dispositions', 'task-channels', 'numbers', 'dialling', 'emergency', 'do-not-call', 'widgets', 'api-keys', 'legal-holds', 'workspace'];

// An agent's desk, whatever language it speaks.
async function walkDesk(alice, name, options) {
  const { page } = alice;
  const visitor = await Visitor.arrive(stage.server, { name: kArabic, text: 'متى يصل طلبي؟ 4711' });
  const offer = page.getByRole('article');
  await seen(offer);
  await judge(page, `${name}-offer`, options);
  await offer.locator('[data-action="offer.accept"]').click();
  await seen(page.getByRole('heading', { level: 1, name: kArabic }));
  const field = page.locator('main textarea').first();
  await field.fill('Einen Augenblick, I am looking.');
  await field.press('Enter');
  await visitor.say('شكرًا جزيلًا');
  await seen(page.getByRole('log').getByText('شكرًا جزيلًا'));
  await judge(page, `${name}-conversation`, options);
  await page.keyboard.press('Alt+t');
  await seen(page.getByRole('tab').first());
  await judge(page, `${name}-transfer`, options);
  await page.keyboard.press('Escape');
  await gone(page.getByRole('dialog'));
  await page.keyboard.press('Control+k');
  await seen(page.getByRole('listbox'));
  await judge(page, `${name}-palette`, options);
  await page.keyboard.press('Escape');
  await gone(page.getByRole('dialog'));
  await page.keyboard.press('Alt+e');
  await seen(page.locator('[data-action="task.complete"]'));
  await judge(page, `${name}-wrap-up`, options);
  await page.locator('section fieldset label').first().click();
  await page.locator('[data-action="task.complete"]').click();
  await gone(page.locator('[data-action="task.complete"]'));
  await look(page, '/work', `${name}-work`, options);
}

async function walkBoards(adam, name, options) {
  const { page } = adam;
  await page.goto(`${stage.server.url}/console/live`);
  // The numbers come with the first beat of the stream.
  await seen(page.locator('main dl dd').first().filter({ hasText: /\d/ }));
  await settled(page);
  await judge(page, `${name}-live`, options);
  await page.locator('main table').first().getByRole('button').last().click();
  await seen(page.getByRole('dialog').locator('dl').first());
  await judge(page, `${name}-why`, options);
  await look(page, '/history', `${name}-history`, options);
  await page.locator('main table a').first().click();
  await settled(page);
  await seen(page.locator('main ol').first());
  await judge(page, `${name}-contact`, options);
  await look(page, '/customers', `${name}-customers`, options);
  for (const place of kAdminPages) await look(page, `/admin/${place}`, `${name}-admin-${place}`, options);
  await look(page, '/admin/numbers', `${name}-admin-numbers`, options);
  await page.locator('main table tbody button').first().click();
  await seen(page.getByRole('dialog').locator('form'));
  await judge(page, `${name}-admin-number`, options);
  await look(page, '/admin/queues', `${name}-admin-queues`, options);
  await page.locator('main header button').first().click();
  await seen(page.getByRole('dialog').locator('form'));
  await judge(page, `${name}-admin-queue-new`, options);
}

// In other words the same page is as accessible as before; colours and room are what may go wrong.
for (const [name, options, judging] of [
  ['dark', { colorScheme: 'dark' }, {}],
  ['ar', { locale: 'ar-EG' }, { axe: false }],
  ['de', { locale: 'de-DE' }, { axe: false }],
  ['phone', { viewport: kPhone, isMobile: true, hasTouch: true }, {}],
]) {
  test(`every page: ${name}`, async (t) => {
    await step(t, stage, `the doors and the sign-in, ${name}`, async () => {
      const context = await newContext(stage.browser, options);
      const page = await newPage(context);
      await page.goto(stage.server.url);
      await seen(page.locator('main h2').first());
      await judge(page, `${name}-home`, { fullPage: true, ...judging });
      await page.goto(`${stage.server.url}/console/`);
      await seen(page.locator('section button').first());
      await judge(page, `${name}-sign-in`, judging);
      await context.close();
    });
    await step(t, stage, `the desk, ${name}`, async () => {
      const alice = await stage.agent('alice', options);
      await walkDesk(alice, name, judging);
      assertNoTrouble(alice.page);
      await alice.context.close();
      stage.people.splice(stage.people.indexOf(alice), 1);
    });
    await step(t, stage, `boards and settings, ${name}`, async () => {
      const adam = await stage.agent('adam', options);
      await walkBoards(adam, name, judging);
      assertNoTrouble(adam.page);
      await adam.context.close();
      stage.people.splice(stage.people.indexOf(adam), 1);
    });
  });
}
