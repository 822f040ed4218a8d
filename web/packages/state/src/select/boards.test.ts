// Goal: the boards say of every agent and every waiting contact what is so. Method: the busy scene, seen by the supervisor.
import { FakeCenter, kScenes } from '@carillon/client/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Desk } from '../../testing/desk';
import { sitDown } from '../../testing/desk';
import { selectAgents } from './agents';
import { selectQueues, selectWaiting } from './queues';

let center: FakeCenter;
let ingrid: Desk;

beforeEach(async () => {
  center = new FakeCenter();
  kScenes['missed']?.(center);
  ingrid = await sitDown(center, 'ingrid');
});
afterEach(() => ingrid.stream.stop());

const agent = (name: string) =>
  selectAgents(ingrid.store.get()).find((row) => row.worker.friendly_name.startsWith(name));

describe('agents', () => {
  it('are in contact before anything else, and say on what', () => {
    expect(agent('Maria')).toMatchObject({ state: 'talking', notRespondingOn: ['chat'], load: 99 });
    expect(
      agent('Maria')
        ?.on.map((w) => w.customerName)
        .sort(),
    ).toEqual(['Benedikt Schönefeld-Rautenberg', 'Eleni Kosta', 'Sofia Lindqvist']);
  });

  it('are away or offline by their activity', () => {
    expect(agent('Priya')?.state).toBe('away');
    expect(agent('Tom')?.state).toBe('offline');
  });
});

describe('queues', () => {
  it('come with the numbers of now', async () => {
    await expect.poll(() => selectQueues(ingrid.store.get()).every((row) => row.now !== null)).toBe(true);
    const billing = selectQueues(ingrid.store.get()).find((row) => row.queue.friendly_name === 'Billing');
    expect(billing?.now).toMatchObject({ waiting: 1, eligible_workers: 3 });
  });

  it('list who waits by priority, then by how long', () => {
    expect(selectWaiting(ingrid.store.get()).map((w) => w.customerName)).toEqual([
      'Hannah Osei',
      'Noor van Dijk',
      'Luca Ferraro',
    ]);
  });
});
