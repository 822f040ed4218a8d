// Goal:   signing in and out, people, memberships, keys: who may what, and what ends when.
// Method: the demo's accounts and people made here, against a real server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, noServer, unique } from './harness/world.mjs';

let world;
before(async () => {
  if (!noServer) world = await World.start();
});
after(async () => world?.stop());

const password = 'correct horse battery';
const newUser = async (role = 'agent', more = {}) => {
  const username = unique('user').replace(' ', '-');
  const { body } = await world.key.call('create_user', {
    body: { username, display_name: 'Somebody', password, role, ...more },
    expect: 201,
  });
  return { ...body, username };
};

describe('signing in', { skip: noServer }, () => {
  test('gives a session of its own, with an HttpOnly cookie named after it', async () => {
    const a = await world.signInAs('agent');
    const b = await world.signInAs('supervisor');
    assert.match(a.setCookie, /HttpOnly/i);
    assert.match(a.setCookie, /SameSite=/i);
    assert.notEqual(a.auth.session, b.auth.session);
    const both = { cookie: `${a.auth.cookie}; ${b.auth.cookie}` };
    for (const [client, role] of [[a, 'agent'], [b, 'supervisor']]) {
      const me = await client.as({ ...client.auth, ...both }).call('get_me');
      assert.equal(me.body.role, role);
      assert.equal(me.body.csrf_token, client.auth.csrf);
    }
  });

  test('fails alike for a wrong name and a wrong password', async () => {
    const { username } = world.account('agent');
    const wrong = [{ username, password: 'no' }, { username: 'nobody-at-all', password: 'no' }];
    const answers = [];
    for (const body of wrong) answers.push((await world.anyone.call('sign_in', { body, expect: 401 })).body);
    assert.equal(answers[0].code, 'bad_credentials');
    assert.equal(answers[0].detail, answers[1].detail);
  });

  test('ends with signing out', async () => {
    const client = await world.signInAs('agent');
    await client.call('sign_out', { expect: 204 });
    const { body } = await client.call('get_me', { expect: 401 });
    assert.ok(['not_signed_in', 'session_expired'].includes(body.code));
  });

  test('a change without the CSRF token is refused, and a cookie without its session name does not count', async () => {
    const client = await world.signInAs('agent');
    const { csrf, ...auth } = client.auth;
    const refused = await client.as(auth).send('POST', '/api/v1/sign-out', { headers: { 'carillon-csrf': null } });
    assert.deepEqual([refused.status, refused.body.code], [403, 'csrf']);
    const unnamed = await world.anyone.send('GET', '/api/v1/me', { headers: { cookie: client.auth.cookie } });
    assert.equal(unnamed.status, 401);
    await client.as({ ...auth, csrf }).call('get_me');
  });
});

describe('people', { skip: noServer }, () => {
  test('a new one signs in, changes the password, and other sign-ins end', async () => {
    const user = await newUser();
    const here = await world.anyone.signIn(user.username, password);
    const there = await world.anyone.signIn(user.username, password);
    await here.call('change_my_password', { body: { current_password: 'wrong', new_password: 'another password' }, expect: [401, 403, 422] });
    await here.call('change_my_password', { body: { current_password: password, new_password: 'another password' }, expect: 204 });
    await here.call('get_me');
    await there.call('get_me', { expect: 401 });
    await world.anyone.call('sign_in', { body: { username: user.username, password }, expect: 401 });
    await world.anyone.signIn(user.username, 'another password');
  });

  test('a disabled one is out at once and cannot come back', async () => {
    const user = await newUser();
    const client = await world.anyone.signIn(user.username, password);
    const { headers } = await world.key.call('get_user', { path: user });
    await world.key.call('update_user', { path: user, body: { disabled: true }, headers: { 'if-match': headers.get('etag') } });
    await client.call('get_me', { expect: 401 });
    await world.anyone.call('sign_in', { body: { username: user.username, password }, expect: 401 });
  });

  test('one made with a worker is that worker', async () => {
    const user = await newUser('agent', { worker: { friendly_name: unique('Maria'), attributes: { skills: ['x'] } } });
    const client = await world.anyone.signIn(user.username, password);
    const { body: me } = await client.call('get_me');
    assert.equal(me.worker.user_sid, user.sid);
    assert.deepEqual(me.worker.attributes, { skills: ['x'] });
  });

  test('a username is taken once', async () => {
    const user = await newUser();
    const { body } = await world.key.call('create_user', { body: { username: user.username, display_name: 'Twin', password, role: 'agent' }, expect: 409 });
    assert.deepEqual([body.code, body.field], ['name_taken', '/username']);
  });

  test('an admin gives a new password', async () => {
    const user = await newUser();
    await world.admin.call('set_user_password', { path: user, body: { new_password: 'given by the admin' }, expect: 204 });
    await world.anyone.signIn(user.username, 'given by the admin');
  });

  test('are listed and searched', async () => {
    const user = await newUser();
    const found = await world.key.all('list_users', { query: { q: user.username } });
    assert.deepEqual(found.map((u) => u.sid), [user.sid]);
  });

  test('a role can be changed and taken away', async () => {
    const user = await newUser();
    const [membership] = await world.key.all('list_memberships', { query: { user_sid: user.sid } });
    const { body: changed } = await world.key.call('update_membership', {
      path: membership, body: { role: 'supervisor' }, headers: { 'if-match': `"${membership.version}"` },
    });
    const client = await world.anyone.signIn(user.username, password);
    assert.equal((await client.call('get_me')).body.role, 'supervisor');
    await world.key.call('get_membership', { path: membership });
    await world.key.call('delete_membership', { path: membership, headers: { 'if-match': `"${changed.version}"` }, expect: 204 });
    await client.call('list_users', { expect: [401, 403] });
    await world.key.call('create_membership', { body: { user_sid: user.sid, role: 'agent' }, expect: 201 });
    await world.key.call('create_membership', { body: { user_sid: user.sid, role: 'agent' }, expect: 409 });
  });
});

