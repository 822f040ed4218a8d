// Softphone: the worker's phone in this page, held ready between calls, so that sound flows at once when one is accepted.
//
// What:   takes the microphone, offers one audio connection over the line (the event stream), plays nothing itself: `remote` is
//         what to play. Which call is heard, and by whom, is the server's: here is only one connection, whoever is on it.
// States: off -> asking -> connecting -> ready; ready or connecting -> waiting -> connecting (by itself, later and later);
//         refused (no microphone), replaced (another page of the same worker has the phone): until a person wants it again.
// Owns:   the microphone's stream, the connection, its timers. connect() and disconnect() are a person's wish; line() and
//         frame() are what the stream says.
// Why:    a lost connection is made anew with a new offer (the server answers with fixed addresses and has nothing to gather), and
//         when the stream is gone the server has put the phone down: then too.
// Thread: the page's; everything comes through the Environment, so tests have their own clock, microphone and connections.
import type { StreamFrame } from '@carillon/client';
import { backoffMs } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import type { Measures, Quality, Reading } from './quality';
import { measuresOf, qualityOf, readingOf } from './quality';

export interface PhoneEnvironment {
  // Relays that it may use, besides the way there is.
  readonly peer: (relays: readonly RTCIceServer[]) => RTCPeerConnection;
  readonly microphone: (wanted: MediaStreamConstraints) => Promise<MediaStream>;
  readonly now: () => number;
  readonly random: () => number;
  readonly setTimer: (run: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

export interface PhoneLine {
  phoneConnect(sdp: string): void;
  phoneDisconnect(): void;
}

export type PhonePhase = 'off' | 'asking' | 'connecting' | 'ready' | 'waiting' | 'refused' | 'replaced';
// Why there is no microphone: the person or the browser said no, there is none, another program has it, the page is not secure.
export type Trouble = 'denied' | 'none' | 'busy' | 'insecure';

export interface PhoneState {
  readonly phase: PhonePhase;
  // While refused.
  readonly trouble: Trouble | null;
  // While waiting: what the server said last, and when it is tried again by the page's clock; null: with the line.
  readonly problem: Schemas['Problem'] | null;
  readonly retryAt: number | null;
  // While ready; null: not known yet.
  readonly quality: Quality | null;
  // While ready, every two seconds.
  readonly measures: Measures | null;
  readonly microphone: MediaStream | null;
  readonly remote: MediaStream | null;
}

const kOff: PhoneState = {
  phase: 'off',
  trouble: null,
  problem: null,
  retryAt: null,
  quality: null,
  measures: null,
  microphone: null,
  remote: null,
};
const kAnswerMs = 10_000;
const kRelaysMs = 3_000;
const kComeBackMs = 4_000;
const kReadMs = 2_000;
// The server takes ten offers a minute.
const kRateLimitedMs = 10_000;

export class Softphone {
  private state: PhoneState = kOff;
  private peer: RTCPeerConnection | null = null;
  private isLive = false;
  private open = false;
  private attempt = 0;
  private timer: unknown = null;
  private readTimer: unknown = null;
  private before: Reading | null = null;
  private device = '';
  // Of asking for the microphone: what comes for an older wish is let go.
  private wish = 0;
  // Of making offers: the older is overtaken.
  private offers = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly line_: PhoneLine,
    private readonly environment: PhoneEnvironment,
    // Asked before each offer: their credentials end. A server that does not say is called without.
    private readonly relays: () => Promise<readonly RTCIceServer[]> = () => Promise.resolve([]),
  ) {}

  readonly get = (): PhoneState => this.state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // A person wants the phone here, with this microphone ('': the system's choice).
  async connect(device = this.device): Promise<void> {
    this.device = device;
    if (this.state.microphone && this.state.phase !== 'refused') {
      this.attempt = 0;
      return this.offer();
    }
    if (await this.takeMicrophone()) await this.offer();
  }

  disconnect(): void {
    this.wish += 1;
    this.hangUp();
    if (this.state.phase !== 'off' && this.isLive) this.line_.phoneDisconnect();
    this.release(this.state.microphone);
    this.state = kOff;
    this.tell();
  }

  // Another page of this browser has the phone, and nobody has said that it shall be here.
  elsewhere(): void {
    if (this.state.phase === 'off') this.become({ phase: 'replaced' });
  }

  // Another microphone, while one talks too.
  async useDevice(device: string): Promise<void> {
    this.device = device;
    if (this.state.phase === 'off') return;
    if (!this.state.microphone) return this.connect(device);
    await this.takeMicrophone();
  }

  // Whether what the microphone hears goes out. Off between calls: then it is as if it were not there.
  speak(open: boolean): void {
    this.open = open;
    for (const track of this.state.microphone?.getAudioTracks() ?? []) track.enabled = open;
  }

  // The stream came or went.
  line(live: boolean): void {
    if (live === this.isLive) return;
    this.isLive = live;
    const wanted = this.state.phase === 'connecting' || this.state.phase === 'ready' || this.state.phase === 'waiting';
    if (!wanted) return;
    this.attempt = 0;
    if (live) void this.offer();
    else this.wait(null, null);
  }

  frame(frame: StreamFrame): void {
    switch (frame.type) {
      case 'phone.connected':
        return void this.answered(frame.sdp);
      case 'phone.failed':
        if (this.state.phase === 'connecting' || this.state.phase === 'ready') this.again(frame.problem);
        return;
      case 'phone.replaced':
        if (this.state.phase === 'off' || this.state.phase === 'refused') return;
        this.hangUp();
        this.release(this.state.microphone);
        return this.become({ ...kOff, phase: 'replaced' });
      default:
        return;
    }
  }

  private async takeMicrophone(): Promise<boolean> {
    const wish = ++this.wish;
    const had = this.state.microphone;
    if (!had) this.become({ ...kOff, phase: 'asking' });
    try {
      const stream = await this.environment.microphone({
        audio: {
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
          ...(this.device ? { deviceId: { exact: this.device } } : {}),
        },
      });
      if (wish !== this.wish) return (this.release(stream), false);
      await this.adopt(stream);
      this.release(had);
      return true;
    } catch (fault) {
      if (wish !== this.wish) return false;
      // A microphone that was chosen once and is not plugged in today is no reason to be without a phone.
      if (this.device && nameOf(fault) === 'OverconstrainedError') {
        this.device = '';
        return this.takeMicrophone();
      }
      this.hangUp();
      if (this.isLive) this.line_.phoneDisconnect();
      this.release(had);
      this.become({ ...kOff, phase: 'refused', trouble: troubleOf(fault) });
      return false;
    }
  }

  private async adopt(stream: MediaStream): Promise<void> {
    const track = stream.getAudioTracks()[0];
    if (track) {
      track.enabled = this.open;
      // Unplugged: another one, if there is one.
      track.onended = () => void this.useDevice('');
    }
    this.become({ microphone: stream });
    const sender = this.peer?.getSenders()[0];
    if (sender && track) await sender.replaceTrack(track);
  }

  private async offer(): Promise<void> {
    const { microphone } = this.state;
    if (!microphone) return;
    this.hangUp();
    if (!this.isLive) return this.wait(null, null);
    this.become({
      phase: 'connecting',
      trouble: null,
      problem: null,
      retryAt: null,
      quality: null,
      measures: null,
      remote: null,
    });
    const number = ++this.offers;
    const relays = await this.knownRelays();
    // Something else was wanted meanwhile.
    if (number !== this.offers) return;
    const peer = this.environment.peer(relays);
    this.peer = peer;
    for (const track of this.get().microphone?.getAudioTracks() ?? []) peer.addTrack(track, microphone);
    peer.ontrack = ({ streams, track }) => {
      if (peer === this.peer) this.become({ remote: streams[0] ?? new MediaStream([track]) });
    };
    peer.onconnectionstatechange = () => {
      if (peer === this.peer) this.changed(peer.connectionState);
    };
    this.timer = this.environment.setTimer(() => this.again(null), kAnswerMs);
    try {
      const offer = await peer.createOffer();
      await peer.setLocalDescription(offer);
      if (peer === this.peer) this.line_.phoneConnect(peer.localDescription?.sdp ?? offer.sdp ?? '');
    } catch {
      if (peer === this.peer) this.again(null);
    }
  }

  private knownRelays(): Promise<readonly RTCIceServer[]> {
    const late = new Promise<readonly RTCIceServer[]>((resolve) => {
      this.timer = this.environment.setTimer(() => resolve([]), kRelaysMs);
    });
    return Promise.race([this.relays().catch(() => []), late]).finally(() => this.clear());
  }

  private async answered(sdp: string): Promise<void> {
    const { peer } = this;
    if (!peer || this.state.phase !== 'connecting') return;
    try {
      await peer.setRemoteDescription({ type: 'answer', sdp });
    } catch {
      if (peer === this.peer) this.again(null);
    }
  }

  private changed(now: RTCPeerConnectionState): void {
    if (now === 'connected') {
      this.clear();
      this.attempt = 0;
      this.before = null;
      this.become({ phase: 'ready', problem: null, retryAt: null, quality: 'good' });
      this.readLater();
    } else if (now === 'disconnected' && this.state.phase === 'ready') {
      // It may come back by itself: a moment without radio.
      this.become({ quality: 'lost' });
      this.clear();
      this.timer = this.environment.setTimer(() => this.again(null), kComeBackMs);
    } else if (now === 'failed' || now === 'closed') {
      this.again(null);
    }
  }

  private readLater(): void {
    this.readTimer = this.environment.setTimer(() => void this.read(), kReadMs);
  }

  private async read(): Promise<void> {
    const { peer } = this;
    if (!peer || this.state.phase !== 'ready') return;
    const now = readingOf(await peer.getStats());
    if (peer !== this.peer || this.get().phase !== 'ready') return;
    if (this.before && this.get().quality !== 'lost') {
      const quality = qualityOf(this.before, now);
      const measures = measuresOf(this.before, now);
      const was = this.get();
      const same =
        was.measures?.lossPercent === measures.lossPercent &&
        was.measures.jitterMs === measures.jitterMs &&
        was.measures.roundTripMs === measures.roundTripMs;
      if (quality !== was.quality || !same) this.become({ quality, measures });
    }
    this.before = now;
    this.readLater();
  }

  // What went wrong is tried again, later each time.
  private again(problem: Schemas['Problem'] | null): void {
    this.attempt += 1;
    const least = problem?.code === 'rate_limited' ? kRateLimitedMs : 0;
    this.wait(problem, Math.max(least, backoffMs(this.attempt, this.environment.random())));
  }

  private wait(problem: Schemas['Problem'] | null, ms: number | null): void {
    this.hangUp();
    const retryAt = ms === null ? null : this.environment.now() + ms;
    this.become({ phase: 'waiting', problem, retryAt, quality: null, measures: null, remote: null });
    if (ms !== null) this.timer = this.environment.setTimer(() => void this.offer(), ms);
  }

  private hangUp(): void {
    this.clear();
    this.offers += 1;
    const { peer } = this;
    this.peer = null;
    if (!peer) return;
    peer.ontrack = peer.onconnectionstatechange = null;
    peer.close();
  }

  private release(stream: MediaStream | null): void {
    for (const track of stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
  }

  private clear(): void {
    for (const timer of [this.timer, this.readTimer]) if (timer !== null) this.environment.clearTimer(timer);
    this.timer = this.readTimer = null;
  }

  private become(change: Partial<PhoneState>): void {
    this.state = { ...this.state, ...change };
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

function nameOf(fault: unknown): string {
  return typeof fault === 'object' && fault !== null && 'name' in fault ? String(fault.name) : '';
}

function troubleOf(fault: unknown): Trouble {
  switch (nameOf(fault)) {
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    case 'SecurityError':
    case 'TypeError':
      return 'insecure';
    default:
      return 'denied';
  }
}
