// How long to wait before trying to connect again: doubling from half a second to fifteen, spread, so that a thousand desks do
// not come back in the same instant after the server was away.
export const kFirstMs = 500;
export const kMostMs = 15_000;

// attempt: 1 for the first retry. random: [0, 1).
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(kMostMs, kFirstMs * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full * (0.5 + random / 2));
}
