// A furnished server and whom the tests speak to it as: an API key with every scope, the demo's people, a visitor; and builders for
// what a test needs. Names carry a counter, so that tests of one file do not meet.
import { spawnSync } from 'node:child_process';
import { Client } from './client.mjs';
import { Contract } from './contract.mjs';
import { Server, haveServer } from './server.mjs';

const scopes = ['read', 'tasks', 'workers', 'conversations', 'customers', 'configure', 'users', 'events'];
const origin = 'https://shop.example';
let count = 0;
export const unique = (word) => `${word} ${process.pid}-${(count += 1)}`;

export const noServer = haveServer() || process.env.CARILLON ? false : 'build/release/carillon is not built';

export class World {
  // options.root: with an instance admin too, made by the command line as an operator does; world.root is their client.
  static async start({ root = false, ...options } = {}) {
    const world = new World();
    world.contract = new Contract();
    world.server = await Server.start(options);
    const password = 'correct horse battery';
    if (root) {
      await world.server.without((program, data) => {
        const made = spawnSync(program, ['user', 'add', 'root', '--instance-admin', '--data', data], { input: `${password}\n`, encoding: 'utf8' });
        if (made.status !== 0) throw new Error(`carillon user add: ${made.stdout}${made.stderr}`);
      });
    }
    world.anyone = new Client(world.server.url, world.contract);
    world.doors = (await world.anyone.call('get_demo_doors')).body;
    world.admin = await world.signInAs('admin');
    if (root) world.root = await world.anyone.signIn('root', password);
    const made = await world.admin.call('create_api_key', { body: { friendly_name: unique('tests'), scopes }, expect: 201 });
    world.keySid = made.body.api_key.sid;
    world.key = world.anyone.as({ bearer: made.body.secret });
    return world;
  }

  account(role, n = 0) {
    const found = this.doors.accounts.filter((a) => a.role === role)[n];
    if (!found) throw new Error(`the demo has no ${role} number ${n + 1}`);
    return found;
  }

  signInAs(role, n = 0) {
    const { username, password } = this.account(role, n);
    return this.anyone.signIn(username, password);
  }

