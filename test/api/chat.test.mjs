// Goal:   a customer chats, an agent answers: widget, conversation, messages, typing, read marks, files, transfer, end, history.
// Method: visitor and worker through the API and its two WebSockets, on a real server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { badFrames, refusesFrame } from './harness/frames.mjs';
import { World, noServer, unique } from './harness/world.mjs';

let world;
before(async () => {
  if (!noServer) world = await World.start();
});
after(async () => world?.stop());

const say = (chat, text, more = {}) =>
  world.key.call('create_message', { path: { sid: chat.conversation_sid }, body: { text, ...more }, expect: 201 });

describe('a chat', { skip: noServer }, () => {
  test('is waiting, then talking once a worker took it, and both see every word in order', async () => {
    const chat = await world.chat({ accept: false });
    const stream = await chat.visitor.stream('stream_visitor');
    const hello = await stream.next((f) => f.type === 'hello');
    assert.equal(hello.conversation.state, 'waiting');
    assert.equal(hello.conversation.position_in_queue, 1);
    assert.deepEqual(hello.conversation.messages.map((m) => [m.mine, m.text]), [[true, 'Where is my order?']]);
    await world.key.call('accept_reservation', { path: chat.reservation });
    const talking = await stream.next((f) => f.type === 'state');
    assert.equal(talking.state, 'talking');
    await say(chat, 'Good morning! Which number?');
    const heard = await stream.next((f) => f.type === 'message' && !f.message.mine);
    assert.deepEqual([heard.message.index, heard.message.text], [2, 'Good morning! Which number?']);
    await chat.visitor.call('create_visitor_message', { body: { text: '1234' }, expect: 201 });
    const messages = await world.key.all('list_messages', { path: { sid: chat.conversation_sid }, query: { order: 'asc' } });
    assert.deepEqual(messages.map((m) => [m.index, m.author.type]), [[1, 'customer'], [2, 'worker'], [3, 'customer']]);
    const { body: task } = await world.key.call('get_task', { path: chat.task });
    assert.ok(task.answered_at, 'the first human reply answers it');
    await stream.close();
  });

  test('survives a reload: the same token finds everything again', async () => {
    const chat = await world.chat();
    await say(chat, 'Hello');
    const grant = await chat.visitor.call('create_visitor', { path: { widget_sid: chat.widget.sid }, body: {}, expect: 201 });
    assert.equal(grant.body.visitor_sid, chat.visitor.grant.visitor_sid);
    const again = world.anyone.as({ bearer: grant.body.token }, chat.visitor.headers);
    const { body } = await again.call('get_visitor_conversation');
    assert.deepEqual([body.state, body.conversation_sid, body.messages.length], ['talking', chat.conversation_sid, 2]);
    const joined = await again.call('start_visitor_conversation', { body: { text: 'Still me' }, expect: 201 });
    assert.equal(joined.body.contact_sid, chat.contact_sid);
  });

  test('takes the same client_message_id once', async () => {
    const chat = await world.chat();
    const body = { text: 'once', client_message_id: unique('m') };
    const first = await chat.visitor.call('create_visitor_message', { body, expect: 201 });
    const second = await chat.visitor.call('create_visitor_message', { body, expect: 201 });
    assert.equal(second.body.sid, first.body.sid);
    const mine = { text: 'twice', client_message_id: body.client_message_id };
    const third = await world.key.call('create_message', { path: { sid: chat.conversation_sid }, body: { ...mine, client_message_id: unique('m') }, expect: 201 });
    assert.equal(third.body.index, 3);
    assert.equal((await world.key.call('get_message', { path: third.body })).body.text, 'twice');
  });

  test('shows internal notes to workers only', async () => {
    const chat = await world.chat();
    await say(chat, 'He is angry', { internal: true });
    await say(chat, 'Hello');
    const { body } = await chat.visitor.call('get_visitor_conversation');
    assert.deepEqual(body.messages.map((m) => m.text), ['Where is my order?', 'Hello']);
    const page = await chat.visitor.call('list_visitor_messages');
    assert.ok(!page.text.includes('angry'));
    const { body: task } = await world.key.call('get_task', { path: chat.task });
    assert.ok(task.answered_at);
  });

  test('shows typing and read marks to the other side', async () => {
    const chat = await world.chat();
    const visitor = await chat.visitor.stream('stream_visitor');
    await visitor.next((f) => f.type === 'hello');
    await world.key.call('set_typing', { path: { sid: chat.conversation_sid }, body: { typing: true }, expect: 204 });
    assert.equal((await visitor.next((f) => f.type === 'typing')).typing, true);
    await world.key.call('mark_read', { path: { sid: chat.conversation_sid }, body: { index: 1 } });
    assert.equal((await visitor.next((f) => f.type === 'read')).index, 1);
    await visitor.close();
    const events = await world.key.stream('stream_events', { query: { resources: chat.conversation_sid } });
    // With its first ping a stream is live; typing is told to those that are, and to nobody afterwards.
    await events.next((f) => f.type === 'ping');
    await chat.visitor.call('set_visitor_typing', { body: {}, expect: 204 });
    assert.equal((await events.next((f) => f.type === 'typing')).who.type, 'customer');
    await say(chat, 'Hello');
    await chat.visitor.call('mark_visitor_read', { body: { index: 2 }, expect: 204 });
    const read = await events.event('message.read');
    assert.equal(read.payload.message.index, 2);
    await events.close();
    const { body } = await world.key.call('get_conversation', { path: { sid: chat.conversation_sid } });
    assert.deepEqual([body.read_index_by_worker >= 1, body.read_index_by_customer], [true, 2]);
  });

  test('carries files both ways, and to nobody else', async () => {
    const chat = await world.chat();
    const headers = { 'content-type': 'image/png' };
    const picture = Buffer.from('89504e470d0a1a0a', 'hex');
    const { body: file } = await chat.visitor.call('create_visitor_file', { query: { name: 'a picture.png' }, raw: picture, headers, expect: 201 });
    assert.deepEqual([file.size, file.content_type, file.name], [8, 'image/png', 'a picture.png']);
    await chat.visitor.call('create_visitor_message', { body: { attachment_sids: [file.sid] }, expect: 201 });
    const got = await world.key.call('get_file_content', { path: file });
    assert.deepEqual(got.bytes, picture);
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff');
    assert.equal((await world.key.call('get_file', { path: file })).body.conversation_sid, chat.conversation_sid);
    assert.deepEqual((await chat.visitor.call('get_visitor_file_content', { path: file })).bytes, picture);
    const other = await world.visitor(chat.widget);
    await other.call('get_visitor_file_content', { path: file, expect: 404 });
    const { body: mine } = await world.key.call('create_file', { query: { name: 'x.html' }, raw: '<script>', headers: { 'content-type': 'text/html' }, expect: 201 });
    await say(chat, 'see', { attachment_sids: [mine.sid] });
    const page = await chat.visitor.call('get_visitor_file_content', { path: mine });
    assert.match(page.headers.get('content-disposition'), /^attachment/);
  });

  test('is transferred to a queue: the visitor waits again, at the old place', async () => {
    const chat = await world.chat();
    const other = await world.queue({ expression: 'x == 1' });
    await world.key.call('transfer_task', { path: chat.task, body: { task_queue_sid: other.sid } });
    const { body } = await chat.visitor.call('get_visitor_conversation');
    assert.equal(body.state, 'waiting');
    const { body: contact } = await world.key.call('get_contact', { path: { sid: chat.contact_sid } });
    assert.equal(contact.tasks.length, 2);
    assert.deepEqual(new Set(contact.queue_entries.map((e) => e.task_queue_sid)), new Set([chat.queue.sid, other.sid]));
  });

  test('ended by the visitor is over for both; writing again begins a new contact in the same thread', async () => {
    const chat = await world.chat();
    await say(chat, 'Hello');
    const { body: ended } = await chat.visitor.call('end_visitor_conversation');
    assert.deepEqual([ended.state, ended.reason], ['ended', 'customer_left']);
    await chat.visitor.call('create_visitor_message', { body: { text: 'too late' }, expect: 409 });
    const contactNow = async () => (await world.key.call('get_contact', { path: { sid: chat.contact_sid } })).body.summary;
    assert.deepEqual([(await world.read('get_task', chat.task)).status, (await contactNow()).contact.status], ['wrapping', 'open']);
    await world.key.call('complete_task', { path: chat.task, body: {} });
    const { contact, bucket } = await contactNow();
    assert.deepEqual([contact.status, contact.reason, bucket], ['ended', 'customer_left', 'answered']);
    assert.equal((await world.key.call('get_conversation', { path: { sid: chat.conversation_sid } })).body.conversation.status, 'closed');
    const { body: again } = await chat.visitor.call('start_visitor_conversation', { body: { text: 'One more thing' }, expect: 201 });
    assert.equal(again.conversation_sid, chat.conversation_sid);
    assert.notEqual(again.contact_sid, chat.contact_sid);
    const contacts = await world.key.all('list_conversation_contacts', { path: { sid: chat.conversation_sid } });
    assert.deepEqual(contacts.map((c) => c.contact.sid), [again.contact_sid, chat.contact_sid]);
  });

  test('ended by the visitor may begin anew while the worker still wraps up', async () => {
    const chat = await world.chat();
    await chat.visitor.call('end_visitor_conversation');
    const { body: again } = await chat.visitor.call('start_visitor_conversation', { body: { text: 'One more thing' }, expect: 201 });
    assert.equal(again.conversation_sid, chat.conversation_sid);
    assert.notEqual(again.contact_sid, chat.contact_sid);
    await world.key.call('complete_task', { path: chat.task, body: {} });
    const { body } = await world.key.call('get_conversation', { path: { sid: chat.conversation_sid } });
    assert.deepEqual([body.conversation.status, body.open_contacts.map((c) => c.sid)], ['open', [again.contact_sid]]);
  });

  test('left while waiting is abandoned', async () => {
    const chat = await world.chat({ accept: false });
    await chat.visitor.call('end_visitor_conversation');
    assert.equal((await world.read('get_task', chat.task)).status, 'canceled');
    const { body } = await world.key.call('get_contact', { path: { sid: chat.contact_sid } });
    assert.ok(['abandoned', 'short_abandoned'].includes(body.summary.bucket), body.summary.bucket);
  });

  test('ended by the worker goes to wrap-up, disposition and notes, and into history', async () => {
    const chat = await world.chat();
    await say(chat, 'Solved, goodbye');
    await world.key.call('end_conversation', { path: { sid: chat.conversation_sid } });
    assert.equal((await chat.visitor.call('get_visitor_conversation')).body.state, 'ended');
    assert.equal((await world.read('get_task', chat.task)).status, 'wrapping');
    const { body: disposition } = await world.key.call('create_disposition', { body: { friendly_name: unique('Solved') }, expect: 201 });
    await world.key.call('set_task_disposition', { path: chat.task, body: { disposition_sid: disposition.sid } });
    await world.key.call('create_note', { body: { text: 'Will call on Monday', contact_sid: chat.contact_sid }, expect: 201 });
    await world.key.call('complete_task', { path: chat.task, body: {} });
    assert.equal((await world.key.call('get_conversation', { path: { sid: chat.conversation_sid } })).body.conversation.status, 'closed');
    const { body } = await world.key.call('get_contact', { path: { sid: chat.contact_sid } });
    assert.equal(body.summary.disposition_sid, disposition.sid);
    assert.deepEqual(body.notes.map((n) => n.text), ['Will call on Monday']);
    assert.equal(body.segments.length, 1);
    const found = async (query) => (await world.key.all('list_contacts', { query })).map((c) => c.contact.sid);
    assert.deepEqual(await found({ task_queue_sid: chat.queue.sid }), [chat.contact_sid]);
    assert.deepEqual(await found({ worker_sid: chat.worker.sid, bucket: 'answered' }), [chat.contact_sid]);
    assert.deepEqual(await found({ disposition_sid: disposition.sid, status: 'ended' }), [chat.contact_sid]);
    assert.deepEqual(await found({ conversation_sid: chat.conversation_sid, created_to: '2020-01-01T00:00:00Z' }), []);
  });
});

