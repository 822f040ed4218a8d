// Goal: an admin who is no programmer says what may be called, sets up emergency numbers, keeps the do-not-call list and places legal
// holds. Method: all by the pages; what the server has then is read over its API.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertNoTrouble, gone, reads, seen } from './harness/browser.mjs';
import { judge } from './harness/looks.mjs';
import { Phones, connectPhone, kCalls, sipPort } from './harness/phones.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';

const stage = setStage(kCalls);
const phones = new Phones();
after(() => phones.close());

test('what may be called', async (t) => {
  let adam, rest;
  const at = async (place, title) => {
    await adam.page.goto(`${stage.server.url}/console/admin/${place}`);
    await seen(adam.page.getByRole('heading', { level: 1, name: title }));
  };
  const save = async () => {
    await adam.page.getByRole('button', { name: 'Save', exact: true }).click();
    await seen(adam.page.getByText('Saved').first());
  };
  const rows = (title) => adam.page.getByRole('list', { name: title }).getByRole('listitem');

  await step(t, stage, 'without rules the page teaches', async () => {
    rest = await Rest.signIn(stage.server, 'adam');
    adam = await stage.agent('adam');
    await at('dialling', 'Outgoing calls');
    await seen(adam.page.getByText('No rules yet'));
    await judge(adam.page, 'admin-dialling-empty');
  });

  await step(t, stage, 'premium numbers are for nobody, a country for supervisors and twenty times an hour', async () => {
    await adam.page.getByRole('button', { name: 'New rule' }).click();
    await rows('Outgoing calls').nth(0).getByLabel('Numbers that begin with').fill('+49 900');
    await seen(rows('Outgoing calls').nth(0).getByText('Germany'));
    await adam.page.getByRole('button', { name: 'New rule' }).click();
    const second = rows('Outgoing calls').nth(1);
    await second.getByLabel('Numbers that begin with').fill('+49900');
    await adam.page.getByRole('button', { name: 'Save', exact: true }).click();
    await seen(adam.page.getByRole('alert'));
    await judge(adam.page, 'admin-dialling-fault');
    await second.getByLabel('Numbers that begin with').fill('+86');
    await second.getByRole('combobox', { name: 'Who may call them' }).click();
    await adam.page.getByRole('option', { name: 'Supervisors and administrators' }).click();
    await second.getByLabel('Calls an hour').fill('20');
    await judge(adam.page, 'admin-dialling');
    await save();
    assert.deepEqual((await rest.get('/dialling')).destinations, [
      { prefix: '+49900', needs: 'nobody', per_hour: 0 },
      { prefix: '+86', needs: 'supervisor', per_hour: 20 },
    ]);
  });

  await step(t, stage, 'the emergency numbers of a country, with where help is to come', async () => {
    await at('emergency', 'Emergency numbers');
    await seen(adam.page.getByText('No emergency numbers yet'));
    await judge(adam.page, 'admin-emergency-empty');
    await adam.page.getByRole('combobox', { name: 'Add the numbers of a country' }).fill('Germany');
    await adam.page.getByRole('option', { name: 'Germany' }).click();
    await rows('Emergency numbers').nth(1).waitFor();
    for (const i of [0, 1]) await rows('Emergency numbers').nth(i).getByLabel('Where help is to come').fill('Main Street 1, second floor');
    await judge(adam.page, 'admin-emergency');
    await save();
    const { emergency, destinations } = await rest.get('/dialling');
    assert.deepEqual(emergency.map((one) => [one.address, one.location]), [['110', 'Main Street 1, second floor'], ['112', 'Main Street 1, second floor']]);
    assert.equal(destinations.length, 2, 'the rules stay');
    await rows('Emergency numbers').nth(0).getByRole('button', { name: 'Remove 110' }).click();
    await save();
    assert.deepEqual((await rest.get('/dialling')).emergency.map((one) => one.address), ['112']);
  });

  await step(t, stage, 'numbers are pasted onto the do-not-call list, looked up and taken off', async () => {
    await at('do-not-call', 'Do-not-call list');
    await judge(adam.page, 'admin-do-not-call-empty');
    await adam.page.getByRole('button', { name: 'Add numbers' }).first().click();
    const dialog = adam.page.getByRole('dialog');
    await dialog.getByLabel('Numbers').fill('+49 30 111\nnobody\n');
    await dialog.getByLabel('Note').fill('Asked by mail');
    await dialog.getByRole('button', { name: 'Add 2 numbers' }).click();
    await seen(dialog.getByText(/nobody/).last());
    await judge(adam.page, 'admin-do-not-call-fault');
    await dialog.getByLabel('Numbers').fill('+49 30 111\n+49 30 222');
    await dialog.getByRole('button', { name: 'Add 2 numbers' }).click();
    await gone(dialog);
    const numbers = adam.page.getByRole('row').locator('bdi');
    await reads(numbers.first(), /\+4930\d{3}/);
    assert.deepEqual((await rest.get('/do-not-call')).items.map((one) => one.address).sort(), ['+4930111', '+4930222']);
    await seen(adam.page.getByRole('row').filter({ hasText: 'Asked by mail' }).first());
    await judge(adam.page, 'admin-do-not-call');
    await adam.page.getByLabel('Look up a number').fill('+49 30 222');
    await reads(numbers, '+4930222');
    await adam.page.getByRole('button', { name: 'Take +4930222 off the list' }).click();
    await seen(adam.page.getByText('This number is not on the list'));
    assert.deepEqual((await rest.get('/do-not-call')).items.map((one) => one.address), ['+4930111']);
    assertNoTrouble(adam.page);
  });
});

