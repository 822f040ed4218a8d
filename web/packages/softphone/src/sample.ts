// Sample: some seconds of a microphone, played back: what one hears is what others hear. Listens to a copy, so that it works while
// nobody is on the line.
//
// Owns:   its copy of the track, the recorder, the sound that plays; close() ends all of it at any time.
// Errors: none reach the caller: `told` says 'failed' where the browser records nothing.

export type SampleState = 'recording' | 'playing' | 'done' | 'failed';

export class Sample {
  private readonly copy: MediaStream;
  private readonly sound = new Audio();
  private recorder: MediaRecorder | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private address = '';

  constructor(
    microphone: MediaStream,
    private readonly speaker: string,
    private readonly ms: number,
    private readonly told: (state: SampleState) => void,
  ) {
    this.copy = microphone.clone();
    for (const track of this.copy.getAudioTracks()) track.enabled = true;
  }

  begin(): void {
    try {
      const parts: Blob[] = [];
      const recorder = new MediaRecorder(this.copy);
      this.recorder = recorder;
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.onstop = () => void this.play(new Blob(parts, { type: recorder.mimeType }));
      recorder.onerror = () => this.fail();
      recorder.start();
      this.timer = setTimeout(() => recorder.stop(), this.ms);
      this.told('recording');
    } catch {
      this.fail();
    }
  }

  close(): void {
    clearTimeout(this.timer);
    if (this.recorder) {
      this.recorder.onstop = this.recorder.onerror = null;
      if (this.recorder.state !== 'inactive') this.recorder.stop();
    }
    this.sound.onended = this.sound.onerror = null;
    this.sound.pause();
    if (this.address) URL.revokeObjectURL(this.address);
    for (const track of this.copy.getTracks()) track.stop();
  }

  private async play(blob: Blob): Promise<void> {
    this.address = URL.createObjectURL(blob);
    this.sound.src = this.address;
    this.sound.onended = () => this.told('done');
    this.sound.onerror = () => this.fail();
    try {
      const choose = (this.sound as { setSinkId?: (id: string) => Promise<void> }).setSinkId;
      if (this.speaker) await choose?.call(this.sound, this.speaker);
    } catch {
      // A device that is not plugged in: the system's speaker serves.
    }
    try {
      await this.sound.play();
      this.told('playing');
    } catch {
      this.fail();
    }
  }

  private fail(): void {
    this.told('failed');
  }
}
