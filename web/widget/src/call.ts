// The visitor's call: microphone, one audio connection over the session's stream, and how the call stands. Draws nothing.
//
// The server says how it stands; here is only the sound. A page that is loaded again takes the call up where it was: this tab
// remembers (sessionStorage) that it is in one.
import type { Interval, Start } from "./session";

export interface ServerCall {
  call_sid: string;
  state: "connecting" | "waiting" | "talking" | "held" | "farewell" | "lost" | "ended";
  worker_display_name: string | null;
  position_in_queue: number | null;
  expected_wait: Interval | null;
  reason: string | null;
  here: boolean;
}

// off: none here; asking: for the microphone; refused: there is none; dialing: until sound flows; on; over; failed: never came about.
export type Phase = "off" | "asking" | "refused" | "dialing" | "on" | "over" | "failed";

export interface Line {
  // Until the stream is open, and somebody known at its other end.
  reach(start: Start): Promise<void>;
  send(frame: Record<string, unknown>): boolean;
  // Where the network lets nothing else through; none is fine.
  relays(): Promise<RTCIceServer[]>;
}

const kAnswerMs = 12_000;
const kComeBackMs = 4_000;

export class Call {
  phase: Phase = "off";
  server: ServerCall | null = null;
  muted = false;
  // While on: since when somebody is there, by this page's clock.
  since: number | null = null;
  // Plays what comes; the view puts it on the page.
  readonly sound = document.createElement("audio");
  private microphone: MediaStream | null = null;
  private peer: RTCPeerConnection | null = null;
  private timer: number | undefined;
  private tries = 0;
  private offers = 0;
  // The one that was hung up here, until the server says that it is over.
  private leaving: string | null = null;

  constructor(
    private readonly line: Line,
    private readonly storageKey: string,
    private readonly changed: () => void,
  ) {
    this.sound.autoplay = true;
  }

  // There is one, here or in another tab.
  get active(): boolean {
    return this.here || (this.server !== null && this.server.state !== "ended");
  }
  get here(): boolean {
    return this.phase === "asking" || this.phase === "dialing" || this.phase === "on";
  }

  async start(start: Start): Promise<void> {
    if (this.active) return;
    await this.begin("call.start", start);
  }

  // The call is in another tab: from now on it is here.
  async takeOver(): Promise<void> {
    await this.begin("call.resume", {});
  }

  private async begin(frame: "call.start" | "call.resume", start: Start): Promise<void> {
    this.tries = 0;
    if (!(await this.ask())) return;
    try {
      await this.line.reach(start);
    } catch {
      return this.finish("failed");
    }
    this.remember(true);
    await this.offer(frame);
  }

  private async ask(): Promise<boolean> {
    this.become("asking");
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    try {
      if (!devices) throw new Error("no secure page");
      const stream = await devices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      // They may have thought better of it meanwhile.
      if ((this.phase as Phase) !== "asking") {
        stream.getTracks().forEach((track) => track.stop());
        return false;
      }
      this.microphone = stream;
      this.mute(this.muted);
    } catch {
      if ((this.phase as Phase) === "asking") this.finish("refused");
      return false;
    }
    this.become("dialing");
    return true;
  }

  private async offer(frame: "call.start" | "call.resume"): Promise<void> {
    this.drop();
    const number = ++this.offers;
    const iceServers = await this.line.relays();
    const { microphone } = this;
    // Hung up, or begun anew meanwhile.
    if (!microphone || number !== this.offers) return;
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
    this.peer = peer;
    for (const track of microphone.getAudioTracks()) peer.addTrack(track, microphone);
    peer.ontrack = ({ streams, track }) => {
      this.sound.srcObject = streams[0] ?? new MediaStream([track]);
      void this.sound.play().catch(() => undefined);
    };
    peer.onconnectionstatechange = () => peer === this.peer && this.moved(peer.connectionState);
    this.timer = window.setTimeout(() => this.again(), kAnswerMs);
    this.become("dialing");
    const offer = await peer.createOffer();
    await peer.setLocalDescription(offer);
    // Without a line: the next hello tries again.
    if (peer === this.peer) this.line.send({ type: frame, sdp: peer.localDescription?.sdp ?? offer.sdp });
  }

