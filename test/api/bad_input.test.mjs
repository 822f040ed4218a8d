// Goal:   every endpoint answers every kind of bad input with the right problem, changes nothing, and stays up.
// Method: cases are made from the contract (harness/bad_input.mjs), one test an operation; all faults of an operation are told at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bodyCases, example, headerCases, pathCases, queryCases, verdict } from './harness/bad_input.mjs';
import { Contract } from './harness/contract.mjs';
import { World, noServer } from './harness/world.mjs';

const contract = new Contract();
let world;
let sids;

before(async () => {
  if (noServer) return;
  world = await World.start({ root: true });
  sids = await world.sids();
  world.gone = await world.signInAs('admin');
  await world.gone.call('sign_out', { expect: 204 });
});
after(async () => world?.stop());

// Examples name made-up things; the server may look them up before it looks at the rest.
function real(value) {
  if (typeof value === 'string' && /^[A-Z]{2}[0-9a-f]{32}$/.test(value)) return sids[value.slice(0, 2)] ?? value;
  if (Array.isArray(value)) return value.map(real);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, real(v)]));
  return value;
}

function speaker(op) {
  const who = op['x-principals'];
  if (who.includes('api_key')) return world.key;
  if (who.includes('admin')) return world.admin;
  if (who.includes('instance_admin')) return world.root;
  if (who.includes('visitor') && !who.includes('anyone')) return sids.visitor;
  return world.anyone.as({}, { origin: 'https://shop.example' });
}

const prefixOf = (op, name) => {
  const parameter = op.parameters.find((p) => p.in === 'path' && p.name === name);
  return contract.schema(parameter.schema).pattern.slice(1, 3);
};

async function requestOf(op, bad) {
  const path = {};
  for (const [, name] of op.path.matchAll(/\{(\w+)\}/g)) {
    const prefix = prefixOf(op, name);
    path[name] = bad.ghost === name ? `${prefix}${'0'.repeat(31)}1` : (bad.path?.[name] ?? sids[prefix]);
  }
  let url = op.full.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  const query = new URLSearchParams();
  for (const p of op.parameters.filter((q) => q.in === 'query' && q.required && q.name !== bad.without)) {
    query.set(p.name, p.name === 'to' ? '2030-01-01T00:00:00Z' : example(contract, p.schema));
  }
  for (const [name, value] of Object.entries(bad.query ?? {})) query.set(name, value);
  const search = [query.toString(), bad.rawQuery].filter(Boolean).join('&');
  if (search) url += `?${search}`;
  const headers = {};
  if (op.parameters.some((p) => p.name === 'If-Match' && p.required)) headers['if-match'] = '"1"';
  Object.assign(headers, bad.headers);
  const request = { headers };
  const schema = contract.bodySchema(op);
  if (bad.raw !== undefined) request.raw = bad.raw;
  else if (schema) request.body = real(bad.body ?? example(contract, schema));
  else if (op.requestBody) Object.assign(request, { raw: 'x', headers: { 'content-type': 'text/plain', ...headers } });
  return { url, request };
}

function* casesOf(op) {
  yield* pathCases(op);
  if (!op['x-websocket']) yield* queryCases(contract, op);
  const schema = contract.bodySchema(op);
  if (schema) yield* bodyCases(contract, op, real(example(contract, schema)));
  yield* headerCases(op);
}

for (const op of contract.operations.filter((o) => o.tags[0] !== 'instance')) {
  test(`${op.method.toUpperCase()} ${op.path} refuses bad input`, { skip: noServer }, async () => {
    const faults = [];
    let asked = 0;
    for (const bad of casesOf(op)) {
      asked += 1;
      try {
        const { url, request } = await requestOf(op, bad);
        const said = verdict(bad, await speaker(op).send(op.method, url, request));
        if (said) faults.push(`${bad.name}: ${said}`);
      } catch (fault) {
        faults.push(`${bad.name}: ${fault.message}`);
      }
      if (!world.server.running) assert.fail(`the server died of: ${bad.name}\n${world.server.output.slice(-3000)}`);
    }
    if (op.requestBody) {
      const { url, request } = await requestOf(op, {});
      const type = request.headers['content-type'] ?? 'application/json';
      const said = await speaker(op).sendHead(op.method, url, { ...request.headers, 'content-type': type, 'content-length': '10000000000' });
      asked += 1;
      if (said.status !== 413 || said.body?.code !== 'body_too_large') faults.push(`10 GB announced: ${said.status} ${said.text}`);
    }
    assert.equal(faults.length, 0, `${faults.length} of ${asked}:\n${faults.slice(0, 40).join('\n')}`);
  });
}

for (const op of contract.operations.filter((o) => o.tags[0] !== 'instance' && !o['x-websocket'])) {
  const who = op['x-principals'];
  if (who.includes('anyone')) continue;
  test(`${op.method.toUpperCase()} ${op.path} refuses those who may not`, { skip: noServer }, async () => {
    const { url, request } = await requestOf(op, {});
    const page = { origin: 'https://shop.example' };
    const outsider = world.anyone.as({}, page);
    const refused = async (client, status, codes) => {
      const answer = await client.send(op.method, url, request);
      assert.deepEqual([answer.status, codes.includes(answer.body?.code)], [status, true], `${answer.status} ${answer.text.slice(0, 200)}`);
    };
    await refused(outsider, 401, ['not_signed_in']);
    await refused(world.anyone.as({ bearer: 'made-up' }, page), 401, ['not_signed_in', 'bad_credentials', 'session_expired']);
    await refused(world.gone, 401, ['session_expired', 'not_signed_in']);
    if (!who.includes('visitor')) await refused(sids.visitor, 403, ['forbidden']);
    if (!who.includes('agent') && who.includes('admin') && op['x-principals'].every((p) => p !== 'visitor')) {
      world.agent ??= await world.signInAs('agent');
      await refused(world.agent, 403, ['forbidden']);
    }
    if (who.includes('instance_admin') && !who.includes('admin')) await refused(world.admin, 403, ['forbidden']);
    if (who.includes('admin') && op.method !== 'get') {
      const { csrf: _csrf, ...auth } = world.admin.auth;
      await refused(world.admin.as({ ...auth, csrf: 'made-up' }), 403, ['csrf']);
    }
  });
}

test('after all that, the server is ready and nothing was made or lost', { skip: noServer }, async () => {
  const health = await world.anyone.call('get_readiness', { expect: 200 });
  assert.equal(health.body.status, 'ok');
  for (const [operationId, prefix] of [['get_task', 'WT'], ['get_task_queue', 'WQ'], ['get_worker', 'WK'], ['get_customer', 'CU'], ['get_contact', 'CT']]) {
    await world.key.call(operationId, { path: { sid: sids[prefix] }, expect: 200 });
  }
  const names = (await world.key.all('list_task_queues')).map((q) => q.friendly_name);
  assert.ok(!names.some((n) => n.startsWith('xxx')), 'a queue with a bad name was made');
});
