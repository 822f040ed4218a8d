// The addresses a FakeCenter answers, with the contract's shapes; faults as problem documents.
import type { Schemas } from '@carillon/contract';
import type { FakeCenter, Row, Tables } from './center';
import { kCalls } from './calls';
import { kConfiguration, kWork } from './handlers';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Record<string, unknown> | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

export interface Context {
  readonly center: FakeCenter;
  readonly call: Call;
  readonly sid: string;
  readonly second: string;
  readonly me: NonNullable<ReturnType<FakeCenter['who']>>;
}

export type Handler = (context: Context) => Reply;
export type Routes = Readonly<Record<string, Handler>>;

export class Refusal extends Error {
  constructor(readonly problem: Schemas['Problem']) {
    super(problem.detail);
  }
}

export function refuse(status: number, code: string, detail: string, more: Partial<Schemas['Problem']> = {}): never {
  throw new Refusal({
    type: `/api/docs#error-${code}`,
    title: code.replaceAll('_', ' '),
    status,
    code,
    detail,
    ...more,
  });
}

export function ok(body: unknown, status = 200, version?: number): Reply {
  return { status, body, headers: version === undefined ? {} : { ETag: `"${version}"` } };
}

export function page(items: readonly unknown[], call: Call): Reply {
  const size = Number(call.query.get('page_size') ?? 50);
  const from = Number(call.query.get('cursor') ?? 0);
  const next = from + size < items.length ? String(from + size) : null;
  return ok({ items: items.slice(from, from + size), next_cursor: next });
}

export function find<K extends keyof Tables>(
  center: FakeCenter,
  kind: K,
  sid: string,
): Tables[K] extends Map<string, infer T> ? T : never {
  const row = center.tables[kind].get(sid);
  if (!row) refuse(404, 'not_found', `There is no ${kind} ${sid}.`);
  return row as never;
}

// A PATCH or DELETE names the version it read.
export function match(row: { version: number }, call: Call): void {
  const given = call.headers.get('If-Match');
  if (given === null) refuse(428, 'version_required', 'Send If-Match with the ETag you read.');
  if (given !== `"${row.version}"`) {
    refuse(412, 'version_mismatch', `It is at version ${row.version} by now; you read ${given}.`, {
      etag: `"${row.version}"`,
    });
  }
}

const kOpen = new Set(['POST /sign-in', 'GET /demo']);

export function answer(center: FakeCenter, call: Call): Reply {
  try {
    if (center.failing) throw new Refusal(center.failing);
    const me = center.who(call.headers.get('Carillon-Session'));
    for (const routes of [kWork, kCalls, kConfiguration]) {
      for (const [pattern, handler] of Object.entries(routes)) {
        const sids = matches(pattern, call);
        if (!sids) continue;
        if (!me && !kOpen.has(pattern)) refuse(401, 'not_signed_in', 'Sign in first.');
        return handler({ center, call, sid: sids[0] ?? '', second: sids[1] ?? '', me: me as Context['me'] });
      }
    }
    refuse(404, 'not_found', `The fake has no ${call.method} ${call.path}.`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { problem } = error;
    return { status: problem.status, body: problem, headers: problem.status === 503 ? { 'Retry-After': '1' } : {} };
  }
}

function matches(pattern: string, call: Call): string[] | null {
  const [method = '', path = ''] = pattern.split(' ');
  if (method !== call.method) return null;
  const found = new RegExp(`^${path.replaceAll('*', '([A-Z]{2}[0-9a-f]{32})')}$`).exec(call.path);
  return found ? found.slice(1) : null;
}

export function rows(center: FakeCenter, kind: keyof Tables): Row[] {
  return [...center.tables[kind].values()] as unknown as Row[];
}
