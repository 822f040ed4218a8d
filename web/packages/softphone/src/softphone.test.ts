// Goal: a phone that was wanted is there again after anything that may happen to it, and is never where nobody wants it. Method: a
// microphone, connections and a clock of the test's own; the server's frames by hand.
import { beforeEach, describe, expect, it } from 'vitest';
import type { FakePeer, FakePhone } from '../testing';
import { fakePhone } from '../testing';
import { Softphone } from '.';
import type { PhoneState } from '.';

let world: FakePhone;
let phone: Softphone;
let said: string[];

beforeEach(() => {
  world = fakePhone();
  said = [];
  phone = new Softphone(
    { phoneConnect: (sdp) => said.push(sdp), phoneDisconnect: () => said.push('disconnect') },
    world,
  );
  phone.line(true);
});

const settle = async () => {
  for (let i = 0; i < 12; ++i) await Promise.resolve();
};
const peer = (): FakePeer => world.peers.at(-1) as FakePeer;
const phase = (): PhoneState['phase'] => phone.get().phase;
const problem = (code: string) => ({ type: '', title: '', status: 503, code, detail: '' });
const inbound = (packetsReceived: number, packetsLost: number) => ({
  type: 'inbound-rtp',
  packetsReceived,
  packetsLost,
  jitter: 0.01,
});

async function ready(): Promise<void> {
  await phone.connect();
  phone.frame({ type: 'phone.connected', sdp: 'answer' });
  await settle();
  peer().become('connected');
}

describe('a phone', () => {
  it('asks for the microphone, offers, and is ready when sound flows', async () => {
    const phases: string[] = [];
    phone.subscribe(() => phases.at(-1) !== phase() && phases.push(phase()));
    await ready();
    expect(phases).toEqual(['asking', 'connecting', 'ready']);
    expect(said).toEqual(['offer 1']);
    expect(peer().remoteDescription).toEqual({ type: 'answer', sdp: 'answer' });
    expect(world.asked[0]?.audio).toEqual({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });
    const heard = {} as never;
    peer().ontrack?.({ streams: [heard], track: {} as never });
    expect(phone.get().remote).toBe(heard);
  });

  it('says nothing into the line but in a call', async () => {
    await ready();
    expect(world.microphones[0]?.track.enabled).toBe(false);
    phone.speak(true);
    expect(world.microphones[0]?.track.enabled).toBe(true);
    await phone.useDevice('other');
    expect(world.microphones[1]?.track.enabled).toBe(true);
  });

  it('is put down when nobody wants it any more', async () => {
    await ready();
    phone.disconnect();
    expect(said).toEqual(['offer 1', 'disconnect']);
    expect(phase()).toBe('off');
    expect(peer().connectionState).toBe('closed');
    expect(world.microphones[0]?.track.stopped).toBe(true);
    phone.line(false);
    phone.line(true);
    phone.frame({ type: 'phone.connected', sdp: 'late' });
    await settle();
    expect(said).toHaveLength(2);
  });
});

describe('relays', () => {
  it('are asked for before each offer, and done without when nobody says', async () => {
    const given: (readonly RTCIceServer[])[] = [];
    const relay = { urls: ['turn:turn.example'], username: '1:US', credential: 'x' };
    const answers = [
      () => Promise.resolve([relay]),
      () => Promise.reject(new Error('503')),
      () => new Promise<never>(() => undefined),
    ];
    const made = { ...world, peer: (relays: readonly RTCIceServer[]) => (given.push(relays), world.peer(relays)) };
    const asked = new Softphone({ phoneConnect: (sdp) => said.push(sdp), phoneDisconnect: () => undefined }, made, () =>
      (answers.shift() ?? answers[0]!)(),
    );
    asked.line(true);
    await asked.connect();
    await asked.connect();
    expect(given).toEqual([[relay], []]);
    const waiting = asked.connect();
    await settle();
    world.pass(3000);
    await waiting;
    expect(given).toEqual([[relay], [], []]);
  });
});

