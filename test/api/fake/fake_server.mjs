// A tiny server that keeps the contract for dispositions and the event stream, and breaks it on demand: what the harness tests
// itself on. As a program it takes the arguments of the real one and prints the same line.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const sid = (prefix, n) => prefix + n.toString(16).padStart(32, '0');
const workspace = sid('WS', 1);
const statusOf = {
  not_found: 404, method_not_allowed: 405, not_signed_in: 401, malformed_json: 400, invalid_utf8: 400, too_deep: 400, body_too_large: 413,
  unsupported_media_type: 415, version_required: 428, version_mismatch: 412, idempotency_mismatch: 409, cursor_invalid: 400,
};
const bounds = { friendly_name: [1, 64], task_queue_sids: 200, rank: [0, 10_000] };

class Refusal extends Error {
  constructor(code, field, detail = 'found something else than expected') {
    super(detail);
    Object.assign(this, { code, field });
  }
}
const refuse = (code, field) => {
  throw new Refusal(code, field);
};

function depth(value) {
  return value && typeof value === 'object' ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
}

function parse(bytes, type) {
  if (!/^application\/json/.test(type ?? '')) refuse('unsupported_media_type', 'Content-Type');
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    refuse('invalid_utf8');
  }
  let open = 0;
  for (const c of text.replace(/"(\\.|[^"])*"/g, '')) {
    if ('[{'.includes(c)) open += 1;
    if (']}'.includes(c)) open -= 1;
    if (open > 32) refuse('too_deep');
  }
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    refuse('malformed_json');
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body)) refuse('wrong_type', '');
  if (depth(body) > 32) refuse('too_deep');
  return body;
}

function check(body, creating) {
  for (const key of Object.keys(body)) {
    if (!['friendly_name', 'task_queue_sids', 'rank', 'retired'].includes(key)) refuse('unknown_field', `/${key}`);
  }
  if (creating && body.friendly_name === undefined) refuse('missing_field', '/friendly_name');
  if (!creating && Object.keys(body).length === 0) refuse('missing_field', '');
  const { friendly_name: name, task_queue_sids: queues, rank, retired } = body;
  if (name !== undefined) {
    if (typeof name !== 'string') refuse('wrong_type', '/friendly_name');
    if (name.length < bounds.friendly_name[0]) refuse('out_of_range', '/friendly_name');
    if (name.length > bounds.friendly_name[1]) refuse('too_long', '/friendly_name');
    if (name.includes('\u0000')) refuse('invalid_value', '/friendly_name');
  }
  if (queues !== undefined) {
    if (!Array.isArray(queues)) refuse('wrong_type', '/task_queue_sids');
    if (queues.length > bounds.task_queue_sids) refuse('too_long', '/task_queue_sids');
    queues.forEach((q, i) => {
      if (typeof q !== 'string') refuse('wrong_type', `/task_queue_sids/${i}`);
      if (!/^WQ[0-9a-f]{32}$/.test(q)) refuse('invalid_value', `/task_queue_sids/${i}`);
    });
  }
  if (rank !== undefined) {
    if (!Number.isInteger(rank)) refuse('wrong_type', '/rank');
    if (rank < bounds.rank[0] || rank > bounds.rank[1]) refuse('out_of_range', '/rank');
  }
  if (retired !== undefined && typeof retired !== 'boolean') refuse('wrong_type', '/retired');
}

