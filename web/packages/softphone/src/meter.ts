// Meter: how loud a microphone is, for a bar that moves. Listens to a copy, so that it works while nobody is on the line.
//
// Owns:   its copy of the track and its audio context; close() ends both.

export class Meter {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly copy: MediaStream;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(microphone: MediaStream) {
    this.copy = microphone.clone();
    for (const track of this.copy.getAudioTracks()) track.enabled = true;
    this.analyser.fftSize = 512;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(this.copy).connect(this.analyser);
    void this.context.resume();
  }

  // 0 to 1; speech at arm's length is about a half.
  level(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    const decibels = 10 * Math.log10(Math.max(power, 1e-9));
    return Math.min(1, Math.max(0, (decibels + 60) / 50));
  }

  close(): void {
    for (const track of this.copy.getTracks()) track.stop();
    void this.context.close();
  }
}
