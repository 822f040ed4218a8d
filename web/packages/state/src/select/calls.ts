// Calls: which one belongs to a piece of work, and how this worker is in it.
import type { Schemas } from '@carillon/contract';
import type { Call, Live } from '../live';
import { customerNameOf } from '../notices';
import { memo } from './memo';

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

// What this person's microphone is for just now, as an agent or as a supervisor who came into a call; null: for nothing.
export function ownLeg(live: Live, userSid: string | null = null): CallLeg | null {
  const worker = live.workerSid;
  for (const call of Object.values(live.calls)) {
    const own = call.legs.find(
      (leg) =>
        leg.status !== 'ended' &&
        (leg.role === 'coach'
          ? userSid !== null && leg.user_sid === userSid
          : worker !== null && leg.worker_sid === worker),
    );
    if (own) return own;
  }
  return null;
}

// Whether they say something there that anybody hears.
export function speaks(leg: CallLeg | null): boolean {
  return leg !== null && !leg.muted && leg.monitoring !== 'listen';
}

// A call that goes on, for who looks at all of them.
export interface CallRow {
  readonly call: Call;
  readonly customer: CallLeg;
  readonly customerName: string;
  // Who is in it for us, by name.
  readonly agents: readonly string[];
  readonly since: string;
  readonly help: Help | null;
}

// An agent asks for a supervisor; of several in one call the one who asked first.
export interface Help {
  readonly worker: string;
  readonly name: string;
  readonly since: string;
}

function helpOf(call: Call, workers: Live['workers']): Help | null {
  const [asking] = call.legs
    .flatMap((leg) => (leg.help_since !== null && leg.worker_sid !== null ? [{ leg, since: leg.help_since }] : []))
    .toSorted((a, b) => a.since.localeCompare(b.since));
  if (!asking) return null;
  const worker = asking.leg.worker_sid ?? '';
  return { worker, name: workers[worker]?.friendly_name ?? '', since: asking.since };
}

export const selectCalls = memo(
  (live: Live) => [live.calls, live.workers, live.tasks],
  (calls, workers, tasks): readonly CallRow[] =>
    Object.values(calls)
      .flatMap((call) => {
        const customer = call.legs[0];
        if (!customer || (call.status !== 'queued' && call.status !== 'talking')) return [];
        const agents = call.legs.filter((leg) => leg.role === 'agent' && leg.status === 'connected');
        const task = Object.values(tasks).find((one) => one.contact_sid === call.contact_sid);
        return [
          {
            call,
            customer,
            customerName: customerNameOf(task) || (call.from_name ?? ''),
            agents: agents.map((leg) => workers[leg.worker_sid ?? '']?.friendly_name ?? ''),
            since: (call.status === 'talking' ? agents[0]?.connected_at : null) ?? call.created_at,
            help: helpOf(call, workers),
          },
        ];
      })
      .sort(
        (a, b) =>
          Number(b.help !== null) - Number(a.help !== null) || a.call.created_at.localeCompare(b.call.created_at),
      ),
);

// Who monitors this call and may be seen, as its agent is told: not who they are, but whether they hear or speak.
export function coachesOf(call: Call): readonly CallLeg[] {
  return call.legs.filter((leg) => leg.role === 'coach' && leg.status === 'connected');
}

// The call that this person monitors, and how.
export function monitoredBy(live: Live, userSid: string | null): { readonly call: Call; readonly leg: CallLeg } | null {
  if (userSid === null) return null;
  for (const call of Object.values(live.calls)) {
    const leg = call.legs.find((one) => one.role === 'coach' && one.status !== 'ended' && one.user_sid === userSid);
    if (leg) return { call, leg };
  }
  return null;
}