  async stop() {
    const code = await this.server.stop();
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${this.server.output.slice(-2000)}`);
  }

  async channel(uniqueName) {
    this.channels ??= await this.key.all('list_task_channels');
    return this.channels.find((c) => c.unique_name === uniqueName);
  }

  async activity(activityClass) {
    this.activities ??= await this.key.all('list_activities');
    return this.activities.find((a) => (activityClass === 'offline' ? a.offline : a.activity_class === activityClass && !a.offline));
  }

  // A skill that nobody else has, so that queues and workers of a test meet one another only.
  skill() {
    return unique('skill').replace(/\W/g, '_');
  }

  async queue(body = {}) {
    const answer = await this.key.call('create_task_queue', { body: { friendly_name: unique('Queue'), ...body }, expect: 201 });
    return answer.body;
  }

  async workflow(queue, more = {}) {
    const document = { task_routing: { filters: [], default_filter: { queue: queue.sid } } };
    const answer = await this.key.call('create_workflow', { body: { friendly_name: unique('Workflow'), document, ...more }, expect: 201 });
    return answer.body;
  }

  // A worker who needs no connection; available at once unless told otherwise.
  async worker({ skills = [], available = true, ...more } = {}) {
    const body = { friendly_name: unique('Worker'), attributes: { skills }, requires_connection: false, ...more };
    const { body: worker } = await this.key.call('create_worker', { body, expect: 201 });
    return available ? this.setActivity(worker, 'available') : worker;
  }

  async setActivity(worker, activityClass) {
    const activity = await this.activity(activityClass);
    return (await this.key.call('set_worker_activity', { path: worker, body: { activity_sid: activity.sid } })).body;
  }

  async task(body) {
    return (await this.key.call('create_task', { body, expect: 201 })).body;
  }

  async read(operationId, { sid }) {
    return (await this.key.call(operationId, { path: { sid } })).body;
  }

  // A queue that offers, and one worker for it.
  async pair({ queue = {}, worker = {} } = {}) {
    const skill = this.skill();
    const made = await this.queue({ expression: `skills HAS '${skill}'`, assign: 'offer', offer_timeout_s: 600, ...queue });
    return { skill, queue: made, worker: await this.worker({ skills: [skill], ...worker }) };
  }

  // A task that rings at a worker, with its reservation.
  async offer(pair, body = {}) {
    const task = await this.task({ task_queue_sid: pair.queue.sid, ...body });
    const [reservation] = await this.key.all('list_reservations', { query: { task_sid: task.sid } });
    return { task, reservation };
  }

  async widget(body = {}) {
    const queue = body.workflow_sid ? undefined : await this.queue();
    const workflow_sid = body.workflow_sid ?? (await this.workflow(queue)).sid;
    const made = await this.key.call('create_widget', {
      body: { friendly_name: unique('Widget'), allowed_origins: [origin], ...body, workflow_sid },
      expect: 201,
    });
    return made.body;
  }

  async visitor(widget, body = {}) {
    const page = this.anyone.as({}, { origin });
    const grant = await page.call('create_visitor', { path: { widget_sid: widget.sid }, body, expect: 201 });
    const visitor = this.anyone.as({ bearer: grant.body.token }, { origin });
    visitor.grant = grant.body;
    return visitor;
  }

  // A visitor's chat with a worker who has taken it.
  async chat({ text = 'Where is my order?', accept = true, worker = {} } = {}) {
    const pair = await this.pair({ worker });
    const workflow = await this.workflow(pair.queue);
    const { widget } = await this.widget({ workflow_sid: workflow.sid });
    const visitor = await this.visitor(widget);
    const started = await visitor.call('start_visitor_conversation', { body: { text }, expect: 201 });
    const [task] = await this.key.all('list_tasks', { query: { conversation_sid: started.body.conversation_sid } });
    const [reservation] = await this.key.all('list_reservations', { query: { task_sid: task.sid } });
    if (accept) await this.key.call('accept_reservation', { path: reservation });
    return { ...pair, workflow, widget, visitor, task, reservation, conversation_sid: started.body.conversation_sid, contact_sid: started.body.contact_sid };
  }

  // One sid of each kind, by prefix, for requests that must name something real.
  async sids() {
    const chat = await this.chat();
    const me = (await this.admin.call('get_me')).body;
    const stranded = await this.workflow(chat.queue, { document: { task_routing: { filters: [] } } });
    await this.task({ workflow_sid: stranded.sid });
    const customer = (await this.key.call('create_customer', {
      body: { display_name: 'Eleni', identities: [{ type: 'external_id', value: unique('e') }] },
      expect: 201,
    })).body;
    const note = (await this.key.call('create_note', { body: { text: 'x', customer_sid: customer.sid }, expect: 201 })).body;
    const file = (await this.key.call('create_file', { query: { name: 'a.txt' }, raw: 'a', headers: { 'content-type': 'text/plain' }, expect: 201 })).body;
    const disposition = (await this.key.call('create_disposition', { body: { friendly_name: unique('Solved') }, expect: 201 })).body;
    const number = (await this.key.call('create_number', {
      body: { friendly_name: unique('Shop'), address: unique('shop').replace(/\W/g, '_'), task_queue_sid: chat.queue.sid },
      expect: 201,
    })).body;
    const first = async (operationId) => (await this.key.call(operationId, { query: { page_size: 1 } })).body.items[0]?.sid;
    return {
      US: me.user.sid,
      MB: me.memberships[0].sid,
      SK: this.keySid,
      SI: me.session_id,
      WS: me.workspace.sid,
      WA: (await this.activity('available')).sid,
      TC: (await this.channel('chat')).sid,
      WQ: chat.queue.sid,
      WW: chat.workflow.sid,
      WK: chat.worker.sid,
      WT: chat.task.sid,
      WR: chat.reservation.sid,
      WG: chat.widget.sid,
      CH: chat.conversation_sid,
      CT: chat.contact_sid,
      IM: (await this.key.all('list_messages', { path: { sid: chat.conversation_sid } }))[0].sid,
      CU: customer.sid,
      ID: customer.identities[0].sid,
      NO: note.sid,
      FI: file.sid,
      DI: disposition.sid,
      PN: number.sid,
      // Nobody calls here; the form of a request is judged before the call is looked for.
      CA: `CA${'0'.repeat(31)}1`,
      CB: `CB${'0'.repeat(31)}1`,
      RE: `RE${'0'.repeat(31)}1`,
      LH: `LH${'0'.repeat(31)}1`,
      EV: await first('list_events'),
      AL: await first('list_alerts'),
      visitor: chat.visitor,
    };
  }
}
