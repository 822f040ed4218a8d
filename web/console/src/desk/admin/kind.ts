// The kinds of things an administrator sets up, all alike: list, make, change with the version one read, remove.
import type { Answer, Rest } from '@carillon/client';

export type Kind =
  | '/activities'
  | '/task-channels'
  | '/task-queues'
  | '/workflows'
  | '/dispositions'
  | '/workers'
  | '/widgets'
  | '/numbers'
  | '/api-keys'
  | '/memberships'
  | '/users';

export interface Thing {
  readonly sid: string;
  readonly version?: number;
}

// The addresses are the contract's; only that they are alike is said here, not to the type checker.
export function make(rest: Rest, kind: Kind, body: object): Promise<Answer<unknown>> {
  return rest.post(kind as '/activities', { body: body as never });
}

export function change(rest: Rest, kind: Kind, thing: Thing, body: object): Promise<Answer<unknown>> {
  return rest.patch(`${kind}/{sid}` as '/activities/{sid}', {
    path: { sid: thing.sid },
    body: body as never,
    ifMatch: thing.version ?? 0,
  });
}

export function remove(rest: Rest, kind: Kind, thing: Thing): Promise<Answer<unknown>> {
  if (kind === '/api-keys') return rest.delete('/api-keys/{sid}', { path: { sid: thing.sid } });
  return rest.delete(`${kind}/{sid}` as '/activities/{sid}', { path: { sid: thing.sid }, ifMatch: thing.version ?? 0 });
}
