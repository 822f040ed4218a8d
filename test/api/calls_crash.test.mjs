// Goal:   kill -9 costs waiting callers their line, not their place: who calls again within a minute is where they were.
// Method: two telephones wait, the server is killed and started again; somebody new calls before the first calls again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Telephone } from '../harness/telephone.mjs';
import { Client } from './harness/client.mjs';
import { World, noServer, unique } from './harness/world.mjs';

let world;
const phones = [];
before(async () => {
  if (!noServer) world = await World.start({ config: 'sip = "udp:127.0.0.1:0"\nbrowser_port = 0\n' });
});
after(async () => {
  phones.forEach((phone) => phone.close());
  await world?.stop();
});

async function call(number, name, address) {
  const phone = await Telephone.make({ number, name });
  phones.push(phone);
  await phone.call(address, Number(world.server.output.match(/sip:shop@127\.0\.0\.1:(\d+)/)[1]));
  return phone;
}

// After a crash the ports are others.
async function crash() {
  await world.server.crash();
  world.key = new Client(world.server.url, world.contract, world.key.auth, world.key.headers);
}

test('two wait, the server dies: the first to call again has their place before who came later', { skip: noServer }, async () => {
  const skill = world.skill();
  const queue = await world.queue({ expression: `skills HAS '${skill}'`, assign: 'offer', offer_timeout_s: 600 });
  const address = unique('line').replace(/\W/g, '_');
  const { body: number } = await world.key.call('create_number', {
    body: { friendly_name: unique('Line'), address, task_queue_sid: queue.sid, turn_away_unstaffed: false },
    expect: 201,
  });
  const [first, second, third] = ['+4930100001', '+4930100002', '+4930100003'];
  const callOf = async (from) => (await world.key.all('list_calls', { query: { number_sid: number.sid, from } })).find((one) => one.status !== 'ended');
  await call(first, 'First', address);
  await call(second, 'Second', address);
  const before = { first: await callOf(first), second: await callOf(second) };
  assert.deepEqual([before.first.status, before.second.status], ['queued', 'queued']);

  await crash();
  assert.deepEqual([(await callOf(first)).status, (await callOf(second)).status], ['lost', 'lost']);
  await call(third, 'Third', address);
  await call(first, 'First', address);
  const again = await callOf(first);
  assert.deepEqual([again.status, again.resumes_sid, again.contact_sid], ['queued', before.first.sid, before.first.contact_sid]);

  // Who is offered to the only agent, one after the other. The second has not called again: their place is kept, not offered.
  const worker = await world.worker({ skills: [skill] });
  const offered = [];
  for (let i = 0; i < 2; i += 1) {
    const [reservation] = await world.key.all('list_reservations', { query: { worker_sid: worker.sid, status: 'pending' } });
    assert.ok(reservation, `offer ${i + 1}`);
    const task = await world.read('get_task', { sid: reservation.task_sid });
    offered.push((await world.key.all('list_calls', { query: { contact_sid: task.contact_sid } }))[0].from);
    await world.key.call('accept_reservation', { path: reservation });
    await world.key.call('complete_task', { path: task, body: {} });
  }
  assert.deepEqual(offered, [first, third]);
});
