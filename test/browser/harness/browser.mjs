// Chromium, and the windows in it. Every window has a context of its own unless told otherwise: its own cookies and storage, as two
// browsers on two desks have. What goes wrong inside a page fails the test that looked at it.
import { chromium } from 'playwright-core';

const kArgs = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
// Patience of a machine with better things to do; nothing waits that long when all is well.
export const kPatienceMs = 20_000;

export const kDesk = { width: 1280, height: 800 };
export const kPhone = { width: 390, height: 844 };

// `args`: further ones, for microphones that are none.
export async function launch({ args = [] } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...kArgs, ...args] });
  return browser;
}

export async function newContext(browser, options = {}) {
  const context = await browser.newContext({
    viewport: kDesk,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    colorScheme: 'light',
    ...options,
  });
  context.setDefaultTimeout(kPatienceMs);
  return context;
}

// A page that remembers what went wrong in it.
export async function newPage(context) {
  const page = await context.newPage();
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(`error: ${error.stack ?? error}`));
  page.on('console', (message) => {
    // A refused request shows up here too; whether that is a fault is the test's to say.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) page.troubles.push(message.text());
  });
  return page;
}

export function assertNoTrouble(...pages) {
  for (const page of pages) {
    const troubles = page.troubles.filter((t) => !/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/.test(t));
    if (troubles.length > 0) throw new Error(`${page.url()} complains:\n${troubles.join('\n')}`);
  }
}

export const seen = (locator) => locator.waitFor({ state: 'visible' });
export const gone = (locator) => locator.waitFor({ state: 'hidden' });

// Until the texts of all that match are just these.
export async function reads(locator, expected) {
  const want = [expected].flat();
  let last = [];
  const limit = Date.now() + kPatienceMs;
  while (Date.now() < limit) {
    last = (await locator.allInnerTexts()).map((t) => t.replace(/\s+/g, ' ').trim());
    if (last.length === want.length && want.every((w, i) => (w instanceof RegExp ? w.test(last[i]) : w === last[i]))) return;
    // A frame of the page, not of a clock.
    await locator.page().evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  throw new Error(`found ${JSON.stringify(last)}, expected ${want.map(String).join(', ')}`);
}
