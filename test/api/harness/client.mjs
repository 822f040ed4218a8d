// Speaks to a server as somebody, and holds every answer against the contract.
import { appendFileSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';

export class ContractFault extends Error {}

// What was called and answered, for the coverage at the end of `run`.
function note(op, status) {
  if (process.env.CARILLON_API_COVERAGE) appendFileSync(process.env.CARILLON_API_COVERAGE, `${op.operationId} ${status}\n`);
}

export class Client {
  // auth: {bearer} | {session, cookie, csrf} | {}; headers go with every request.
  constructor(url, contract, auth = {}, headers = {}) {
    this.url = url.replace(/\/$/, '');
    this.contract = contract;
    this.auth = auth;
    this.headers = headers;
  }

  as(auth, headers = {}) {
    return new Client(this.url, this.contract, auth, headers);
  }

  // Signs in; the answer is a client of that session. Its `signIn` is the body.
  async signIn(username, password) {
    const answer = await this.as({}).call('sign_in', { body: { username, password }, expect: 201 });
    const session = answer.body.session_id;
    const cookie = answer.headers.getSetCookie().find((c) => c.startsWith(`carillon_${session}=`));
    if (!cookie) throw new ContractFault(`sign_in set no cookie carillon_${session}`);
    const client = this.as({ session, cookie: cookie.split(';')[0], csrf: answer.body.csrf_token });
    client.signIn = answer.body;
    client.setCookie = cookie;
    return client;
  }

  credentials(method = 'get') {
    const h = {};
    if (this.auth.bearer) h.authorization = `Bearer ${this.auth.bearer}`;
    if (this.auth.session) {
      h['carillon-session'] = this.auth.session;
      h.cookie = this.auth.cookie;
      if (method.toLowerCase() !== 'get') h['carillon-csrf'] = this.auth.csrf;
    }
    return h;
  }

  // Calls an operation by its id. options: path {sid}, query, body (JSON), raw (bytes), headers, expect (a status or several).
  async call(operationId, { path = {}, query = {}, body, raw, headers = {}, expect } = {}) {
    const op = this.contract.byId.get(operationId);
    if (!op) throw new Error(`the contract has no operation ${operationId}`);
    let url = op.full.replace(/\{(\w+)\}/g, (_, name) => {
      if (path[name] === undefined) throw new Error(`${operationId} needs ${name}`);
      return encodeURIComponent(path[name]);
    });
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) for (const v of [value].flat()) search.append(name, v);
    if (search.size > 0) url += `?${search}`;
    const answer = await this.send(op.method, url, { body, raw, headers });
    const wanted = expect === undefined ? Object.keys(op.responses).filter((s) => s < 400).map(Number) : [expect].flat();
    if (!wanted.includes(answer.status)) {
      throw new ContractFault(`${operationId}: answered ${answer.status} instead of ${wanted.join(' or ')}: ${answer.text.slice(0, 600)}`);
    }
    return answer;
  }

  // One request, judged. Waits when told to by 429 and asks again, unless `patient` is false.
  async send(method, url, { body, raw, headers = {}, patient = true } = {}) {
    const init = { method: method.toUpperCase(), headers: { ...this.credentials(method), ...this.headers, ...headers }, redirect: 'manual' };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers['content-type'] ??= 'application/json';
    } else if (raw !== undefined) {
      init.body = raw;
      init.headers['content-type'] ??= 'application/json';
    }
    for (const [name, value] of Object.entries(init.headers)) if (value === null) delete init.headers[name];
    for (let round = 0; ; round += 1) {
      const answer = await this.#once(url, init);
      if (answer.status !== 429 || !patient || round === 20) return answer;
      await pause(Math.min(5, Number(answer.headers.get('retry-after') ?? 1) || 0.2) * 1000);
    }
  }

  async #once(url, init) {
    const response = await fetch(this.url + url, init);
    const bytes = Buffer.from(await response.arrayBuffer());
    const answer = { status: response.status, headers: response.headers, bytes, text: bytes.toString('utf8') };
    if (/json/.test(response.headers.get('content-type') ?? '')) {
      try {
        answer.body = JSON.parse(answer.text);
      } catch {
        answer.body = undefined;
      }
    }
    const { pathname } = new URL(this.url + url);
    const { op } = this.contract.find(init.method, pathname);
    if (op) note(op, answer.status);
    const faults = this.contract.judge(init.method, pathname, answer);
    if (faults.length > 0) {
      throw new ContractFault(`${init.method} ${url} answered ${answer.status} against its contract:\n  ${faults.join('\n  ')}`);
    }
    return answer;
  }

  // Only the head of a request, whose body never comes: what the server answers to that alone.
  async sendHead(method, url, headers) {
    for (let round = 0; ; round += 1) {
      const answer = await this.#headOnce(method, url, headers);
      if (answer.status !== 429 || round === 20) return answer;
      await pause(Math.min(5, Number(answer.headers.get('retry-after'))) * 1000);
    }
  }

  #headOnce(method, url, headers) {
    const { pathname } = new URL(this.url + url);
    return new Promise((resolve, reject) => {
      const request = rawRequest(this.url + url, { method: method.toUpperCase(), headers: { ...this.credentials(method), ...this.headers, ...headers } });
      request.setTimeout(10_000, () => request.destroy(new Error('no answer to the head alone')));
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks = [];
        response.on('data', (c) => chunks.push(c));
        response.on('end', () => {
          request.removeAllListeners('error').on('error', () => {}).destroy();
          const text = Buffer.concat(chunks).toString('utf8');
          const answer = { status: response.statusCode, headers: new Headers(response.headers), text, body: JSON.parse(text) };
          const faults = this.contract.judge(method, pathname, answer);
          if (faults.length > 0) reject(new ContractFault(`${method} ${url} answered ${answer.status} against its contract:\n  ${faults.join('\n  ')}`));
          else resolve(answer);
        });
      });
      request.flushHeaders();
    });
  }

  // All items of a list, page by page.
  async all(operationId, { path, query = {}, pageSize = 200 } = {}) {
    const items = [];
    let cursor;
    do {
      const page = await this.call(operationId, { path, query: { ...query, page_size: pageSize, ...(cursor ? { cursor } : {}) } });
      items.push(...page.body.items);
      cursor = page.body.next_cursor;
    } while (cursor);
    return items;
  }

  stream(operationId = 'stream_events', options = {}) {
    return Stream.open(this, operationId, options);
  }
}

