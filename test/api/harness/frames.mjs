// WebSocket frames that are no good, and what each of the two streams must say to them: [what, what to send, close codes].
// A client frame is masked; the mask here is zero, so that what is sent can be read.
import assert from 'node:assert/strict';

const frame = (first, payload = '', length = Buffer.byteLength(payload)) =>
  Buffer.concat([Buffer.from([first, 0x80 | length, 0, 0, 0, 0]), Buffer.from(payload)]);
const long = (top) => Buffer.from([0x81, 0xff, top, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

export const badFrames = [
  ['no JSON', '{"type":', [4400]],
  ['5,000 levels', `{"type":${'['.repeat(5000)}${']'.repeat(5000)}}`, [4400]],
  ['more than 64 KiB', JSON.stringify({ type: 'pong', x: 'x'.repeat(70_000) }), [1009]],
  ['binary', frame(0x82, 'abc'), [1003]],
  ['not UTF-8', frame(0x81, Buffer.from([0xc3, 0x28])), [1007]],
  ['without a mask', Buffer.from([0x81, 0x02, 0x7b, 0x7d]), [1002]],
  ['a reserved bit', frame(0xc1, '{}'), [1002]],
  ['an unknown opcode', frame(0x83, '{}'), [1002]],
  ['an unknown control opcode', frame(0x8b), [1002]],
  ['a ping in pieces', frame(0x09, 'x'), [1002]],
  ['a ping of 126 bytes', Buffer.concat([Buffer.from([0x89, 0xfe, 0, 126, 0, 0, 0, 0]), Buffer.alloc(126)]), [1002]],
  ['a continuation of nothing', frame(0x80, 'x'), [1002]],
  ['a text within a text', Buffer.concat([frame(0x01, '{'), frame(0x81, '{}')]), [1002]],
  ['a length with the top bit', long(0x80), [1002, 1009]],
  ['a length of an exbibyte', long(0x10), [1009]],
  ['a close of one byte', frame(0x88, 'x'), [1002]],
  ['a close with a code that is none', frame(0x88, Buffer.from([0x03, 0xed])), [1002]],
  ['a close with a reason that is not UTF-8', frame(0x88, Buffer.from([0x03, 0xe8, 0xc3, 0x28])), [1007]],
];

// Sends one and waits for the end. Text goes the usual way, bytes as they are.
export async function refusesFrame(stream, sent, codes) {
  if (typeof sent === 'string') stream.send(sent);
  else stream.socket._socket.write(sent);
  const { code } = await Promise.race([
    stream.closed,
    new Promise((resolve) => setTimeout(resolve, 5000, { code: 'nothing within 5 s' }).unref()),
  ]);
  assert.ok(codes.includes(code), `${code} instead of ${codes.join(' or ')}`);
}
