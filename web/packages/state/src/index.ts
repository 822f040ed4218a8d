// What a tab knows of the center: pure reducers over events, and what screens ask of it.
export * from './live';
export { customerNameOf, isVisitor } from './notices';
export * from './pop_url';
export { reduce, tableOf } from './reduce';
export { Store } from './store';
export * from './select/agents';
export * from './select/calls';
export * from './select/queues';
export * from './select/work';
export { mergeMessages } from './threads';