// A WebSocket whose frames are all held against the contract. next(test) waits for the first frame that fits, from where it stood.
export class Stream {
  static open(client, operationId, { query = {}, headers = {}, subprotocols = [] } = {}) {
    const op = client.contract.byId.get(operationId);
    const search = new URLSearchParams(query);
    if (client.auth.session) search.set('session', client.auth.session);
    const url = `${client.url.replace(/^http/, 'ws')}${op.full}?${search}`;
    const visitor = operationId === 'stream_visitor';
    const protocols = ['carillon.v1', ...subprotocols];
    const own = { ...client.headers };
    if (visitor) protocols.push(`carillon.token.${client.auth.bearer}`);
    else if (client.auth.bearer) own.authorization = `Bearer ${client.auth.bearer}`;
    if (client.auth.cookie) Object.assign(own, { cookie: client.auth.cookie, origin: client.url });
    const stream = new Stream();
    stream.union = op['x-websocket'].server_frame;
    stream.contract = client.contract;
    stream.frames = [];
    stream.faults = [];
    stream.at = 0;
    stream.waiting = new Set();
    stream.socket = new WebSocket(url, protocols, { headers: { ...own, ...headers } });
    stream.closed = new Promise((resolve) => {
      stream.socket.on('close', (code, reason) => {
        stream.closeCode = code;
        resolve({ code, reason: reason.toString() });
        for (const w of stream.waiting) w();
      });
    });
    stream.socket.on('message', (data, binary) => stream.#take(data, binary));
    return new Promise((resolve, reject) => {
      stream.socket.on('open', () => {
        note(op, 101);
        if (stream.socket.protocol !== 'carillon.v1') stream.faults.push(`the server chose subprotocol "${stream.socket.protocol}"`);
        resolve(stream);
      });
      stream.socket.on('unexpected-response', (_request, response) => {
        note(op, response.statusCode);
        const refusal = new Error(`${operationId}: the handshake was answered with ${response.statusCode}`);
        refusal.status = response.statusCode;
        reject(refusal);
      });
      stream.socket.on('error', reject);
    });
  }

  #take(data, binary) {
    if (binary) this.faults.push('a binary frame came');
    let frame;
    try {
      frame = JSON.parse(data.toString('utf8'));
    } catch {
      this.faults.push('a frame is not JSON');
      return;
    }
    this.faults.push(...this.contract.frameFaults(this.union, frame));
    this.frames.push(frame);
    if (frame.type === 'ping') this.send({ type: 'pong' });
    for (const w of this.waiting) w();
  }

  send(frame) {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  // The next frame for which test(frame) holds; frames before it are passed over. 10 s at most.
  async next(test, { within = 10_000, what = test.toString() } = {}) {
    const limit = Date.now() + within;
    for (;;) {
      while (this.at < this.frames.length) {
        const frame = this.frames[this.at];
        this.at += 1;
        if (test(frame)) return frame;
      }
      const left = limit - Date.now();
      if (left <= 0 || this.closeCode !== undefined) {
        const seen = this.frames.map((f) => f.type + (f.events ? `[${f.events.map((e) => e.type)}]` : '')).slice(-20);
        throw new Error(`no frame for ${what} (${this.closeCode ? `closed ${this.closeCode}` : `within ${within} ms`}); seen: ${seen.join(' ')}`);
      }
      await new Promise((resolve) => {
        const timer = setTimeout(done, left);
        const waiting = this.waiting;
        function done() {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        }
        waiting.add(done);
      });
    }
  }

  // The next event of a type (and for a test of it).
  async event(type, test = () => true, options = {}) {
    const fits = (e) => e.type === type && test(e);
    const frame = await this.next((f) => f.type === 'events' && f.events.some(fits), { what: type, ...options });
    return frame.events.find(fits);
  }

  // Ends it; throws when any frame was against the contract.
  async close() {
    this.socket.close(1000);
    await this.closed;
    if (this.faults.length > 0) throw new ContractFault(`frames against the contract:\n  ${[...new Set(this.faults)].slice(0, 20).join('\n  ')}`);
  }
}
