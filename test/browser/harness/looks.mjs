// What a page looks like: screenshots for people to judge, and axe for what a program can judge.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './server.mjs';

const folder = join(root, 'test-results/browser');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const kRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function shot(page, name, options = {}) {
  mkdirSync(folder, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`), caret: 'hide', animations: 'disabled', ...options });
}

// No serious or critical violation. Evaluated from outside, so that the page's own policy may stay strict.
export async function assertAccessible(page, what) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), kRules);
  const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  if (serious.length === 0) return;
  const told = serious.map((v) => `${v.id} (${v.impact}): ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join('\n')}`);
  throw new Error(`${what} is not accessible:\n${told.join('\n')}`);
}

// Nothing may stick out sideways: a page that scrolls both ways is broken on a phone.
export async function assertNoOverflow(page, what) {
  const wide = await page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return null;
    const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > most + 1 || e.getBoundingClientRect().left < -1);
    const told = out.slice(0, 8).map((e) => e.cloneNode(false).outerHTML.slice(0, 160));
    return `${document.documentElement.scrollWidth} px in ${most} px; sticking out: ${told.join(' ')}`;
  });
  if (wide) throw new Error(`${what} is too wide: ${wide}`);
}

// `axe: false` where the same page is judged elsewhere and only its words differ: axe takes most of the time.
// CARILLON_JUDGE=tell: faults of looks are told and do not fail, to see all of them at once.
export async function judge(page, name, { axe = true, ...options } = {}) {
  await shot(page, name, options);
  for (const assert of axe ? [assertNoOverflow, assertAccessible] : [assertNoOverflow]) {
    await assert(page, name).catch((fault) => {
      if (process.env.CARILLON_JUDGE !== 'tell') throw fault;
      console.log(fault.message);
    });
  }
}