export class FakeServer {
  // breaks: names of what it does wrong; see #answer and #stream.
  constructor() {
    this.breaks = new Set();
    this.things = new Map();
    this.keys = new Map();
    this.position = 1;
    this.http = createServer((request, response) => this.#serve(request, response));
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'carillon.v1', maxPayload: 65_536 });
    this.http.on('upgrade', (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (ws) => this.#stream(ws));
    });
  }

  listen(port = 0) {
    return new Promise((resolve) => {
      this.http.listen(port, '127.0.0.1', () => {
        this.url = `http://127.0.0.1:${this.http.address().port}`;
        resolve(this);
      });
    });
  }

  close() {
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(resolve));
  }

  #stream(ws) {
    const at = new Date().toISOString();
    const say = (frame) => ws.send(JSON.stringify(frame));
    say({ type: 'hello', at, workspace_sid: workspace, worker_sid: null, position: this.position, heartbeat_s: 20, ...(this.breaks.has('frame') ? { extra: 1 } : {}) });
    ws.on('error', () => {});
    ws.on('message', () => {
      const position = this.position;
      if (this.breaks.has('unknown event')) {
        const event = { sid: sid('EV', 1), type: 'task.danced', at, position, index: 0, workspace_sid: workspace, resource_type: 'task', resource_sid: sid('WT', 1), actor: { type: 'system', sid: null }, payload: {} };
        say({ type: 'events', position, events: [event] });
      }
      say({ type: 'ping', at, position });
    });
  }

  async #serve(request, response) {
    const chunks = [];
    let size = 0;
    for await (const chunk of request) {
      size += chunk.length;
      if (size <= 1 << 20) chunks.push(chunk);
    }
    try {
      if (size > 1 << 20) refuse('body_too_large');
      this.#answer(request, Buffer.concat(chunks), response);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      const status = statusOf[fault.code] ?? 422;
      const headers = { 'content-type': 'application/problem+json' };
      if (status === 412) headers.etag = '"1"';
      if (status === 405) headers.allow = 'GET';
      const said = this.breaks.has('problem code') ? 'made_up' : fault.code;
      const problem = { type: `/api/docs#error-${said}`, title: said, status, code: said, detail: fault.message };
      if (fault.field !== undefined && !this.breaks.has('no field')) problem.field = fault.field;
      response.writeHead(status, headers).end(JSON.stringify(problem));
    }
  }

  #answer(request, bytes, response) {
    const url = new URL(request.url, 'http://x');
    const json = (status, body, headers = {}) => {
      const own = { 'content-type': 'application/json', 'carillon-position': this.position, ...headers };
      if (this.breaks.has('no etag')) delete own.etag;
      response.writeHead(this.breaks.has('status') ? 418 : status, own).end(JSON.stringify(body));
    };
    if (url.pathname === '/healthz') return json(200, { status: 'ok', version: 'fake', checks: {} });
    if (request.headers.authorization !== 'Bearer good') refuse('not_signed_in');
    const found = url.pathname.match(/^\/api\/v1\/dispositions(?:\/([^/]*))?$/);
    if (!found) refuse('not_found');
    if (/%c3%28/.test(url.search)) refuse('invalid_utf8');
    const thing = found[1] === undefined ? undefined : this.things.get(found[1]);
    if (found[1] !== undefined && !thing) refuse('not_found');
    const verb = `${request.method} ${thing ? 'one' : 'all'}`;
    const whole = (t) => ({ ...t, ...(this.breaks.has('extra field') ? { extra: 1 } : {}), ...(this.breaks.has('null name') ? { friendly_name: null } : {}) });
    const tagged = (t) => ({ etag: `"${t.version}"` });
    if (verb === 'GET one') return json(200, whole(thing), tagged(thing));
    if (verb === 'GET all') return json(200, this.#page(url, whole));
    if (verb === 'POST all') {
      const key = request.headers['idempotency-key'];
      if (key?.length > 128) refuse('too_long', 'Idempotency-Key');
      const body = parse(bytes, request.headers['content-type']);
      check(body, true);
      const known = this.keys.get(key);
      if (known && known.request !== bytes.toString()) refuse('idempotency_mismatch');
      const made = known?.made ?? { sid: sid('DI', this.things.size + 1), workspace_sid: workspace, version: 1, task_queue_sids: [], rank: 0, retired: false, ...body };
      this.things.set(made.sid, made);
      if (key) this.keys.set(key, { request: bytes.toString(), made });
      return json(201, whole(made), { ...tagged(made), location: `/api/v1/dispositions/${made.sid}` });
    }
    const match = () => {
      if (request.headers['if-match'] === undefined) refuse('version_required', 'If-Match');
      if (request.headers['if-match'] !== `"${thing.version}"`) refuse('version_mismatch', 'If-Match');
    };
    if (verb === 'PATCH one') {
      const body = parse(bytes, request.headers['content-type']);
      check(body, false);
      match();
      Object.assign(thing, body, { version: thing.version + 1 });
      return json(200, whole(thing), tagged(thing));
    }
    if (verb === 'DELETE one') {
      match();
      this.things.delete(thing.sid);
      return response.writeHead(204, { 'carillon-position': this.position }).end();
    }
    return refuse('method_not_allowed');
  }

  #page(url, whole) {
    for (const name of url.searchParams.keys()) if (!['page_size', 'cursor'].includes(name)) refuse('unknown_field', name);
    const size = Number(url.searchParams.get('page_size') ?? 50);
    if (!(size >= 1 && size <= 200)) refuse('out_of_range', 'page_size');
    const cursor = url.searchParams.get('cursor');
    const at = cursor === null ? 0 : Number(cursor.match(/^at(\d+)$/)?.[1] ?? refuse('cursor_invalid', 'cursor'));
    const all = [...this.things.values()];
    return { items: all.slice(at, at + size).map(whole), next_cursor: at + size < all.length ? `at${at + size}` : null };
  }
}

if (process.argv[2] === 'serve') {
  const fake = await new FakeServer().listen();
  console.log(`listening on ${fake.url}`);
  process.on('SIGTERM', () => fake.close().then(() => process.exit(0)));
}