describe('the microphone', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'none'],
    ['NotReadableError', 'busy'],
    ['SecurityError', 'insecure'],
  ])('that is not there is told: %s', async (name, trouble) => {
    world.refusals = [name];
    await phone.connect();
    expect(phone.get()).toMatchObject({ phase: 'refused', trouble });
    expect(said).not.toContain('offer 1');
    await ready();
    expect(phase()).toBe('ready');
  });

  it('is another one when the chosen one is not plugged in', async () => {
    world.refusals = ['OverconstrainedError'];
    await phone.connect('headset');
    expect(world.asked.map((a) => (a.audio as MediaTrackConstraints).deviceId)).toEqual([
      { exact: 'headset' },
      undefined,
    ]);
    expect(phase()).toBe('connecting');
  });

  it('is changed in the middle of a call without a new connection', async () => {
    await ready();
    await phone.useDevice('headset');
    expect(world.peers).toHaveLength(1);
    expect(peer().sender?.track).toBe(world.microphones[1]?.track);
    expect(world.microphones[0]?.track.stopped).toBe(true);
    expect(phase()).toBe('ready');
  });

  it('that was unplugged gives way to another', async () => {
    await ready();
    world.microphones[0]?.track.onended?.();
    await settle();
    expect(peer().sender?.track).toBe(world.microphones[1]?.track);
  });

  it('is let go when it was not wanted any more before it came', async () => {
    const asking = phone.connect();
    phone.disconnect();
    await asking;
    expect(world.microphones[0]?.track.stopped).toBe(true);
    expect(phase()).toBe('off');
    expect(world.peers).toHaveLength(0);
  });
});

describe('a connection', () => {
  it('that fails is made anew', async () => {
    await ready();
    peer().become('failed');
    expect(phase()).toBe('waiting');
    world.pass(500);
    await settle();
    expect(said).toEqual(['offer 1', 'offer 2']);
    expect(world.microphones).toHaveLength(1);
  });

  it('that stumbles has a moment to come back', async () => {
    await ready();
    peer().become('disconnected');
    expect(phone.get()).toMatchObject({ phase: 'ready', quality: 'lost' });
    world.pass(1000);
    peer().become('connected');
    expect(phone.get().quality).toBe('good');
    world.pass(10_000);
    await settle();
    expect(said).toEqual(['offer 1']);
    peer().become('disconnected');
    world.pass(4000);
    expect(phase()).toBe('waiting');
  });

  it('waits for the line and comes back with it', async () => {
    await ready();
    phone.line(false);
    expect(phone.get()).toMatchObject({ phase: 'waiting', retryAt: null });
    world.pass(60_000);
    expect(said).toHaveLength(1);
    phone.line(true);
    await settle();
    expect(said).toEqual(['offer 1', 'offer 2']);
  });

  it('that nobody answers is tried again, later each time', async () => {
    await phone.connect();
    const waits: number[] = [];
    for (let i = 0; i < 3; ++i) {
      world.pass(10_000);
      waits.push((phone.get().retryAt ?? 0) - world.now());
      world.pass(waits.at(-1) ?? 0);
      await settle();
    }
    expect(waits).toEqual([500, 1000, 2000]);
    expect(said).toHaveLength(4);
  });

  it('that is refused says why, and waits longer when it was too often', async () => {
    await phone.connect();
    phone.frame({ type: 'phone.failed', problem: problem('unavailable') });
    expect(phone.get()).toMatchObject({ phase: 'waiting', problem: { code: 'unavailable' } });
    world.pass(500);
    await settle();
    phone.frame({ type: 'phone.failed', problem: problem('rate_limited') });
    expect((phone.get().retryAt ?? 0) - world.now()).toBe(10_000);
  });

  it('whose answer is nonsense is tried again', async () => {
    await phone.connect();
    phone.frame({ type: 'phone.connected', sdp: 'nonsense' });
    await settle();
    expect(phase()).toBe('waiting');
  });

  it('is left where it is when another page has it', async () => {
    phone.elsewhere();
    expect(phase()).toBe('replaced');
    expect(world.asked).toEqual([]);
    await ready();
    phone.elsewhere();
    expect(phase()).toBe('ready');
  });

  it('gives way to another page, until a person wants it here again', async () => {
    await ready();
    phone.frame({ type: 'phone.replaced' });
    expect(phase()).toBe('replaced');
    expect(world.microphones[0]?.track.stopped).toBe(true);
    phone.line(false);
    phone.line(true);
    world.pass(60_000);
    await settle();
    expect(said).toEqual(['offer 1']);
    await ready();
    expect(said).toEqual(['offer 1', 'offer 2']);
  });
});

describe('the quality', () => {
  it('is what the last seconds were like', async () => {
    await ready();
    const read = async (stats: Record<string, unknown>[]) => {
      peer().stats = stats;
      world.pass(2000);
      await settle();
      return phone.get().quality;
    };
    expect(await read([inbound(100, 0)])).toBe('good');
    expect(await read([inbound(190, 10)])).toBe('poor');
    expect(await read([inbound(290, 10)])).toBe('good');
    expect(await read([inbound(390, 10), { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.6 }])).toBe(
      'poor',
    );
    expect(await read([inbound(490, 10), { type: 'remote-inbound-rtp', fractionLost: 0.1 }])).toBe('poor');
  });
});
