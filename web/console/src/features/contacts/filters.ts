// Filters of the history. They live in the address, so a number on another page can lead to its contacts, and a link can be sent.
import type { Schemas } from '@carillon/contract';

export const kPeriods = ['today', 'yesterday', 'week', 'month', 'all'] as const;
export type Period = (typeof kPeriods)[number];

export interface Filters {
  readonly q: string;
  readonly period: Period;
  readonly queue: string | null;
  readonly agent: string | null;
  readonly buckets: readonly Schemas['Bucket'][];
  readonly disposition: string | null;
  // Within the service level: yes, no, or either.
  readonly sl: boolean | null;
}

export const kBuckets: readonly Schemas['Bucket'][] = [
  'answered',
  'abandoned',
  'short_abandoned',
  'overflowed',
  'moved',
  'timed_out',
  'full',
  'canceled',
  'failed_by_us',
  'closed',
  'callback_taken',
  'voicemail',
];

export function filtersFrom(search: string): Filters {
  const query = new URLSearchParams(search);
  const sl = query.get('sl');
  return {
    q: query.get('q') ?? '',
    period: kPeriods.find((p) => p === query.get('period')) ?? 'week',
    queue: query.get('queue'),
    agent: query.get('agent'),
    buckets: kBuckets.filter((b) => query.getAll('bucket').includes(b)),
    disposition: query.get('disposition'),
    sl: sl === 'true' ? true : sl === 'false' ? false : null,
  };
}

export function searchOf(filters: Filters): string {
  const query = new URLSearchParams({ period: filters.period });
  if (filters.q) query.set('q', filters.q);
  if (filters.queue) query.set('queue', filters.queue);
  if (filters.agent) query.set('agent', filters.agent);
  for (const bucket of filters.buckets) query.append('bucket', bucket);
  if (filters.disposition) query.set('disposition', filters.disposition);
  if (filters.sl !== null) query.set('sl', String(filters.sl));
  return query.toString();
}

// Days are the viewer's. Rounded to the minute, so that the same question is the same question for a while.
export function rangeOf(period: Period, now: number): { from?: string; to?: string } {
  const day = (back: number) => {
    const then = new Date(now);
    then.setHours(0, 0, 0, 0);
    then.setDate(then.getDate() - back);
    return then.toISOString();
  };
  switch (period) {
    case 'today':
      return { from: day(0) };
    case 'yesterday':
      return { from: day(1), to: day(0) };
    case 'week':
      return { from: day(6) };
    case 'month':
      return { from: day(29) };
    case 'all':
      return {};
  }
}

// As the server asks for it.
export function queryOf(filters: Filters, now: number): Record<string, unknown> {
  const { from, to } = rangeOf(filters.period, now);
  return {
    ...(filters.q ? { q: filters.q } : {}),
    ...(filters.queue ? { task_queue_sid: filters.queue } : {}),
    ...(filters.agent ? { worker_sid: filters.agent } : {}),
    ...(filters.buckets.length > 0 ? { bucket: filters.buckets } : {}),
    ...(filters.disposition ? { disposition_sid: filters.disposition } : {}),
    ...(filters.sl !== null ? { within_service_level: filters.sl } : {}),
    ...(from ? { created_from: from } : {}),
    ...(to ? { created_to: to } : {}),
  };
}

export function isFiltered(filters: Filters): boolean {
  return Boolean(
    filters.q ||
      filters.queue ||
      filters.agent ||
      filters.buckets.length > 0 ||
      filters.disposition ||
      filters.sl !== null,
  );
}
