// Goal:   a worker's telephone registers with what the API gave, is seen, and is not registered any more when that is taken away.
// Method: baresip, a softphone, without a screen or microphone; where it is not installed only the accounts are tried.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { World, noServer } from './harness/world.mjs';

let world;
const noBaresip = spawnSync('baresip', ['-h']).error ? 'baresip is not installed (scripts/setup --test)' : false;
before(async () => {
  if (!noServer) world = await World.start({ config: 'sip = "udp:127.0.0.1:0"\nbrowser_port = 0\n' });
});
after(async () => world?.stop());

const get = async (worker) => (await world.key.call('get_desk_phone', { path: worker })).body;
const set = async (worker) => (await world.key.call('set_desk_phone', { path: worker })).body;

async function freePort() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

// A telephone of that account; its registration is renewed each minute.
async function startPhone(account, password) {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-baresip-'));
  writeFileSync(join(folder, 'config'), [`sip_listen 127.0.0.1:${await freePort()}`, 'rtp_ports 20000-29999', 'audio_player aubridge,nil', 'audio_source aubridge,nil',
    'audio_alert aubridge,nil', 'module_path /usr/lib/baresip/modules', 'module g711.so', 'module aubridge.so', 'module uuid.so', 'module_tmp account.so', 'module_app menu.so', ''].join('\n'));
  const server = account.servers[0].replace('sip:', `sip:${account.username}@`);
  writeFileSync(join(folder, 'accounts'), `<${server}>;auth_user=${account.username};auth_pass=${password};regint=60\n`);
  // By lines: what a pipe gets comes in blocks else.
  const child = spawn('stdbuf', ['-oL', '-eL', 'baresip', '-f', folder, '-4'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const phone = { said: '', stop: () => { child.kill('SIGKILL'); rmSync(folder, { recursive: true, force: true }); } };
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (chunk) => { phone.said += chunk; });
  return phone;
}

async function until(what, is) {
  for (const limit = Date.now() + 20_000; Date.now() < limit; await pause(50)) {
    const found = await is();
    if (found) return found;
  }
  throw new Error(`not within 20 s: ${what}`);
}

describe('desk phones', { skip: noServer }, () => {
  test('a server that names no relays says so to browsers', async () => {
    const admin = await world.signInAs('admin');
    assert.deepEqual((await admin.call('get_ice_servers')).body.ice_servers, []);
  });

  test('an account is made, read without its password, given another one, removed', async () => {
    const worker = await world.worker();
    assert.deepEqual([(await get(worker)).username, (await get(worker)).registrations], [null, []]);
    await world.key.call('delete_desk_phone', { path: worker, expect: 404 });
    const made = await set(worker);
    assert.match(made.password, /^[\w-]{24}$/);
    assert.match(made.servers[0], /^sip:127\.0\.0\.1:\d+;transport=udp$/);
    assert.deepEqual(await get(worker), { ...made, password: null });
    const next = await set(worker);
    assert.equal(next.username, made.username);
    assert.notEqual(next.password, made.password);
    const supervisor = await world.signInAs('supervisor');
    await supervisor.call('get_desk_phone', { path: worker });
    await supervisor.call('set_desk_phone', { path: worker, expect: 403 });
    const agent = await world.signInAs('agent');
    await agent.call('get_desk_phone', { path: worker, expect: 403 });
    await world.key.call('delete_desk_phone', { path: worker, expect: 204 });
    assert.equal((await get(worker)).username, null);
    await world.key.call('get_desk_phone', { path: { sid: `WK${'0'.repeat(31)}9` }, expect: 404 });
    await world.key.call('set_desk_phone', { path: { sid: `WK${'0'.repeat(31)}9` }, expect: 404 });
  });

  test('a telephone registers, is seen, and is gone with its account', { skip: noBaresip }, async (t) => {
    const worker = await world.worker();
    const account = await set(worker);
    const phone = await startPhone(account, account.password);
    t.after(() => phone.stop());
    // It wants an interface that is not loopback, though it uses none here.
    const [found] = await until(`a registration; baresip said: ${phone.said}`, async () => {
      const { registrations } = await get(worker);
      return registrations.length > 0 && registrations;
    });
    assert.match(found.user_agent, /^baresip/);
    assert.equal(found.transport, 'UDP');
    assert.ok(Date.parse(found.expires_at) > Date.now());
    await world.key.call('delete_desk_phone', { path: worker, expect: 204 });
    assert.deepEqual((await set(worker)).registrations, []);
  });
});
