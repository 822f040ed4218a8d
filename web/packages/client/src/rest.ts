// Rest: calls of the server's API, typed by the contract.
//
// What:   get/post/put/patch/delete with an address of spec/openapi.yaml; names the sign-in, adds the CSRF token, an idempotency
//         key, If-Match; reads answers and problem documents. What passes (network, 429, 503) is tried again, for a command with
//         the same idempotency key, so nothing is done twice.
// Never:  throws. Never keeps a cookie: the browser does.
// Example:
//   const answer = await rest.post('/reservations/{sid}/accept', { path: { sid } });
//   if (!answer.ok) show(answer.problem);
import type { Args, Method, OperationOf, PathOf, ValueOf } from './calls';
import type { Answer, Failure, Problem } from './problem';
import { isPassing, isSignedOut, networkProblem, notUnderstood } from './problem';

export interface Credentials {
  readonly session_id: string;
  readonly csrf_token: string;
}

export interface RestOptions {
  readonly base?: string;
  readonly fetch?: typeof fetch;
  readonly wait?: (ms: number) => Promise<void>;
  readonly random?: () => number;
  // Names the sign-in of this tab; null before signing in.
  readonly credentials: () => Credentials | null;
  readonly workspace?: () => string | null;
  // Called when an answer says that the sign-in has ended.
  readonly onSignedOut?: (problem: Problem) => void;
}

const kTries = 4;
const kTimeoutMs = 20_000;

interface Wire {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly ifMatch?: number;
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
}

export class Rest {
  private readonly base: string;
  private readonly fetch: typeof fetch;
  private readonly wait: (ms: number) => Promise<void>;

  constructor(private readonly options: RestOptions) {
    this.base = options.base ?? '/api/v1';
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.wait = options.wait ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  }

  get<P extends PathOf<'get'>>(path: P, ...args: Args<OperationOf<'get', P>>) {
    return this.call<ValueOf<OperationOf<'get', P>>>('get', path, args[0] as Wire | undefined);
  }
  post<P extends PathOf<'post'>>(path: P, ...args: Args<OperationOf<'post', P>>) {
    return this.call<ValueOf<OperationOf<'post', P>>>('post', path, args[0] as Wire | undefined);
  }
  put<P extends PathOf<'put'>>(path: P, ...args: Args<OperationOf<'put', P>>) {
    return this.call<ValueOf<OperationOf<'put', P>>>('put', path, args[0] as Wire | undefined);
  }
  patch<P extends PathOf<'patch'>>(path: P, ...args: Args<OperationOf<'patch', P>>) {
    return this.call<ValueOf<OperationOf<'patch', P>>>('patch', path, args[0] as Wire | undefined);
  }
  delete<P extends PathOf<'delete'>>(path: P, ...args: Args<OperationOf<'delete', P>>) {
    return this.call<ValueOf<OperationOf<'delete', P>>>('delete', path, args[0] as Wire | undefined);
  }

  // A file is its own body; its name goes into the query.
  upload(file: Blob, name: string, signal?: AbortSignal): Promise<Answer<ValueOf<OperationOf<'post', '/files'>>>> {
    const key = newKey(this.options.random);
    return this.attempt('post', '/files', { query: { name }, signal }, key, {
      type: file.type || 'application/octet-stream',
      body: file,
    });
  }

  // The content of a file. A link could not name the sign-in, so the page fetches it and makes an object URL.
  download(sid: string, signal?: AbortSignal): Promise<Answer<Blob>> {
    return this.bytes(`/files/${encodeURIComponent(sid)}/content`, signal);
  }

  // The sound of a recording. That it was asked for is written down.
  listen(sid: string, signal?: AbortSignal): Promise<Answer<Blob>> {
    return this.bytes(`/recordings/${encodeURIComponent(sid)}/audio`, signal);
  }

  // The sound of a message that a caller left; the same holds.
  listenToMessage(sid: string, signal?: AbortSignal): Promise<Answer<Blob>> {
    return this.bytes(`/voicemails/${encodeURIComponent(sid)}/audio`, signal);
  }

  // The SIP messages of a call, as a packet capture.
  sipCapture(sid: string, signal?: AbortSignal): Promise<Answer<Blob>> {
    return this.bytes(`/calls/${encodeURIComponent(sid)}/sip`, signal);
  }

  private async bytes(path: string, signal?: AbortSignal): Promise<Answer<Blob>> {
    const credentials = this.options.credentials();
    try {
      const response = await this.fetch(`${this.base}${path}`, {
        headers: credentials ? { 'Carillon-Session': credentials.session_id } : {},
        credentials: 'same-origin',
        signal: signal ?? null,
      });
      if (!response.ok) return read<Blob>(response, await response.text());
      return { ok: true, value: await response.blob(), position: null, version: null };
    } catch (error) {
      return networkProblem(error instanceof Error ? error.message : String(error));
    }
  }

