// Goal:   what docs/api.md tells a newcomer to type works.
// Method: its shell blocks are run, as they stand, against a real server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World, noServer } from './harness/world.mjs';

let world;
before(async () => {
  if (!noServer) world = await World.start();
});
after(async () => world?.stop());

const missing = ['curl', 'jq'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
const skip = noServer || (missing.length > 0 && `${missing.join(' and ')} not installed`);

test('docs/api.md', { skip }, () => {
  const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map((m) => m[1]);
  assert.ok(blocks.length >= 3);
  const admin = world.account('admin');
  const script = blocks.join('\n')
    .replace('http://127.0.0.1:8080', world.server.url)
    .replace('"username":"admin"', `"username":"${admin.username}"`);
  const folder = mkdtempSync(join(tmpdir(), 'carillon-docs-'));
  const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env: { ...process.env, password: admin.password }, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /pending|reserved|assigned/);
});
