// What a call answers: a value, or a problem as the server tells it (RFC 9457). Nothing here throws for what the network or the
// server may do: a caller has to look at `ok` before it gets at the value.
import type { Schemas } from '@carillon/contract';

export type Problem = Schemas['Problem'];

export interface Success<T> {
  readonly ok: true;
  readonly value: T;
  // Of the change, or at least as new as this answer; null where no workspace is concerned.
  readonly position: number | null;
  // The row version, without quotes: what If-Match takes.
  readonly version: number | null;
}

export interface Failure {
  readonly ok: false;
  readonly problem: Problem;
  // Seconds after which trying again makes sense; null when the server said nothing.
  readonly retryAfter: number | null;
}

export type Answer<T> = Success<T> | Failure;

// Codes of our own, beside those of docs/errors.md: the request never reached the server, or its answer made no sense.
export const kNetwork = 'network';
export const kNotUnderstood = 'not_understood';

export function networkProblem(detail: string): Failure {
  return {
    ok: false,
    retryAfter: null,
    problem: { type: 'about:blank', title: 'The server cannot be reached', status: 0, code: kNetwork, detail },
  };
}

export function notUnderstood(status: number, detail: string): Failure {
  return {
    ok: false,
    retryAfter: null,
    problem: { type: 'about:blank', title: 'The answer makes no sense', status, code: kNotUnderstood, detail },
  };
}

// Is it worth sending the very same request again? (docs/api.md, "Errors")
export function isPassing(problem: Problem): boolean {
  return problem.code === kNetwork || [408, 429, 502, 503, 504].includes(problem.status);
}

// Has the sign-in ended?
export function isSignedOut(problem: Problem): boolean {
  return problem.status === 401 && problem.code !== 'bad_credentials';
}

// The value or an exception that carries the problem: for TanStack Query, which knows errors only as exceptions.
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ProblemError';
  }
}

export function valueOf<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new ProblemError(answer.problem);
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return notUnderstood(0, error instanceof Error ? error.message : String(error)).problem;
}