  private async call<T>(method: Method, path: string, wire: Wire = {}): Promise<Answer<T>> {
    // A reload may have lost the answer, never the key: whoever cares gives their own.
    const key = method === 'post' ? (wire.idempotencyKey ?? newKey(this.options.random)) : null;
    const body = wire.body === undefined ? null : { type: 'application/json', body: JSON.stringify(wire.body) };
    return this.attempt<T>(method, path, wire, key, body);
  }

  private async attempt<T>(
    method: Method,
    path: string,
    wire: Wire,
    key: string | null,
    body: { type: string; body: BodyInit } | null,
  ): Promise<Answer<T>> {
    let answer: Answer<T> = networkProblem('not tried');
    for (let tried = 1; tried <= kTries; ++tried) {
      answer = await this.once<T>(method, path, wire, key, body);
      if (answer.ok || !isPassing(answer.problem) || wire.signal?.aborted || tried === kTries) break;
      const backoff = 250 * 2 ** (tried - 1) * (0.75 + 0.5 * (this.options.random ?? Math.random)());
      await this.wait(Math.max(backoff, Math.min(answer.retryAfter ?? 0, 5) * 1000));
    }
    if (!answer.ok && isSignedOut(answer.problem)) this.options.onSignedOut?.(answer.problem);
    return answer;
  }

  private async once<T>(
    method: Method,
    path: string,
    wire: Wire,
    key: string | null,
    body: { type: string; body: BodyInit } | null,
  ): Promise<Answer<T>> {
    const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' };
    const credentials = this.options.credentials();
    const workspace = this.options.workspace?.();
    if (credentials) headers['Carillon-Session'] = credentials.session_id;
    if (credentials && method !== 'get') headers['Carillon-CSRF'] = credentials.csrf_token;
    if (workspace) headers['Carillon-Workspace'] = workspace;
    if (key !== null) headers['Idempotency-Key'] = key;
    if (wire.ifMatch !== undefined) headers['If-Match'] = `"${wire.ifMatch}"`;
    if (body) headers['Content-Type'] = body.type;
    const signals = [AbortSignal.timeout(kTimeoutMs), ...(wire.signal ? [wire.signal] : [])];
    let response: Response;
    let text: string;
    try {
      response = await this.fetch(this.base + addressOf(path, wire), {
        method: method.toUpperCase(),
        headers,
        body: body?.body ?? null,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.any(signals),
      });
      text = await response.text();
    } catch (error) {
      return networkProblem(error instanceof Error ? error.message : String(error));
    }
    return read<T>(response, text);
  }
}

// "/tasks/{sid}" with what stands in the braces, and the query; a list is named once an item.
export function addressOf(
  path: string,
  wire: { path?: Readonly<Record<string, string>>; query?: Readonly<Record<string, unknown>> },
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(wire.path?.[name] ?? ''));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wire.query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null && item !== '') query.append(name, String(item));
    }
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

export function newKey(random: () => number = Math.random): string {
  let key = '';
  for (let i = 0; i < 4; ++i)
    key += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return key;
}

function read<T>(response: Response, text: string): Answer<T> {
  let value: unknown;
  try {
    value = text === '' ? undefined : JSON.parse(text);
  } catch {
    if (response.ok) return notUnderstood(response.status, 'The answer is no JSON.');
  }
  if (response.ok) {
    const position = Number(response.headers.get('Carillon-Position') ?? NaN);
    const version = /^"(\d+)"$/.exec(response.headers.get('ETag') ?? '');
    return {
      ok: true,
      value: value as T,
      position: Number.isFinite(position) ? position : null,
      version: version ? Number(version[1]) : null,
    };
  }
  const after = Number(response.headers.get('Retry-After') ?? NaN);
  return { ...problemFrom(response, value), retryAfter: Number.isFinite(after) ? after : null };
}

function problemFrom(response: Response, value: unknown): Failure {
  if (typeof value === 'object' && value !== null && 'code' in value && 'detail' in value) {
    return { ok: false, problem: value as Problem, retryAfter: null };
  }
  // A proxy between us and the server speaks its own language.
  return {
    ok: false,
    retryAfter: null,
    problem: {
      type: 'about:blank',
      title: response.statusText || `Status ${response.status}`,
      status: response.status,
      code: response.status >= 500 ? 'unavailable' : 'not_understood',
      detail: `The server answered ${response.status} without saying why.`,
    },
  };
}