describe('the agent', { skip: noServer }, () => {
  test('transfers the conversation that is theirs, and sees no others', async () => {
    const agent = await world.signInAs('agent', 1);
    const { body: me } = await agent.call('get_me');
    const foreign = await world.chat();
    await agent.call('get_conversation', { path: { sid: foreign.conversation_sid }, expect: [403, 404] });
    const stream = await agent.stream();
    await stream.next((f) => f.type === 'hello');
    await agent.call('set_worker_activity', { path: me.worker, body: { activity_sid: (await world.activity('available')).sid } });
    const skill = world.skill();
    const { body: worker, headers } = await world.key.call('get_worker', { path: me.worker });
    await world.key.call('update_worker', {
      path: worker, body: { attributes: { ...worker.attributes, skills: [...(worker.attributes.skills ?? []), skill] } }, headers: { 'if-match': headers.get('etag') },
    });
    const queue = await world.queue({ expression: `skills HAS '${skill}'`, assign: 'direct' });
    const { widget } = await world.widget({ workflow_sid: (await world.workflow(queue)).sid });
    const visitor = await world.visitor(widget);
    const { body: started } = await visitor.call('start_visitor_conversation', { body: { text: 'Hi' }, expect: 201 });
    await agent.call('create_message', { path: { sid: started.conversation_sid }, body: { text: 'Hello' }, expect: 201 });
    const other = await world.queue({ expression: 'x == 1' });
    const { body } = await agent.call('transfer_conversation', { path: { sid: started.conversation_sid }, body: { task_queue_sid: other.sid } });
    assert.equal(body.new_task.task_queue_sid, other.sid);
    await stream.close();
  });
});

