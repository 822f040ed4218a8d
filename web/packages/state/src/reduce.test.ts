// Goal: what the server says becomes what the tab knows: the same from events as from a snapshot, never half a change, and
// bounded. Method: a center in memory, whole contacts on it, and replay of the recorded frames.
import { FakeCenter, arrive, furnish, work } from '@carillon/client/testing';
import type { Furnished } from '@carillon/client/testing';
import type { Schemas } from '@carillon/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Desk } from '../testing/desk';
import { settled, sitDown } from '../testing/desk';
import type { Live } from './live';
import { emptyLive } from './live';
import { reduce } from './reduce';
import { selectOffers, selectWork } from './select/work';

let center: FakeCenter;
let made: Furnished;
let desks: Desk[];

beforeEach(() => {
  center = new FakeCenter();
  made = furnish(center);
  desks = [];
});
afterEach(() => desks.forEach((desk) => desk.stream.stop()));

async function desk(username: string): Promise<Desk> {
  const one = await sitDown(center, username);
  desks.push(one);
  return one;
}

const at = (d: Desk) => settled(() => d.store.get().position >= center.position || d.frames.length === 0, 'caught up');

function aContact(name = 'Eleni') {
  const task = arrive(center, { name, text: 'Hello', queue: made.orders });
  const maria = center.tables.worker.get(made.worker['maria'] ?? '');
  if (!maria) throw new Error('no maria');
  return { task, maria, ring: () => work.offer(center, task, maria) };
}

// What both ways of learning must agree on.
function known(live: Live) {
  const { activities, taskChannels, taskQueues, workflows, workers, tasks, reservations, conversations, contacts } =
    live;
  return { activities, taskChannels, taskQueues, workflows, workers, tasks, reservations, conversations, contacts };
}

describe('reduce', () => {
  it('knows the same from events as a newcomer from a snapshot', async () => {
    const ingrid = await desk('ingrid');
    const { task, ring } = aContact();
    work.accept(center, ring());
    aContact('Marko').ring();
    work.transfer(center, task, { queue: made.billing });
    work.complete(center, task, null);
    await at(ingrid);
    const newcomer = await desk('admin');
    expect(known(ingrid.store.get())).toEqual(known(newcomer.store.get()));
  });

  it('gives the same state when the frames of a day are played again', async () => {
    const maria = await desk('maria');
    const { task, ring } = aContact();
    work.accept(center, ring());
    work.wrapUp(center, task, 'by_worker');
    work.complete(center, task, null);
    await settled(
      () => selectWork(maria.store.get()).length === 0 && maria.store.get().position >= center.position,
      'over',
    );
    const again = maria.frames.reduce((live, frame) => reduce(live, { type: 'frame', frame }, 0), emptyLive());
    expect(known(again)).toEqual(known(maria.store.get()));
  });

  it('follows an offer to its end', async () => {
    const maria = await desk('maria');
    const { task, ring } = aContact();
    const reservation = ring();
    await settled(() => selectOffers(maria.store.get()).length === 1, 'it rings');
    work.accept(center, reservation);
    await settled(() => selectWork(maria.store.get())[0]?.state === 'talking', 'accepted');
    work.wrapUp(center, task, 'by_worker');
    await settled(() => selectWork(maria.store.get())[0]?.state === 'wrapping', 'wrapping');
    work.complete(center, task, null);
    await settled(() => selectWork(maria.store.get()).length === 0, 'done');
    expect(maria.store.get().tasks).toEqual({});
    expect(maria.store.get().contacts).toEqual({});
  });

  it('knows what happened while the line was away', async () => {
    const maria = await desk('maria');
    center.cut();
    const { ring } = aContact();
    work.accept(center, ring());
    await settled(() => selectWork(maria.store.get()).length === 1, 'resumed');
    expect(maria.frames.filter((f) => f.type === 'snapshot')).toHaveLength(1);
  });

  it('begins anew when what it missed is not kept any more, and reads its threads again', async () => {
    const maria = await desk('maria');
    const { task, ring } = aContact();
    work.accept(center, ring());
    const conversation = task.conversation_sid ?? '';
    await settled(() => selectWork(maria.store.get()).length === 1, 'accepted');
    maria.store.dispatch({ type: 'thread-wanted', conversation });
    maria.store.dispatch({ type: 'thread-page', conversation, messages: [], complete: true });
    center.cut();
    work.complete(center, task, null);
    center.forgetEvents();
    await settled(() => selectWork(maria.store.get()).length === 0, 'a snapshot told');
    expect(maria.store.get().threads[conversation]?.loaded).toBe(false);
  });

  it('forgets everything when somebody signs out', async () => {
    const maria = await desk('maria');
    expect(reduce(maria.store.get(), { type: 'signed-out' }, 0)).toEqual(emptyLive());
  });

  it('counts by the clock of the server', () => {
    const hello: Schemas['HelloFrame'] = {
      type: 'hello',
      at: '2026-01-01T00:00:10.000Z',
      workspace_sid: 'WS',
      worker_sid: null,
      position: 1,
      heartbeat_s: 20,
    };
    const local = Date.parse('2026-01-01T00:00:00.000Z');
    const live = reduce(emptyLive(), { type: 'frame', frame: hello }, local);
    expect(live.skewMs).toBe(10_000);
    const ping = { type: 'ping' as const, at: '2026-01-01T00:00:30.800Z', position: 1 };
    expect(reduce(live, { type: 'frame', frame: ping }, local + 20_000).skewMs).toBeCloseTo(10_100, 0);
  });
});

describe('notices', () => {
  const kinds = (d: Desk) => d.store.get().notices.map((n) => n.kind);

  it('says when an offer went to somebody else, once', async () => {
    const maria = await desk('maria');
    const reservation = aContact('Marko').ring();
    await settled(() => selectOffers(maria.store.get()).length === 1, 'it rings');
    work.endOffer(center, reservation, 'rescinded', 'accepted_elsewhere');
    await settled(() => kinds(maria).length === 1, 'told');
    expect(maria.store.get().notices[0]).toMatchObject({
      kind: 'offer_gone',
      name: 'Marko',
      reason: 'accepted_elsewhere',
    });
    maria.store.dispatch({ type: 'notice-said', id: maria.store.get().notices[0]?.id ?? 0 });
    expect(kinds(maria)).toEqual([]);
  });

  it('says when a transfer to a colleague was refused, and when it was taken', async () => {
    const maria = await desk('maria');
    const { task, ring } = aContact();
    work.accept(center, ring());
    const jonas = center.tables.worker.get(made.worker['jonas'] ?? '');
    if (!jonas) throw new Error('no jonas');
    const hand = () => work.offer(center, work.transfer(center, task, { worker: jonas.sid }), jonas);
    work.endOffer(center, hand(), 'rejected', 'rejected');
    await settled(() => kinds(maria).includes('transfer_refused'), 'refused');
    work.accept(center, hand());
    await settled(() => kinds(maria).includes('transfer_taken'), 'taken');
    expect(maria.store.get().notices.at(-1)?.text).toBe('Jonas Weber');
  });

  it('says nothing about what happens to others', async () => {
    const jonas = await desk('jonas');
    work.endOffer(center, aContact().ring(), 'rescinded', 'accepted_elsewhere');
    await new Promise((done) => setTimeout(done, 20));
    expect(kinds(jonas)).toEqual([]);
  });
});
