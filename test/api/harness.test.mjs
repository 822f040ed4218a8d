// Goal:   the harness sees what it should see: an honest server passes, each way of breaking the contract is named.
// Method: a tiny fake server that breaks the contract on demand. Needs no build.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, beforeEach, describe, test } from 'node:test';
import { bodyCases, example, headerCases, pathCases, queryCases, verdict } from './harness/bad_input.mjs';
import { Client, ContractFault } from './harness/client.mjs';
import { Contract } from './harness/contract.mjs';
import { Server } from './harness/server.mjs';
import { FakeServer } from './fake/fake_server.mjs';

const contract = new Contract();
let fake;
let client;
before(async () => {
  fake = await new FakeServer().listen();
  client = new Client(fake.url, contract, { bearer: 'good' });
});
after(() => fake.close());
beforeEach(() => fake.breaks.clear());

const make = async (body = { friendly_name: 'Solved' }) => (await client.call('create_disposition', { body, expect: 201 })).body;

describe('the contract', () => {
  test('finds the operation of an address, words before ids', () => {
    assert.equal(contract.find('GET', '/api/v1/workers/real-time-statistics').op.operationId, 'get_workers_real_time_statistics');
    assert.equal(contract.find('GET', `/api/v1/workers/WK${'0'.repeat(32)}`).op.operationId, 'get_worker');
    assert.equal(contract.find('GET', '/healthz').op.operationId, 'get_health');
    assert.deepEqual(contract.find('DELETE', '/api/v1/me'), { op: undefined, known: true });
    assert.deepEqual(contract.find('GET', '/api/v1/nothing'), { op: undefined, known: false });
  });

  test('has examples that fit their own schemas, for every body', () => {
    for (const op of contract.operations) {
      const schema = contract.bodySchema(op);
      if (schema) assert.deepEqual(contract.faults(schema, example(contract, schema)), [], op.operationId);
    }
  });

  test('every operation can answer with a success, and every refusal is a problem', () => {
    for (const op of contract.operations) {
      assert.ok(Object.keys(op.responses).some((s) => s < 400), op.operationId);
      for (const [status, r] of Object.entries(op.responses)) {
        if (status >= 400 && op.operationId !== 'get_readiness') assert.ok(contract.resolve(r).content?.['application/problem+json'], `${op.operationId} ${status}`);
      }
    }
  });
});

describe('an honest server passes', () => {
  test('its answers', async () => {
    const made = await make();
    await client.call('get_disposition', { path: made });
    await client.call('update_disposition', { path: made, body: { rank: 3 }, headers: { 'if-match': '"1"' } });
    await client.call('update_disposition', { path: made, body: { rank: 3 }, headers: { 'if-match': '"1"' }, expect: 412 });
    await client.call('delete_disposition', { path: made, headers: { 'if-match': '"2"' }, expect: 204 });
    await client.call('get_disposition', { path: made, expect: 404 });
    for (let i = 0; i < 5; i += 1) await make();
    assert.equal((await client.all('list_dispositions', { pageSize: 2 })).length, fake.things.size);
    await new Client(fake.url, contract).call('get_health');
  });

  test('its frames', async () => {
    const stream = await client.stream();
    await stream.next((f) => f.type === 'hello');
    stream.send({ type: 'subscribe' });
    await stream.next((f) => f.type === 'ping');
    await stream.close();
  });

  test('its refusals of every kind of bad input', async () => {
    const made = await make();
    let asked = 0;
    for (const operationId of ['create_disposition', 'update_disposition', 'list_dispositions', 'get_disposition', 'delete_disposition']) {
      const op = contract.byId.get(operationId);
      const schema = contract.bodySchema(op);
      const body = schema && example(contract, schema);
      const cases = [...pathCases(op), ...queryCases(contract, op), ...(schema ? bodyCases(contract, op, body) : []), ...headerCases(op)];
      for (const bad of cases) {
        if (bad.name.startsWith('?no_such') && !op.full.endsWith('dispositions')) continue;
        if (bad.rawQuery && op.method !== 'get') continue;
        const sid = bad.ghost ? `DI${'f'.repeat(32)}` : (bad.path?.sid ?? made.sid);
        const query = new URLSearchParams(bad.query);
        if (bad.name.endsWith('given twice')) continue;
        const url = `${op.full.replace('{sid}', encodeURIComponent(sid))}${bad.query || bad.rawQuery ? `?${bad.rawQuery ?? query}` : ''}`;
        const headers = { ...(operationId === 'update_disposition' || operationId === 'delete_disposition' ? { 'if-match': '"1"' } : {}), ...bad.headers };
        const answer = await client.send(op.method, url, { body: bad.raw === undefined ? (bad.body ?? body) : undefined, raw: bad.raw, headers });
        assert.equal(verdict(bad, answer), '', `${operationId}, ${bad.name}`);
        asked += 1;
      }
    }
    assert.ok(asked > 60, `${asked} cases`);
  });
});