describe('the widget', { skip: noServer }, () => {
  test('is for its own pages only', async () => {
    const { widget } = await world.widget();
    const path = { widget_sid: widget.sid };
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'https://shop.example.evil.example' }, { origin: 'null' }]) {
      const { body } = await world.anyone.as({}, headers).call('get_public_widget', { path, expect: 403 });
      assert.equal(body.code, 'origin_not_allowed');
      await world.anyone.as({}, headers).call('create_visitor', { path, body: {}, expect: 403 });
    }
    const shop = await world.anyone.as({}, { origin: 'https://shop.example' }).call('get_public_widget', { path });
    assert.equal(shop.headers.get('access-control-allow-origin'), 'https://shop.example');
    const preflight = await fetch(`${world.server.url}/api/v1/visitor/messages`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type,idempotency-key' },
    });
    assert.ok(preflight.ok, `preflight ${preflight.status}`);
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/i);
  });

  test('keeps visitors apart', async () => {
    const chat = await world.chat();
    const other = await world.visitor(chat.widget);
    const { body } = await other.call('get_visitor_conversation');
    assert.deepEqual([body.state, body.messages], ['none', []]);
  });

  test('knows a customer by a signature only', async () => {
    const { createHmac } = await import('node:crypto');
    const { widget, identity_secret } = await world.widget();
    const external_id = unique('customer');
    const signature = createHmac('sha256', identity_secret).update(external_id).digest('hex');
    const known = await world.visitor(widget, { identity: { external_id, signature } });
    assert.equal(known.grant.verified, true);
    const forged = { external_id, signature: signature.replace(/./g, '0') };
    await world.anyone.as({}, { origin: 'https://shop.example' }).call('create_visitor', {
      path: { widget_sid: widget.sid }, body: { identity: forged }, expect: [401, 403, 422],
    });
    const first = await known.call('start_visitor_conversation', { body: { text: 'from here' }, expect: 201 });
    const elsewhere = await world.visitor(widget, { identity: { external_id, signature } });
    const second = await elsewhere.call('start_visitor_conversation', { body: { text: 'from there' }, expect: 201 });
    assert.equal(second.body.conversation_sid, first.body.conversation_sid);
    const { body: rotated } = await world.admin.call('rotate_identity_secret', { path: widget });
    assert.notEqual(rotated.identity_secret, identity_secret);
  });

  test('switched off takes nobody', async () => {
    const { widget } = await world.widget();
    await world.key.call('update_widget', { path: widget, body: { enabled: false }, headers: { 'if-match': `"${widget.version}"` } });
    await world.anyone.as({}, { origin: 'https://shop.example' }).call('create_visitor', { path: { widget_sid: widget.sid }, body: {}, expect: [403, 404] });
  });
});

