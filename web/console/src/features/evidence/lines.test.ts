// Goal: what is drawn is what was measured.
import type { Schemas } from '@carillon/contract';
import { describe, expect, it } from 'vitest';
import { arrowsOf, labelOf, pathOf, secondsOf, waveOf } from './lines';

const message = (at: string, more: Partial<Schemas['SipMessage']> = {}): Schemas['SipMessage'] => ({
  at,
  direction: 'in',
  transport: 'UDP',
  ours: '192.0.2.1:5060',
  theirs: '192.0.2.9:5060',
  method: 'INVITE',
  status: null,
  summary: 'INVITE sip:shop@192.0.2.1 SIP/2.0',
  sip_call_id: 'x',
  cseq: '1 INVITE',
  cut: false,
  text: '',
  ...more,
});
const party = (messages: Schemas['SipMessage'][]): Schemas['CallParty'] => ({
  kind: 'telephone',
  leg_sid: null,
  worker_sid: null,
  messages,
  messages_left_out: 0,
  quality: [],
  changes: [],
});

describe('arrows', () => {
  it('are in order of time over all telephones, to the microsecond', () => {
    const arrows = arrowsOf([
      party([message('2026-01-01T00:00:00.000100Z'), message('2026-01-01T00:00:01.000000Z')]),
      party([message('2026-01-01T00:00:00.000200Z')]),
    ]);
    expect(arrows.map((a) => a.party)).toEqual([0, 1, 0]);
    expect(arrows[1]?.after).toBeCloseTo(0.0001, 6);
    expect(secondsOf('2026-01-01T00:00:01.500000Z') - secondsOf('2026-01-01T00:00:00.250000Z')).toBeCloseTo(1.25);
  });

  it('say method or status, and whether there is a description', () => {
    expect(labelOf(message('x'))).toBe('INVITE');
    const ok = { status: 200, summary: 'SIP/2.0 200 OK', text: 'SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n' };
    expect(labelOf(message('x', ok))).toBe('200 OK (SDP)');
  });
});

describe('charts', () => {
  const box = { width: 100, height: 10, least: 0, most: 1 };
  it('go from corner to corner and stay inside', () => {
    expect(
      pathOf(
        [
          { x: 0, y: 0 },
          { x: 5, y: 7 },
        ],
        box,
      ),
    ).toBe('M0.0 10.0L100.0 0.0');
    expect(pathOf([{ x: 3, y: 0.5 }], box)).toBe('M50.0 5.0');
    expect(pathOf([], box)).toBe('');
  });
});

describe('waves', () => {
  const wav = (format: number, sound: number[]) => {
    const out = new DataView(new ArrayBuffer(44 + sound.length));
    const word = (at: number, text: string) => [...text].forEach((c, i) => out.setUint8(at + i, c.charCodeAt(0)));
    (word(0, 'RIFF'), word(8, 'WAVE'), word(12, 'fmt '), word(36, 'data'));
    (out.setUint32(16, 16, true), out.setUint16(20, format, true), out.setUint16(22, 2, true));
    (out.setUint32(24, 8000, true), out.setUint32(40, sound.length, true));
    sound.forEach((byte, i) => out.setUint8(44 + i, byte));
    return out.buffer;
  };
  it('show each channel', () => {
    const loudLeft = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? 0x80 : 0xff));
    const wave = waveOf(wav(7, loudLeft), 4);
    expect(wave?.seconds).toBeCloseTo(8 / 8000);
    expect(wave?.channels[0]).toEqual([1, 1, 1, 1]);
    expect(wave?.channels[1]).toEqual([0, 0, 0, 0]);
  });
  it('are of nothing else', () => {
    expect(waveOf(wav(1, []), 4)).toBeNull();
    expect(waveOf(new ArrayBuffer(3), 4)).toBeNull();
  });
});