describe('a dishonest server is caught', () => {
  const caught = async (what, act, words) => {
    const made = await make();
    fake.breaks.add(what);
    await assert.rejects(act(made), (fault) => {
      assert.ok(fault instanceof ContractFault, String(fault));
      assert.match(fault.message, words);
      return true;
    });
  };
  const read = (made) => client.call('get_disposition', { path: made });

  test('a field the contract does not name', () => caught('extra field', read, /unevaluated.*extra/));
  test('null where there is always something', () => caught('null name', read, /friendly_name: must be string/));
  test('the same in a list', () => caught('extra field', () => client.call('list_dispositions'), /items\/0.*extra/));
  test('a status the contract does not know', () => caught('status', read, /418 is not in the contract/));
  test('a missing ETag', () => caught('no etag', read, /ETag is missing/));
  test('an error code that is not in the catalogue', () => caught('problem code', () => client.call('get_disposition', { path: { sid: 'x' }, expect: 404 }), /made_up is not in errors/));
  test('a success where a refusal was expected', () => caught('nothing', (made) => client.call('get_disposition', { path: made, expect: 404 }), /answered 200 instead of 404/));

  test('a refusal that does not name the field', async () => {
    fake.breaks.add('no field');
    const op = contract.byId.get('create_disposition');
    const bad = [...bodyCases(contract, op, { friendly_name: 'x' })].find((c) => c.codes.includes('unknown_field') && c.body);
    assert.match(verdict(bad, await client.send('POST', op.full, { body: bad.body })), /field undefined instead of \/no_such_field/);
  });

  for (const [what, words] of [['frame', /extra/], ['unknown event', /task.danced/]]) {
    test(`frames: ${what}`, async () => {
      fake.breaks.add(what);
      const stream = await client.stream();
      stream.send({ type: 'subscribe' });
      await stream.next((f) => f.type === 'ping');
      await assert.rejects(stream.close(), words);
    });
  }

  test('a frame that never comes says what came instead', async () => {
    const stream = await client.stream();
    await assert.rejects(stream.next((f) => f.type === 'snapshot', { within: 300 }), /seen: hello/);
    await stream.close();
  });
});

describe('a server as a process', () => {
  const command = [process.execPath, fileURLToPath(new URL('fake/fake_server.mjs', import.meta.url))];

  test('is started, found by the line it prints, crashed, started again, and stopped', async () => {
    const server = await Server.start({ command, args: [] });
    const at = (url) => new Client(url, contract).call('get_health');
    await at(server.url);
    await server.crash();
    await at(server.url);
    assert.equal(await server.stop(), 0);
  });

  test('that dies at once is told with its last words', async () => {
    await assert.rejects(Server.start({ command: [process.execPath, '-e', 'console.error("no such key: lisssten"); process.exit(3)'], args: [] }), /ended \(3\)[\s\S]*lisssten/);
  });
});
