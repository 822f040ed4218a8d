// A telephone: a small SIP caller, or somebody called, over UDP that sends a steady tone and measures what it hears. Good enough to prove that two people
// hear each other; the stack's own tests meet real telephones.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const kFrame = 160;  // samples of 20 ms at 8 kHz
const kTelephoneEvent = 101;

// G.711 A-law (ITU-T G.711 table 1).
function alawOf(sample) {
  const sign = sample >= 0 ? 0x80 : 0;
  let value = Math.min(sample >= 0 ? sample : -sample - 1, 32767) >> 3;
  let code;
  if (value < 32) code = value >> 1;
  else {
    let segment = 1;
    for (value >>= 1; value > 31; value >>= 1) segment += 1;
    code = (segment << 4) | (value & 15);
  }
  return (code | sign) ^ 0x55;
}

function sampleOf(alaw) {
  const code = alaw ^ 0x55;
  const segment = (code >> 4) & 7;
  const low = (code & 15) << 4;
  const value = segment === 0 ? low + 8 : (low + 0x108) << (segment - 1);
  return code & 0x80 ? value : -value;
}

// How strong one frequency is among the samples, 0 to 1 (Goertzel).
export function strengthOf(samples, hz) {
  const w = 2 * Math.cos((2 * Math.PI * hz) / 8000);
  let a = 0, b = 0, energy = 0;
  for (const x of samples) {
    [a, b] = [x + w * a - b, a];
    energy += x * x;
  }
  const power = a * a + b * b - w * a * b;
  return energy === 0 ? 0 : (2 * power) / (samples.length * energy);
}