describe('frames of a visitor that are no good', { skip: noServer }, () => {
  const opened = async (visitor) => {
    const stream = await visitor.stream('stream_visitor');
    await stream.next((f) => f.type === 'hello');
    return stream;
  };

  for (const [what, sent, codes] of badFrames) {
    test(`${what} closes with ${codes.join(' or ')}`, async () => {
      const { widget } = await world.widget();
      await refusesFrame(await opened(await world.visitor(widget)), sent, codes);
    });
  }

  test('are answered with an error frame, and the line stays open', async () => {
    const chat = await world.chat();
    const stream = await opened(chat.visitor);
    for (const [frame, code] of [
      [{ type: 'dance' }, 'invalid_value'], [{}, 'missing_field'], [[], 'wrong_type'], [{ type: 'typing', typing: 1 }, 'wrong_type'],
      [{ type: 'read' }, 'missing_field'], [{ type: 'read', index: -1 }, 'out_of_range'], [{ type: 'pong', no_such_field: 1 }, 'unknown_field'],
    ]) {
      stream.send(frame);
      const { problem } = await stream.next((f) => f.type === 'error');
      assert.equal(problem.code, code, JSON.stringify(frame));
    }
    await say(chat, 'Still there?');
    await stream.next((f) => f.type === 'message' && f.message.text === 'Still there?');
    await stream.close();
  });

  test('a token that is none opens nothing', async () => {
    const { widget } = await world.widget();
    const visitor = await world.visitor(widget);
    for (const bearer of ['made-up', `${visitor.auth.bearer.slice(0, -1)}~`, '']) {
      await assert.rejects(world.anyone.as({ bearer }, visitor.headers).stream('stream_visitor'), (e) => [400, 401].includes(e.status));
    }
    await assert.rejects(world.anyone.as(visitor.auth, { origin: 'https://evil.example' }).stream('stream_visitor'), (e) => e.status === 403);
  });
});

