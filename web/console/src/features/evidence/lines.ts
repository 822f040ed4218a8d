// Pure parts of the evidence page: what a ladder and a chart are made of.
import type { Schemas } from '@carillon/contract';

export interface Arrow {
  readonly message: Schemas['SipMessage'];
  readonly party: number;
  // Seconds since the first message.
  readonly after: number;
}

// All messages of all telephones in the order in which they came and went.
export function arrowsOf(parties: readonly Schemas['CallParty'][]): readonly Arrow[] {
  const all = parties.flatMap((party, index) => party.messages.map((message) => ({ message, party: index })));
  all.sort((a, b) => a.message.at.localeCompare(b.message.at));
  const first = all[0] ? secondsOf(all[0].message.at) : 0;
  return all.map((one) => ({ ...one, after: secondsOf(one.message.at) - first }));
}

// Date.parse knows milliseconds only; messages are closer together than that.
export function secondsOf(iso: string): number {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? '0';
  return Math.floor(Date.parse(iso) / 1000) + Number(`0.${fraction}`);
}

// What stands on an arrow.
export function labelOf(message: Schemas['SipMessage']): string {
  const sdp = /^content-type:\s*application\/sdp/im.test(message.text) ? ' (SDP)' : '';
  return message.status === null ? message.method + sdp : `${message.summary.replace(/^SIP\/2\.0 /, '')}${sdp}`;
}

// A line through samples in a box of that size; x by time, y by value.
export function pathOf(
  points: readonly { readonly x: number; readonly y: number }[],
  box: { readonly width: number; readonly height: number; readonly least: number; readonly most: number },
): string {
  const from = points[0]?.x ?? 0;
  const span = Math.max((points.at(-1)?.x ?? 0) - from, 1e-9);
  const range = Math.max(box.most - box.least, 1e-9);
  const at = (point: { readonly x: number; readonly y: number }) => {
    const x = points.length === 1 ? box.width / 2 : ((point.x - from) / span) * box.width;
    const y = box.height - ((Math.min(Math.max(point.y, box.least), box.most) - box.least) / range) * box.height;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  return points.map((point, i) => `${i === 0 ? 'M' : 'L'}${at(point)}`).join('');
}

// G.711 mu-law (ITU-T G.711), as loudness only: 0 to 1.
function loudnessOf(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return magnitude / 32124;
}

export interface Wave {
  readonly seconds: number;
  // Of each channel the loudest of each piece, 0 to 1.
  readonly channels: readonly (readonly number[])[];
}

// The shape of a WAV with mu-law sound; null for any other.
export function waveOf(bytes: ArrayBuffer, pieces: number): Wave | null {
  const view = new DataView(bytes);
  const word = (at: number) => String.fromCharCode(...new Uint8Array(bytes, at, 4));
  if (bytes.byteLength < 44 || word(0) !== 'RIFF' || word(8) !== 'WAVE') return null;
  let channels = 0;
  let rate = 0;
  for (let at = 12; at + 8 <= bytes.byteLength; ) {
    const size = view.getUint32(at + 4, true);
    if (word(at) === 'fmt ' && size >= 16) {
      if (view.getUint16(at + 8, true) !== 7) return null;
      channels = view.getUint16(at + 10, true);
      rate = view.getUint32(at + 12, true);
    }
    if (word(at) === 'data') {
      const sound = new Uint8Array(bytes, at + 8, Math.min(size, bytes.byteLength - at - 8));
      return channels > 0 && rate > 0 ? shapeOf(sound, channels, rate, pieces) : null;
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

function shapeOf(sound: Uint8Array, channels: number, rate: number, pieces: number): Wave {
  const frames = Math.floor(sound.length / channels);
  const out = Array.from({ length: channels }, () => new Array<number>(pieces).fill(0));
  for (let frame = 0; frame < frames; ++frame) {
    const piece = Math.min(Math.floor((frame / frames) * pieces), pieces - 1);
    for (let channel = 0; channel < channels; ++channel) {
      const shape = out[channel];
      const loud = loudnessOf(sound[frame * channels + channel] ?? 0xff);
      if (shape && loud > (shape[piece] ?? 0)) shape[piece] = loud;
    }
  }
  return { seconds: frames / rate, channels: out };
}
