// Chime: the ring of an offer, made of two bell partials; no file to load, nothing to license.
//
// Owns:   one AudioContext, made on the first gesture, because browsers give no sound to a page nobody has touched.
// Never:  throws. blocked() says that the browser still waits for a gesture.
export class Chime {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;
  volume = 0.6;

  constructor() {
    if (typeof window === 'undefined' || typeof AudioContext === 'undefined') return;
    const wake = () => {
      this.context ??= new AudioContext();
      void this.context.resume();
    };
    window.addEventListener('pointerdown', wake, { passive: true });
    window.addEventListener('keydown', wake, { passive: true });
  }

  get blocked(): boolean {
    return this.context?.state !== 'running';
  }

  get ringing(): boolean {
    return this.timer !== null;
  }

  ring(): void {
    if (this.timer !== null) return;
    this.strike();
    this.timer = setInterval(() => this.strike(), 2600);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  // Three falling notes, as a carillon strikes the quarter.
  strike(): void {
    const notes = [987.77, 783.99, 880];
    notes.forEach((hz, i) => this.bell(hz, i * 0.19, 0.9));
  }

  // Softly: a message in a chat one does not look at.
  tick(): void {
    this.bell(1318.5, 0, 0.35);
  }

  private bell(hz: number, after: number, strength: number): void {
    const { context } = this;
    if (!context || this.volume <= 0) return;
    const at = context.currentTime + after;
    for (const [ratio, loud, seconds] of [
      [1, 1, 1.1],
      [2.01, 0.45, 0.7],
      [2.99, 0.2, 0.35],
    ] as const) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = hz * ratio;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(this.volume * strength * loud * 0.16, at + 0.008);
      gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds + 0.05);
    }
  }
}