  private moved(now: RTCPeerConnectionState): void {
    clearTimeout(this.timer);
    if (now === "connected") {
      this.tries = 0;
      this.become("on");
    } else if (now === "disconnected") {
      this.timer = window.setTimeout(() => this.again(), kComeBackMs);
    } else if (now === "failed") {
      this.again();
    }
  }

  // The sound is made anew, while the server still has the call.
  private again(): void {
    if (!this.here) return;
    this.tries += 1;
    if (this.tries > 3 || !this.server || this.server.state === "ended") return this.finish("failed");
    void this.offer("call.resume");
  }

  // The stream has come (again), and this is how things stand.
  hello(call: ServerCall | null): void {
    this.leaving = null;
    this.take(call, true);
    const mine = this.here || this.remembered;
    // What is being begun goes on by itself.
    const begins = this.phase === "asking" || (this.phase === "dialing" && !this.peer);
    if (!mine || begins) return;
    if (!call) {
      // Over while nobody listened; what was only being dialed is dialed again.
      if (this.phase === "dialing" && this.server === null && this.microphone && this.tries++ < 3) return void this.offer("call.start");
      return this.finish("over");
    }
    void this.goOn(call.state === "lost" ? "call.start" : "call.resume");
  }

  private async goOn(frame: "call.start" | "call.resume"): Promise<void> {
    if (this.microphone || (await this.ask())) await this.offer(frame);
  }

  frame(frame: Record<string, unknown>): void {
    switch (frame["type"]) {
      case "call":
        return this.take(frame["call"] as ServerCall);
      case "call.answered":
        void this.peer?.setRemoteDescription({ type: "answer", sdp: String(frame["sdp"]) }).catch(() => this.again());
        return;
      case "call.failed":
        // In another tab it goes on.
        return this.finish(this.server && this.server.state !== "ended" ? "off" : "failed");
    }
  }

  // `afresh`: another stream has it by now, whichever it was.
  private take(call: ServerCall | null, afresh = false): void {
    if (call && call.call_sid === this.leaving) {
      if (call.state === "ended") this.leaving = null;
      return;
    }
    const before = this.server;
    this.server = call?.state === "ended" ? null : call;
    if (call?.state === "talking") this.since ??= Date.now();
    if (!call || call.state === "waiting") this.since = null;
    if (call?.state === "ended") this.finish(this.phase === "off" ? "off" : "over");
    else if (!afresh && before?.here && call && !call.here && this.phase === "on") this.finish("off");
    this.changed();
  }

  mute(on: boolean): void {
    this.muted = on;
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = !on;
    this.changed();
  }

  // A key of a telephone (RFC 4733).
  press(key: string): void {
    this.peer?.getSenders()[0]?.dtmf?.insertDTMF(key, 100, 60);
  }

  hangUp(): void {
    this.line.send({ type: "call.hang_up" });
    this.leaving = this.server?.call_sid ?? null;
    this.server = null;
    this.finish("over");
  }

  // What was said about the last one has been read.
  forget(): void {
    if (!this.here) this.become("off");
  }

  private drop(): void {
    clearTimeout(this.timer);
    const { peer } = this;
    this.peer = null;
    if (!peer) return;
    peer.ontrack = peer.onconnectionstatechange = null;
    peer.close();
  }

  private finish(phase: Phase): void {
    this.drop();
    this.sound.srcObject = null;
    this.microphone?.getTracks().forEach((track) => track.stop());
    this.microphone = null;
    this.muted = false;
    this.remember(false);
    this.become(phase);
  }

  private become(phase: Phase): void {
    this.phase = phase;
    this.changed();
  }

  private get remembered(): boolean {
    try {
      return sessionStorage.getItem(this.storageKey) !== null;
    } catch {
      return false;
    }
  }
  private remember(on: boolean): void {
    try {
      if (on) sessionStorage.setItem(this.storageKey, "1");
      else sessionStorage.removeItem(this.storageKey);
    } catch {
      // Storage may be forbidden: then the call does not survive a reload, but it works.
    }
  }
}