test('what must be kept', async (t) => {
  let adam, alice, rest, call;
  const dialog = () => adam.page.getByRole('dialog');

  await step(t, stage, 'a call is recorded', async () => {
    rest = await Rest.signIn(stage.server, 'adam');
    const shop = await rest.one('/numbers', 'Shop');
    await rest.patch(`/numbers/${shop.sid}`, { recording: 'always' }, shop.version);
    alice = await stage.agent('alice');
    await alice.become('Available');
    await connectPhone(alice);
    const phone = await phones.make({ tone: 440 });
    await phone.call('shop', sipPort(stage.server));
    await alice.accept('Carl Caller');
    await seen(alice.page.getByRole('status').filter({ hasText: /^Recording$/ }));
    await judge(alice.page, 'phone-recording');
    [call] = (await rest.get('/calls')).items;
    await phone.hangUp();
    await alice.wrapUp();
  });

  await step(t, stage, 'an admin places a hold on a call of a customer, found by name', async () => {
    adam = await stage.agent('adam');
    await adam.page.goto(`${stage.server.url}/console/admin/legal-holds`);
    await seen(adam.page.getByText('Nothing is held'));
    await judge(adam.page, 'admin-legal-holds-empty');
    await adam.page.getByRole('button', { name: 'Place a legal hold' }).click();
    await dialog().getByLabel('Whose calls?').fill('Carl');
    await judge(adam.page, 'admin-legal-hold-customer');
    await dialog().getByRole('button', { name: /Carl Caller/ }).click();
    await dialog().getByRole('checkbox').first().check();
    await dialog().getByLabel('Reason').fill('Court of Athens, 12/2026');
    await judge(adam.page, 'admin-legal-hold-new');
    await dialog().getByRole('button', { name: 'Place it' }).click();
    await gone(dialog());
    await seen(adam.page.getByRole('row').filter({ hasText: 'Court of Athens' }));
    await seen(adam.page.getByRole('row').getByRole('link', { name: 'Carl Caller' }));
    await judge(adam.page, 'admin-legal-holds');
    const [hold] = (await rest.get('/legal-holds')).items;
    assert.deepEqual([hold.contact_sid, hold.placed_by.display_name.length > 0], [call.contact_sid, true]);
  });

  await step(t, stage, 'another one where the recordings are', async () => {
    await adam.page.getByRole('row').getByRole('link', { name: 'Carl Caller' }).click();
    await adam.page.getByRole('button', { name: 'Legal hold' }).click();
    await dialog().getByLabel('Reason').fill('A dispute');
    await dialog().getByRole('button', { name: 'Place it' }).click();
    await gone(dialog());
    await judge(adam.page, 'contact-recordings');
    assert.equal((await rest.get('/legal-holds?lifted=false')).items.length, 2);
  });

  await step(t, stage, 'it is lifted, and stays known', async () => {
    await adam.page.goto(`${stage.server.url}/console/admin/legal-holds`);
    await adam.page.getByRole('row').filter({ hasText: 'Court of Athens' }).getByRole('button', { name: 'Lift' }).click();
    await seen(dialog().getByText(/is deleted then/));
    await dialog().getByRole('button', { name: 'Lift' }).click();
    await gone(adam.page.getByRole('row').filter({ hasText: 'Court of Athens' }));
    await adam.page.getByText('Lifted', { exact: true }).click();
    await seen(adam.page.getByRole('row').filter({ hasText: 'Court of Athens' }));
    await judge(adam.page, 'admin-legal-holds-lifted');
    assertNoTrouble(adam.page, alice.page);
  });
});
