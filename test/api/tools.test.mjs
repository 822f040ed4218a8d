// Goal: an operator gets from an empty folder to a person who can sign in, by the command line alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from './harness/client.mjs';
import { Contract } from './harness/contract.mjs';
import { Server, binary } from './harness/server.mjs';
import { noServer } from './harness/world.mjs';

const data = mkdtempSync(join(tmpdir(), 'carillon-tools-'));
after(() => rmSync(data, { recursive: true, force: true }));

const carillon = (words, input = '') => spawnSync(binary, [...words, '--data', data], { input, encoding: 'utf8' });
const password = 'correct horse battery';

test('a workspace and its admin are made before the first start', { skip: noServer }, async () => {
  assert.match(carillon(['user', 'add', 'ada', '--workspace', 'My company', '--role', 'admin'], `${password}\n`).stderr, /there is no workspace "My company"/);
  assert.match(carillon(['workspace', 'add', 'My company', '--time-zone', 'Mars/Olympus']).stderr, /IANA/);
  const made = carillon(['workspace', 'add', 'My company', '--time-zone', 'Europe/Athens']);
  assert.match(made.stdout, /added the workspace My company \(WS[0-9a-f]{32}\)/, made.stderr);
  assert.match(carillon(['workspace', 'add', 'My company']).stderr, /already/);
  const added = carillon(['user', 'add', 'ada', '--display-name', 'Ada Admin', '--workspace', 'My company', '--role', 'admin'], `${password}\n`);
  assert.equal(added.status, 0, added.stderr);
  assert.match(carillon(['user', 'list']).stdout, /ada {2}Ada Admin {2}My company: admin/);

  const server = await Server.start({ data, args: [] });
  try {
    assert.match(carillon(['workspace', 'add', 'Other']).stderr, /in use|running/i);
    const ada = await new Client(server.url, new Contract()).signIn('ada', password);
    const { body } = await ada.call('get_workspace');
    assert.equal(body.friendly_name, 'My company');
    assert.equal(body.time_zone, 'Europe/Athens');
    await ada.call('create_task_queue', { body: { friendly_name: 'Orders' }, expect: 201 });
  } finally {
    assert.equal(await server.stop(), 0);
  }
});
