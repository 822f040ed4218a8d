// Goal: what the phone says of itself in a word, and how long a caller waited, are right. Method: values by hand.
import type { OwnCall } from '@carillon/state';
import { describe, expect, it } from 'vitest';
import { standingOf, waited } from './standing';

describe('the phone in the top bar', () => {
  it.each([
    ['off', null, 'off'],
    ['asking', null, 'off'],
    ['connecting', null, 'off'],
    ['ready', 'good', 'good'],
    ['ready', 'poor', 'poor'],
    ['ready', 'lost', 'bad'],
    ['waiting', null, 'bad'],
    ['refused', null, 'bad'],
    ['replaced', null, 'bad'],
  ] as const)('%s, %s: %s', (phase, quality, standing) => {
    expect(standingOf({ phase, quality })).toBe(standing);
  });
});

describe('a caller', () => {
  const call = (own: object): OwnCall =>
    ({ call: { created_at: '2026-01-01T10:00:00Z' }, own: { created_at: '2026-01-01T10:00:40Z', ...own } }) as OwnCall;

  it('waited until somebody was there', () => {
    expect(waited(call({ connected_at: '2026-01-01T10:00:41Z' }))).toBe(41);
    expect(waited(call({ connected_at: null }))).toBe(40);
  });
});
