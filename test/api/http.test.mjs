// Goal:   the door itself: health, documents, malformed HTTP, slow and greedy clients; nobody else slowed, a line in the log.
// Method: raw sockets against a real server.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { World, noServer } from './harness/world.mjs';

let world;
before(async () => {
  if (!noServer) world = await World.start();
});
after(async () => world?.stop());

// Sends bytes and gives what came until the server closed, or until `done` holds.
function raw(bytes, { done = () => false, within = 60_000, end = false } = {}) {
  const { hostname, port } = new URL(world.server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const began = Date.now();
    let text = '';
    const limit = setTimeout(() => finish('limit'), within);
    function finish(how) {
      clearTimeout(limit);
      socket.destroy();
      resolve({ text, how, ms: Date.now() - began, status: Number(text.match(/^HTTP\/1\.1 (\d{3})/)?.[1]) });
    }
    socket.on('connect', () => (end ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (done(text)) finish('done');
    });
    socket.on('close', () => finish('closed'));
    socket.on('error', (e) => (e.code === 'ECONNREFUSED' ? reject(e) : undefined));
  });
}

const answered = (text) => /\r\n\r\n/.test(text);
const key = () => `Authorization: Bearer ${world.key.auth.bearer}\r\n`;

describe('health and documents', { skip: noServer }, () => {
  test('are where operators look', async () => {
    for (const op of ['get_health', 'get_readiness']) assert.equal((await world.anyone.call(op)).body.status, 'ok');
    assert.match((await world.anyone.call('get_metrics')).text, /^# (HELP|TYPE) carillon_/m);
    const { body } = await world.anyone.call('get_openapi');
    assert.deepEqual(body, world.contract.document);
    assert.match((await world.anyone.call('get_docs')).text, /<html/i);
  });

  test('an address that is none and a method it does not take are said so', async () => {
    const none = await world.key.send('GET', '/api/v1/nothing-here');
    assert.deepEqual([none.status, none.body.code], [404, 'not_found']);
    const method = await world.key.send('DELETE', '/api/v1/me');
    assert.deepEqual([method.status, method.body.code], [405, 'method_not_allowed']);
  });
});

describe('malformed HTTP', { skip: noServer }, () => {
  const cases = {
    'no request at all': 'hello there\r\n\r\n',
    'a request line without version': 'GET /healthz\r\n\r\n',
    'HTTP/3.7': 'GET /healthz HTTP/3.7\r\nHost: x\r\n\r\n',
    'a header without colon': 'GET /healthz HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n',
    'a control character in a header': 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\n\r\n',
    'two lengths': 'POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{"a":1',
    'length and chunks': 'POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a negative length': 'POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
    'a chunk of nonsense': 'POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
    'a header of 1 MiB': `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(1 << 20)}\r\n\r\n`,
    'ten thousand headers': `GET /healthz HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(10_000)}\r\n`,
    'a path of 1 MiB': `GET /${'x'.repeat(1 << 20)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    'a path with dots out of the house': 'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
    'a coded path with dots': 'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
  };
  for (const [what, bytes] of Object.entries(cases)) {
    test(`${what} is refused, not survived by luck`, async () => {
      const { status, text, how } = await raw(bytes, { done: answered, within: 20_000 });
      assert.notEqual(how, 'limit', 'no answer and no close');
      assert.ok(Number.isNaN(status) || (status >= 400 && status < 500), `${status}`);
      assert.ok(!text.includes('root:'));
      await world.anyone.call('get_health');
    });
  }
});

describe('greedy and slow clients', { skip: noServer }, () => {
  test('a body of 10 GB is refused before it is read', async () => {
    const head = `POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\n${key()}Content-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n`;
    const { status, ms } = await raw(head, { done: answered, within: 20_000 });
    assert.equal(status, 413);
    assert.ok(ms < 5000, `${ms} ms`);
  });

  test('a body without end in chunks is refused at the limit', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const head = `POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\n${key()}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const { status, how } = await raw(head + chunk.repeat(40), { done: answered, within: 20_000 });
    assert.ok(status === 413 || how === 'closed', `${status} ${how}`);
  });

  test('headers and bodies that never end are timed out, and nobody else waits', async () => {
    const slow = [
      raw('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ', { done: answered }),
      raw(`POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\n${key()}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"a`, { done: answered }),
    ];
    for (let i = 0; i < 20; i += 1) {
      const began = Date.now();
      await world.anyone.call('get_health');
      assert.ok(Date.now() - began < 1000);
    }
    for (const { status, how } of await Promise.all(slow)) {
      assert.ok(status === 408 || how === 'closed', `${status} ${how}`);
    }
  });

  test('two hundred idle connections slow nobody', async () => {
    const { hostname, port } = new URL(world.server.url);
    const idle = Array.from({ length: 200 }, () => connect(Number(port), hostname));
    for (const s of idle) s.on('error', () => {});
    const began = Date.now();
    for (let i = 0; i < 20; i += 1) await world.anyone.call('get_health');
    assert.ok(Date.now() - began < 5000);
    for (const s of idle) s.destroy();
  });

  test('several requests in one packet are answered in order', async () => {
    const one = (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const { text } = await raw(one('/healthz') + one('/nothing') + one('/healthz'), { done: (t) => (t.match(/HTTP\/1\.1 /g) ?? []).length === 3, within: 10_000 });
    assert.deepEqual([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((m) => m[1]), ['200', '404', '200']);
  });
});

test('who asks too often is told when to come back, and only they', { skip: noServer }, async () => {
  const { widget } = await world.widget();
  const [busy, other] = [await world.visitor(widget), await world.visitor(widget)];
  const type = (who) => who.send('POST', '/api/v1/visitor/typing', { body: {}, patient: false });
  const answers = await Promise.all(Array.from({ length: 40 }, () => type(busy)));
  const refused = answers.filter((a) => a.status === 429);
  assert.ok(refused.length > 0 && refused.length < 40, `${refused.length} of 40`);
  assert.ok(refused.every((a) => a.body.code === 'rate_limited' && Number(a.headers.get('retry-after')) >= 1));
  assert.notEqual((await type(other)).status, 429);
});

describe('the log', { skip: noServer }, () => {
  const logs = async (line, act) => {
    const since = world.server.output.length;
    await act();
    for (let i = 0; i < 200 && !line.test(world.server.output.slice(since)); i += 1) await new Promise((done) => setTimeout(done, 25));
    assert.match(world.server.output.slice(since), line);
  };

  test('says what was wrong and where, and never the input itself', async () => {
    await logs(/ info bad_request POST \/api\/v1\/tasks 422 unknown_field at \/no_such_field id=\w+ from=127\.0\.0\.1$/m,
      () => world.key.send('POST', '/api/v1/tasks', { body: { no_such_field: 'secret words' } }));
    await logs(/ info bad_request GET \/api\/v1\/nothing-here 404 not_found /, () => world.key.send('GET', '/api/v1/nothing-here'));
    await logs(/ info bad_request .*400 malformed_request/, () => raw('hello there\r\n\r\n', { done: answered }));
    await logs(/ info bad_request .*413 body_too_large/, () => world.key.sendHead('POST', '/api/v1/tasks', { 'content-type': 'application/json', 'content-length': '10000000000' }));
    await logs(/ info bad_request POST \/api\/v1\/sign-in 401 bad_credentials/, () => world.anyone.call('sign_in', { body: { username: 'x', password: 'secret words' }, expect: 401 }));
    assert.ok(!world.server.output.includes('secret words'));
  });

  test('cannot be forged by an address with line ends', async () => {
    await logs(/ bad_request GET \/api\/v1\/x\?2030-01-01 error we are broken/, () => raw('GET /api/v1/x%0a2030-01-01%20error%20we%20are%20broken HTTP/1.1\r\nHost: x\r\n\r\n', { done: answered }));
    assert.ok(!/^2030/m.test(world.server.output));
  });
});
