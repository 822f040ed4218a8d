// Calls: which one belongs to a piece of work, and how this worker is in it.
import type { Schemas } from '@carillon/contract';
import type { Call, Live } from '../live';

export type CallLeg = Schemas['CallLeg'];

// A worker's call, as they look at it.
export interface OwnCall {
  readonly call: Call;
  readonly customer: CallLeg;
  readonly own: CallLeg;
}

export function callOfTask(live: Live, taskSid: string): OwnCall | null {
  for (const call of Object.values(live.calls)) {
    const own = call.legs.find((leg) => leg.task_sid === taskSid && leg.status !== 'ended');
    const customer = call.legs[0];
    if (own && customer && own.worker_sid === live.workerSid) return { call, customer, own };
  }
  return null;
}

// What this worker's microphone is for just now; null: for nothing.
export function ownLeg(live: Live): CallLeg | null {
  for (const call of Object.values(live.calls)) {
    const own = call.legs.find((leg) => leg.worker_sid === live.workerSid && leg.status !== 'ended');
    if (own && live.workerSid !== null) return own;
  }
  return null;
}
