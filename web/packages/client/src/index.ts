// The way to the server: calls, events, and who this tab is.
export { backoffMs } from './backoff';
export type { Method, PathOf, OperationOf, ValueOf } from './calls';
export { Drafts } from './drafts';
export type { Unsent } from './drafts';
export * from './problem';
export { Rest, addressOf, newKey } from './rest';
export type { Credentials, RestOptions } from './rest';
export { Session } from './session';
export type { KnownSignIn, Me } from './session';
export { EventStream } from './stream';
export type { Snapshot, SocketLike, StreamFrame, StreamOptions, StreamPhase, StreamState } from './stream';
