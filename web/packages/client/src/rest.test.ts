// Goal: calls carry what the contract asks for, answers and problems come back typed, what passes is tried again once and only
// once meant. Method: a fetch that records and answers from a list.
import { describe, expect, it } from 'vitest';
import { Rest, addressOf } from './rest';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function harness(...answers: (Response | Error)[]) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  let signedOut = 0;
  const rest = new Rest({
    fetch: (input, init) => {
      sent.push({ url: String(input), init: init ?? {} });
      const next = answers.shift() ?? new Error('no more answers');
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    random: () => 0.5,
    credentials: () => ({ session_id: 'SI1', csrf_token: 'token' }),
    onSignedOut: () => (signedOut += 1),
  });
  const header = (i: number, name: string) => new Headers(sent[i]?.init.headers).get(name);
  return { rest, sent, waits, header, signedOut: () => signedOut };
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  json({ type: '', title: '', status, code, detail: 'x' }, status, headers);

describe('Rest', () => {
  it('names the sign-in, and on a change the CSRF token and an idempotency key', async () => {
    const { rest, sent, header } = harness(json({ sid: 'WR1' }), json({ items: [], next_cursor: null }));
    await rest.post('/reservations/{sid}/accept', { path: { sid: 'WR1' } });
    await rest.get('/task-queues');
    expect(sent[0]?.url).toBe('/api/v1/reservations/WR1/accept');
    expect(header(0, 'Carillon-Session')).toBe('SI1');
    expect(header(0, 'Carillon-CSRF')).toBe('token');
    expect(header(0, 'Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    expect(header(1, 'Carillon-CSRF')).toBeNull();
    expect(header(1, 'Idempotency-Key')).toBeNull();
  });

  it('sends If-Match as an ETag and reads version and position of the answer', async () => {
    const { rest, header } = harness(json({}, 200, { ETag: '"8"', 'Carillon-Position': '1234' }));
    const answer = await rest.patch('/workspace', { body: { friendly_name: 'x' }, ifMatch: 7 });
    expect(header(0, 'If-Match')).toBe('"7"');
    expect(answer).toMatchObject({ ok: true, version: 8, position: 1234 });
  });

  it('gives a problem document as a value, not as an exception', async () => {
    const { rest } = harness(problem(409, 'state_forbids'));
    const answer = await rest.post('/reservations/{sid}/accept', { path: { sid: 'WR1' } });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'state_forbids', status: 409 } });
  });

  it('tries again what passes, with the same key, waiting as long as the server says', async () => {
    const { rest, sent, waits, header } = harness(
      problem(503, 'unavailable', { 'Retry-After': '2' }),
      new Error('reset'),
      json({}),
    );
    const answer = await rest.post('/tasks/{sid}/cancel', { path: { sid: 'WT1' } });
    expect(answer.ok).toBe(true);
    expect(sent).toHaveLength(3);
    expect(new Set([0, 1, 2].map((i) => header(i, 'Idempotency-Key'))).size).toBe(1);
    expect(waits).toEqual([2000, 500]);
  });

  it('gives up after four tries and says the server cannot be reached', async () => {
    const down = new Error('refused');
    const { rest, sent } = harness(down, down, down, down, down);
    const answer = await rest.get('/me');
    expect(sent).toHaveLength(4);
    expect(answer).toMatchObject({ ok: false, problem: { code: 'network', status: 0 } });
  });

  it('does not try again what a person has to mend', async () => {
    const { rest, sent } = harness(problem(422, 'missing_field'));
    await rest.post('/notes', { body: { text: 'x' } });
    expect(sent).toHaveLength(1);
  });

  it('tells when the sign-in has ended, but not for a wrong password', async () => {
    const gone = harness(problem(401, 'session_expired'));
    await gone.rest.get('/me');
    expect(gone.signedOut()).toBe(1);
    const wrong = harness(problem(401, 'bad_credentials'));
    await wrong.rest.post('/sign-in', { body: { username: 'a', password: 'b' } });
    expect(wrong.signedOut()).toBe(0);
  });

  it('understands a proxy that speaks no problem documents', async () => {
    const { rest } = harness(new Response('<h1>Bad gateway</h1>', { status: 404 }));
    const answer = await rest.get('/me');
    expect(answer).toMatchObject({ ok: false, problem: { status: 404, code: 'not_understood' } });
  });
});

describe('addressOf', () => {
  it('fills braces safely, names a list once an item, and leaves out what is empty', () => {
    expect(addressOf('/tasks/{sid}', { path: { sid: 'a/b' } })).toBe('/tasks/a%2Fb');
    expect(addressOf('/tasks', { query: { status: ['pending', 'reserved'], q: '', cursor: undefined } })).toBe(
      '/tasks?status=pending&status=reserved',
    );
  });
});
