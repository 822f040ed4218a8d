// Call somebody: a number, seen with one of ours, or a colleague.
import type { Action } from './action';

export interface Dialled {
  readonly to?: string;
  readonly worker?: string;
  // Whose address they see.
  readonly number?: string;
}

export const dial: Action<Dialled> = {
  name: 'call.dial',
  label: 'action.dial',
  allowed: (live, { to, worker }) => live.workerSid !== null && Boolean(to?.trim()) !== Boolean(worker),
  perform: ({ rest }, { to, worker, number }) =>
    rest.post('/calls', {
      body: worker ? { to_worker_sid: worker } : { to: to?.trim() ?? '', ...(number ? { number_sid: number } : {}) },
    }),
};
