// The API, for what a test needs to be there and is not about. Speaks as a sign-in of its own; answers that are no success throw.
import { kPassword } from './people.mjs';

export class Rest {
  static async signIn(server, username, password = kPassword) {
    const rest = new Rest();
    rest.base = `${server.url}/api/v1`;
    rest.headers = {};
    const { session_id, csrf_token, cookie } = await rest.send('POST', '/sign-in', { username, password });
    rest.headers = { 'Carillon-Session': session_id, 'Carillon-CSRF': csrf_token, Cookie: cookie };
    return rest;
  }

  async send(method, path, body, more = {}) {
    const headers = { ...this.headers, ...more, ...(body ? { 'Content-Type': 'application/json' } : {}) };
    const answer = await fetch(this.base + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    const value = text === '' ? {} : JSON.parse(text);
    const cookie = answer.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
    return cookie ? { ...value, cookie } : value;
  }

  // Whatever is answered: status, headers, bytes.
  async ask(method, path) {
    const answer = await fetch(this.base + path, { method, headers: this.headers });
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
  }

  get = (path) => this.send('GET', path);
  post = (path, body) => this.send('POST', path, body);
  patch = (path, body, version) => this.send('PATCH', path, body, { 'If-Match': `"${version}"` });

  async one(path, name) {
    const { items } = await this.get(`${path}?page_size=200`);
    return items.find((item) => item.friendly_name === name || item.display_name === name || item.unique_name === name);
  }
}