describe('customers', { skip: noServer }, () => {
  test('are found by name and by identity; identities come and go', async () => {
    const display_name = unique('Eleni');
    const email = `${unique('e').replace(' ', '.')}@example.org`;
    const { body: made } = await world.key.call('create_customer', { body: { display_name, identities: [{ type: 'email', value: email }] }, expect: 201 });
    const sids = async (query) => (await world.key.all('list_customers', { query })).map((c) => c.sid);
    assert.deepEqual(await sids({ q: display_name }), [made.sid]);
    assert.deepEqual(await sids({ identity: email }), [made.sid]);
    const { body: more } = await world.key.call('create_identity', { path: made, body: { type: 'phone', value: '+302101234567', verified: true }, expect: 201 });
    assert.equal(more.identities.length, 2);
    const { body: fewer } = await world.key.call('delete_identity', { path: { sid: made.sid, identity_sid: made.identities[0].sid } });
    assert.deepEqual(fewer.identities.map((i) => i.type), ['phone']);
    assert.deepEqual(await sids({ identity: email }), []);
  });

  test('have notes that their writer may change and remove', async () => {
    const { body: customer } = await world.key.call('create_customer', { body: { display_name: 'P' }, expect: 201 });
    const { body: note } = await world.key.call('create_note', { body: { text: 'Prefers mornings', customer_sid: customer.sid }, expect: 201 });
    await world.key.call('create_note', { body: { text: 'About nothing' }, expect: 422 });
    const { body: changed } = await world.key.call('update_note', { path: note, body: { text: 'Prefers evenings' }, headers: { 'if-match': `"${note.version}"` } });
    assert.equal((await world.key.call('get_note', { path: note })).body.text, 'Prefers evenings');
    assert.equal((await world.key.all('list_notes', { query: { customer_sid: customer.sid } })).length, 1);
    await world.key.call('delete_note', { path: note, headers: { 'if-match': `"${changed.version}"` }, expect: 204 });
    assert.equal((await world.key.all('list_notes', { query: { customer_sid: customer.sid } })).length, 0);
  });

  test('have their earlier conversations in search', async () => {
    const chat = await world.chat({ text: `A word nobody else says: ${unique('xylophone').replace(' ', '')}` });
    const messages = await world.key.all('list_messages', { path: { sid: chat.conversation_sid } });
    const word = messages[0].text.split(' ').pop();
    const found = await world.key.all('list_conversations', { query: { q: word } });
    assert.deepEqual(found.map((c) => c.conversation.sid), [chat.conversation_sid]);
    const open = await world.key.all('list_conversations', { query: { status: 'open', worker_sid: chat.worker.sid } });
    assert.deepEqual(open.map((c) => c.conversation.sid), [chat.conversation_sid]);
  });
});
