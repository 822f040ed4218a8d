// A microphone, connections and a clock that do what a test says; no sound.
import type { PhoneEnvironment } from '../src';

export class FakeTrack {
  readonly kind = 'audio';
  enabled = true;
  stopped = false;
  onended: (() => void) | null = null;
  stop(): void {
    this.stopped = true;
  }
}

export class FakeStream {
  readonly track = new FakeTrack();
  constructor(readonly device = '') {}
  getTracks(): FakeTrack[] {
    return [this.track];
  }
  getAudioTracks(): FakeTrack[] {
    return [this.track];
  }
  clone(): FakeStream {
    return new FakeStream(this.device);
  }
}

export class FakePeer {
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  ontrack: ((event: { streams: FakeStream[]; track: FakeTrack }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  stats: Record<string, unknown>[] = [];
  sender: { track: FakeTrack; replaceTrack: (track: FakeTrack) => Promise<void> } | null = null;

  constructor(readonly number: number) {}
  addTrack(track: FakeTrack): void {
    const sender = {
      track,
      replaceTrack: (next: FakeTrack) => {
        sender.track = next;
        return Promise.resolve();
      },
    };
    this.sender = sender;
  }
  getSenders(): unknown[] {
    return this.sender ? [this.sender] : [];
  }
  createOffer(): Promise<{ type: string; sdp: string }> {
    return Promise.resolve({ type: 'offer', sdp: `offer ${this.number}` });
  }
  setLocalDescription(description: { type: string; sdp: string }): Promise<void> {
    this.localDescription = description;
    return Promise.resolve();
  }
  setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    if (description.sdp === 'nonsense') return Promise.reject(new Error('no SDP'));
    this.remoteDescription = description;
    return Promise.resolve();
  }
  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(new Map(this.stats.map((one, i) => [String(i), one])));
  }
  close(): void {
    this.connectionState = 'closed';
  }
  // The network says so.
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

export interface FakePhone extends PhoneEnvironment {
  readonly peers: FakePeer[];
  readonly microphones: FakeStream[];
  readonly asked: MediaStreamConstraints[];
  // The next times somebody asks for a microphone they get this fault.
  refusals: string[];
  // Time passes; what is due is done.
  pass(ms: number): void;
}

export function fakePhone(): FakePhone {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const peers: FakePeer[] = [];
  const microphones: FakeStream[] = [];
  const asked: MediaStreamConstraints[] = [];
  return {
    peers,
    microphones,
    asked,
    refusals: [],
    peer: () => {
      const peer = new FakePeer(peers.length + 1);
      peers.push(peer);
      return peer as unknown as RTCPeerConnection;
    },
    microphone(wanted) {
      asked.push(wanted);
      const refusal = this.refusals.shift();
      if (refusal) return Promise.reject(Object.assign(new Error(refusal), { name: refusal }));
      const stream = new FakeStream();
      microphones.push(stream);
      return Promise.resolve(stream as unknown as MediaStream);
    },
    now: () => now,
    random: () => 1,
    setTimer: (run, ms) => {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => {
      timers = timers.filter((one) => one !== timer);
    },
    pass(ms) {
      now += ms;
      const due = timers.filter((one) => one.at <= now);
      timers = timers.filter((one) => one.at > now);
      for (const one of due) one.run();
    },
  };
}
