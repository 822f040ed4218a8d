// Customers without a browser, for boards that have to be full: they speak the widget's own API.
export class Visitor {
  static async arrive(server, { name, topic = 'orders', text }) {
    const visitor = new Visitor();
    visitor.base = `${server.url}/api/v1`;
    visitor.headers = { 'Content-Type': 'application/json', Origin: server.url };
    const { widget_sid } = await (await fetch(`${visitor.base}/demo`)).json();
    const { token } = await visitor.post(`/widget/${widget_sid}/visitors`, { display_name: name });
    visitor.headers.Authorization = `Bearer ${token}`;
    await visitor.post('/visitor/conversation', { text, attributes: { topic } });
    return visitor;
  }

  async post(path, body) {
    const answer = await fetch(this.base + path, { method: 'POST', headers: this.headers, body: JSON.stringify(body ?? {}) });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  say(text) {
    return this.post('/visitor/messages', { text });
  }
  async end() {
    const answer = await fetch(`${this.base}/visitor/end`, { method: 'POST', headers: this.headers });
    if (!answer.ok) throw new Error(`POST /visitor/end: ${answer.status} ${await answer.text()}`);
  }
}
