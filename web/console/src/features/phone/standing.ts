// What the phone's state and a call's times come to, as people say it.
import type { PhoneState } from '@carillon/softphone';
import type { OwnCall } from '@carillon/state';

// How well the phone is.
export function standingOf({ phase, quality }: Pick<PhoneState, 'phase' | 'quality'>): 'good' | 'poor' | 'bad' | 'off' {
  if (phase === 'off' || phase === 'asking' || phase === 'connecting') return 'off';
  if (phase !== 'ready' || quality === 'lost') return 'bad';
  return quality === 'poor' ? 'poor' : 'good';
}

// Seconds from the first ring until this worker was there.
export function waited({ call, own }: OwnCall): number {
  return Math.max(0, (Date.parse(own.connected_at ?? own.created_at) - Date.parse(call.created_at)) / 1000);
}
