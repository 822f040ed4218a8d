// Quality: what a listener would say of the line, from what the connection counts. Pure.
//
// Poor is where people begin to ask again: 3 % of the sound lost, 400 ms there and back (ITU-T G.114 allows 150 ms one way in
// comfort), or packets that come 40 ms out of step.

export type Quality = 'good' | 'poor' | 'lost';

// Running totals of one moment.
export interface Reading {
  readonly received: number;
  readonly lost: number;
  // Seconds.
  readonly jitter: number;
  readonly roundTrip: number;
  // Of what we sent, as the other side counts it: 0 to 1.
  readonly theirLoss: number;
}

const kMostLoss = 0.03;
const kMostJitter = 0.04;
const kMostRoundTrip = 0.4;

export function readingOf(report: Iterable<readonly [string, unknown]>): Reading {
  const sum = { received: 0, lost: 0, jitter: 0, roundTrip: 0, theirLoss: 0 };
  for (const [, entry] of report) {
    const one = entry as Record<string, unknown>;
    const n = (name: string) => (typeof one[name] === 'number' ? one[name] : 0);
    if (one['type'] === 'inbound-rtp') {
      sum.received += n('packetsReceived');
      sum.lost += Math.max(0, n('packetsLost'));
      sum.jitter = Math.max(sum.jitter, n('jitter'));
    } else if (one['type'] === 'remote-inbound-rtp') {
      sum.theirLoss = Math.max(sum.theirLoss, n('fractionLost'));
      sum.roundTrip = Math.max(sum.roundTrip, n('roundTripTime'));
    } else if (one['type'] === 'candidate-pair' && one['nominated'] === true) {
      sum.roundTrip = Math.max(sum.roundTrip, n('currentRoundTripTime'));
    }
  }
  return sum;
}

// What people who look after a network want to know, rounded: the worse direction's loss.
export interface Measures {
  readonly lossPercent: number;
  readonly jitterMs: number;
  readonly roundTripMs: number;
}

function lossBetween(before: Reading, now: Reading): number {
  const lost = Math.max(0, now.lost - before.lost);
  const all = lost + Math.max(0, now.received - before.received);
  return all === 0 ? 0 : lost / all;
}

export function measuresOf(before: Reading, now: Reading): Measures {
  return {
    lossPercent: Math.round(1000 * Math.max(lossBetween(before, now), now.theirLoss)) / 10,
    jitterMs: Math.round(1000 * now.jitter),
    roundTripMs: Math.round(1000 * now.roundTrip),
  };
}

// Of what came between two readings.
export function qualityOf(before: Reading, now: Reading): Quality {
  const loss = lossBetween(before, now);
  const poor =
    loss > kMostLoss || now.theirLoss > kMostLoss || now.jitter > kMostJitter || now.roundTrip > kMostRoundTrip;
  return poor ? 'poor' : 'good';
}