describe('API keys', { skip: noServer }, () => {
  test('act within their scopes only, are listed without secrets, and end when revoked', async () => {
    const { body } = await world.admin.call('create_api_key', { body: { friendly_name: unique('reader'), scopes: ['read'] }, expect: 201 });
    const reader = world.anyone.as({ bearer: body.secret });
    await reader.call('list_task_queues');
    const refused = await reader.call('create_task_queue', { body: { friendly_name: unique('Q') }, expect: 403 });
    assert.equal(refused.body.code, 'forbidden');
    const listed = await world.admin.call('list_api_keys');
    assert.ok(!listed.text.includes(body.secret));
    await world.admin.call('get_api_key', { path: body.api_key });
    await world.admin.call('delete_api_key', { path: body.api_key, expect: 204 });
    await reader.call('list_task_queues', { expect: 401 });
  });

  test('end when their time is over, and their streams with them', async () => {
    const expires_at = new Date(Date.now() + 2000).toISOString();
    const { body } = await world.admin.call('create_api_key', { body: { friendly_name: unique('brief'), scopes: ['read', 'events'], expires_at }, expect: 201 });
    const brief = world.anyone.as({ bearer: body.secret });
    const stream = await brief.stream();
    await stream.next((f) => f.type === 'hello');
    assert.equal((await stream.closed).code, 4401);
    assert.equal((await brief.call('get_me', { expect: 401 })).body.code, 'session_expired');
    await assert.rejects(brief.stream(), (e) => e.status === 401);
  });

  test('one whose time is over does not count', async () => {
    const past = new Date(Date.now() - 1000).toISOString();
    await world.admin.call('create_api_key', { body: { friendly_name: unique('old'), scopes: ['read'], expires_at: past }, expect: 422 });
  });
});

describe('the demo', { skip: noServer }, () => {
  test('has five agents, a supervisor, an admin, and doors that open', async () => {
    const of = (role) => world.doors.accounts.filter((a) => a.role === role).length;
    assert.ok(of('agent') >= 5 && of('supervisor') >= 1 && of('admin') >= 1);
    for (const door of ['customer_url', 'agent_url', 'supervisor_url']) {
      const page = await fetch(new URL(world.doors[door], world.server.url));
      assert.equal(page.status, 200, door);
      assert.match(page.headers.get('content-type'), /text\/html/);
    }
  });

  test('every account signs in with its role', async () => {
    for (const account of world.doors.accounts) {
      const client = await world.anyone.signIn(account.username, account.password);
      assert.equal((await client.call('get_me')).body.role, account.role);
      await client.call('sign_out', { expect: 204 });
    }
  });

  test('workspaces are listed to those who belong to them', async () => {
    const { body } = await world.admin.call('list_workspaces');
    assert.ok(body.items.some((w) => w.sid === world.doors.workspace_sid));
  });
});