export class Telephone {
  // `tone` in Hz is what it says all the time.
  static async make({ tone = 440, number = '+4930111222', name = 'Carl Caller' } = {}) {
    const phone = new Telephone();
    Object.assign(phone, { tone, number, name, heard: [], keys: [], events: [], said: 0, over: null, tag: id(), callId: id(), sequence: 1 });
    phone.signals = createSocket('udp4').bind(0, '127.0.0.1');
    phone.sound = createSocket('udp4').bind(0, '127.0.0.1');
    await Promise.all([once(phone.signals, 'listening'), once(phone.sound, 'listening')]);
    phone.signals.on('message', (bytes, from) => phone.#read(bytes.toString('utf8'), from.port));
    phone.sound.on('message', (packet) => phone.#hear(packet));
    return phone;
  }

  // Calls "shop" at a port of this machine; is there once it is answered.
  async call(user, port) {
    this.port = port;
    this.uri = `sip:${user}@127.0.0.1:${port}`;
    const answered = new Promise((resolve, reject) => Object.assign(this, { onAnswer: resolve, onRefusal: reject }));
    this.ended = new Promise((resolve) => { this.onEnd = resolve; });
    this.branch = id();
    const invite = this.#request('INVITE', this.branch, this.#sdp());
    const again = setInterval(() => this.#send(invite), 500);
    this.#send(invite);
    try {
      return await answered;
    } finally {
      clearInterval(again);
    }
  }

  // Waits to be called at the address that it gives. `refusal`: a status instead of an answer. `early`: what it says is to be
  // heard before it answers, which is up to pickUp().
  listen({ refusal = 0, early = false } = {}) {
    Object.assign(this, { refusal, early });
    this.ended = new Promise((resolve) => { this.onEnd = resolve; });
    this.called = new Promise((resolve) => { this.onCalled = resolve; });
    return `sip:${this.number}@127.0.0.1:${this.signals.address().port}`;
  }

  pickUp() {
    this.#answer(200, this.#sdp());
    this.#speak();
  }

  async hangUp() {
    if (this.over) return;
    this.over = 'us';
    this.sequence += 1;
    const bye = this.#request('BYE', id());
    const again = setInterval(() => this.#send(bye), 500);
    this.#send(bye);
    await new Promise((resolve) => { this.onBye = resolve; });
    clearInterval(again);
    this.#close();
  }

  // Presses a key (RFC 4733) instead of speaking; is there once it is let go.
  press(key) {
    return new Promise((done) => this.keys.push({ digit: '0123456789*#'.indexOf(key), sent: 0, done }));
  }

  // Is there once so many milliseconds more were said.
  async says(ms) {
    for (const until = this.said + ms / 20; this.said < until; ) await new Promise((done) => this.sound.once('sent', done));
  }

  // What was heard in the last so many milliseconds.
  last(ms) {
    return this.heard.slice(-Math.ceil(ms / 20)).flat();
  }

  forget() {
    this.heard = [];
  }

  close() {
    this.over ??= 'closed';
    this.#close();
  }

  #close() {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.speaking);
    this.signals.close();
    this.sound.close();
  }

  #request(method, branch, sdp = '') {
    const own = this.signals.address().port;
    return [`${method} ${this.target ?? this.uri} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bK${branch};rport`, 'Max-Forwards: 70',
      `From: "${this.name}" <sip:${this.number}@127.0.0.1>;tag=${this.tag}`, `To: <${this.uri}>${this.theirTag ? `;tag=${this.theirTag}` : ''}`,
      `Call-ID: ${this.callId}`, `CSeq: ${this.sequence} ${method}`, `Contact: <sip:caller@127.0.0.1:${own}>`,
      ...(sdp ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(sdp)}`, '', sdp].join('\r\n');
  }

  #sdp() {
    return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${this.sound.address().port} RTP/AVP 8 ${kTelephoneEvent}`,
      'a=rtpmap:8 PCMA/8000', `a=rtpmap:${kTelephoneEvent} telephone-event/8000`, 'a=sendrecv', ''].join('\r\n');
  }

  // To the INVITE that came.
  #answer(status, sdp = '') {
    const { vias, from, to, cseq } = this.invite;
    const own = this.signals.address().port;
    this.lastAnswer = [`SIP/2.0 ${status} Answer`, ...vias, `From: ${from}`, `To: ${to};tag=${this.tag}`, `Call-ID: ${this.callId}`, `CSeq: ${cseq}`,
      `Contact: <sip:${this.number}@127.0.0.1:${own}>`, ...(sdp ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(sdp)}`, '', sdp].join('\r\n');
    this.#send(this.lastAnswer);
  }

  #speak() {
    if (!this.speaking) this.#speakTo(this.theirSound);
  }

  #invited(text, field, port) {
    if (this.callId === field('Call-ID')) return this.#send(this.lastAnswer);
    const uri = (value) => value.match(/<(.*?)>/)?.[1];
    Object.assign(this, { port, callId: field('Call-ID'), fields: text, uri: uri(field('From')), target: uri(field('Contact')),
      theirTag: field('From').match(/;tag=([^;>\s]+)/)?.[1], theirSound: Number(text.match(/^m=audio (\d+)/m)[1]),
      invite: { vias: text.match(/^Via:.*$/gmi).map((v) => v.trim()), from: field('From'), to: field('To'), cseq: field('CSeq') } });
    if (this.refusal) this.#answer(this.refusal);
    else if (this.early) this.#answer(183, this.#sdp()), this.#speak();
    else this.#answer(180);
    return this.onCalled(field('From'));
  }

  #send(text) {
    this.signals.send(text, this.port, '127.0.0.1');
  }

  #read(text, port) {
    const field = (name) => text.match(new RegExp(`^${name}:\\s*(.*?)\\r?$`, 'mi'))?.[1] ?? '';
    const status = Number(text.match(/^SIP\/2\.0 (\d{3})/)?.[1] ?? 0);
    if (status === 0) return this.#asked(text, field, port);
    const method = field('CSeq').split(' ')[1];
    if (method === 'BYE') return this.onBye?.();
    if (method !== 'INVITE' || status < 200) return undefined;
    this.theirTag = field('To').match(/;tag=([^;>\s]+)/)?.[1];
    if (status >= 300) {
      this.#send(this.#request('ACK', this.branch));
      return this.onRefusal(new Error(`refused with ${status}`));
    }
    this.target = field('Contact').match(/<(.*?)>/)?.[1];
    this.#send(this.#request('ACK', id()));
    this.theirSound = Number(text.match(/^m=audio (\d+)/m)[1]);
    this.#speak();
    return this.onAnswer();
  }

  #asked(text, field, port) {
    if (text.startsWith('INVITE ') && this.onCalled) return this.#invited(text, field, port);
    if (text.startsWith('ACK ')) return undefined;
    const vias = text.match(/^Via:.*$/gmi).map((v) => v.trim());
    const answer = ['SIP/2.0 200 OK', ...vias, `From: ${field('From')}`, `To: ${field('To')}`, `Call-ID: ${field('Call-ID')}`, `CSeq: ${field('CSeq')}`, 'Content-Length: 0', '', ''];
    this.#send(answer.join('\r\n'));
    const cancelled = text.startsWith('CANCEL ');
    if (cancelled) this.#answer(487);
    if (!(cancelled || text.startsWith('BYE ')) || this.over) return undefined;
    this.over = 'them';
    clearInterval(this.speaking);
    return this.onEnd();
  }

  #speakTo(port) {
    let sequence = 0, stamp = 0, sent = 0;
    const began = performance.now();
    const ssrc = randomBytes(4).readUInt32BE();
    // A key is held for five frames; its end is told three times (section 2.5.1.4).
    const keyFrame = (key) => {
      const packet = Buffer.alloc(16);
      key.stamp ??= stamp;
      key.sent += 1;
      packet[0] = 0x80;
      packet[1] = (key.sent === 1 ? 0x80 : 0) | kTelephoneEvent;
      packet.writeUInt16BE(sequence & 0xffff, 2);
      packet.writeUInt32BE(key.stamp >>> 0, 4);
      packet.writeUInt32BE(ssrc, 8);
      packet[12] = key.digit;
      packet[13] = (key.sent > 5 ? 0x80 : 0) | 10;
      packet.writeUInt16BE(kFrame * Math.min(key.sent, 5), 14);
      if (key.sent === 8) this.keys.shift().done();
      return packet;
    };
    const speech = () => {
      const packet = Buffer.alloc(12 + kFrame);
      packet[0] = 0x80;
      packet[1] = sequence === 0 ? 0x88 : 8;
      packet.writeUInt16BE(sequence & 0xffff, 2);
      packet.writeUInt32BE(stamp >>> 0, 4);
      packet.writeUInt32BE(ssrc, 8);
      for (let i = 0; i < kFrame; ++i) packet[12 + i] = alawOf(Math.round(8000 * Math.sin((2 * Math.PI * this.tone * (stamp + i)) / 8000)));
      return packet;
    };
    const frame = () => {
      const packet = this.keys.length > 0 ? keyFrame(this.keys[0]) : speech();
      sequence += 1;
      stamp += kFrame;
      this.sound.send(packet, port, '127.0.0.1');
      this.said += 1;
      this.sound.emit('sent');
    };
    // Timers slip; what is owed by now is sent.
    this.speaking = setInterval(() => {
      for (const owed = (performance.now() - began) / 20; sent < owed; ++sent) frame();
    }, 20);
  }

  // The digits pressed at the other end, as they come by RFC 4733 (section 2.3); one event is sent many times over.
  get pressed() {
    return this.events.map((event) => '0123456789*#ABCD'[event.digit]).join('');
  }

  #hear(packet) {
    if (packet.length <= 12) return;
    const payload = packet[1] & 0x7f;
    if (payload === kTelephoneEvent && packet.length >= 16) {
      const stamp = packet.readUInt32BE(4);
      if (this.events.at(-1)?.stamp !== stamp) this.events.push({ stamp, digit: packet[12] });
    }
    if (payload !== 8) return;
    this.heard.push([...packet.subarray(12)].map(sampleOf));
    if (this.heard.length > 3000) this.heard.shift();
  }
}

const id = () => randomBytes(8).toString('hex');
