// For tests, and for looking at pages without a server.
export { FakeCenter } from './center';
export { connectCall, ring } from './calls';
export { furnish } from './furnish';
export type { Furnished } from './furnish';
export { kScenes } from './scenes';
export type { Scene } from './scenes';
export * as work from './routing';
export { arrive, pushMessage } from './arrive';
export { messageEvent } from './drafts';
export { signIn } from './handlers';
