// Telephones, and phones in pages: what tests of calls share. A browser's microphone is one that beeps.
import { gone, seen } from './browser.mjs';
import { strengthOf, Telephone } from '../../harness/telephone.mjs';

const kPatienceMs = 20_000;

// Options of a stage where calls go: setStage(kCalls).
export const kCalls = {
  config: 'sip = "udp:127.0.0.1:0"\nbrowser_port = 0\n',
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
};

// Telephones that are put away together: const phones = new Phones(); after(() => phones.close());
export class Phones {
  #all = [];
  async make(options) {
    const phone = await Telephone.make(options);
    this.#all.push(phone);
    return phone;
  }
  close() {
    for (const phone of this.#all) phone.close();
  }
}

export const sipPort = (server) => Number(server.output.match(/sip:shop@127\.0\.0\.1:(\d+)/)[1]);

// `look`: what is done while the panel is open.
export async function connectPhone(person, look = async () => undefined) {
  // Its key counts from when it is there.
  await seen(person.page.getByRole('button', { name: 'Connect phone' }).first());
  await person.page.keyboard.press('Alt+o');
  const panel = person.page.getByRole('dialog', { name: 'Phone' });
  await panel.getByRole('button', { name: 'Connect phone' }).click();
  await seen(panel.getByText('Phone ready').first());
  await look();
  await person.page.keyboard.press('Escape');
  await gone(panel);
}

// ---- what a telephone hears, in frames of 20 ms ----

export const loudness = (samples) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / Math.max(samples.length, 1));

// A beep and quiet after it: somebody's microphone, and no music.
export const beeps = (frames) => {
  const levels = frames.map(loudness);
  return Math.max(...levels) > 500 && levels.filter((level) => level < 60).length > frames.length / 3;
};
export const isLoud = (frames) => frames.every((frame) => loudness(frame) > 0) && loudness(frames.flat()) > 200;
export const isQuiet = (frames) => frames.every((frame) => loudness(frame) < 60);

// How loud one tone is, whatever else there is: 8000 was said, so 5600 is what of it can be heard.
export const levelOf = (frames, hz) => Math.sqrt(strengthOf(frames.flat(), hz)) * loudness(frames.flat());

// Until what the telephone heard in the last so many milliseconds is as it should be. `tell` says more of what it heard instead.
export async function hears(phone, ms, what, all, tell = () => '') {
  const limit = Date.now() + kPatienceMs;
  phone.forget();
  let last = [];
  while (Date.now() < limit) {
    await new Promise((done) => phone.sound.once('message', done));
    if (phone.heard.length * 20 < ms) continue;
    last = phone.heard.slice(-ms / 20);
    if ([all].flat().every((is) => is(last))) return;
  }
  throw new Error(`the telephone does not hear ${what}; it hears ${tell(last)}frames ${last.map((frame) => Math.round(loudness(frame))).join(' ')}`);
}
