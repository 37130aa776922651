// Lighthouse as on a phone: slow network, slow processor. Accessibility and best practices have no room; speed is simulated from a trace,
// which a busy machine disturbs, so the best of three counts.
import { chromium, expect, test } from '@playwright/test';
import { createServer } from 'node:net';
import lighthouse from 'lighthouse';
import { ELEANOR, enter, portal, routes } from './portal.mjs';

const CATEGORIES = { performance: 95, accessibility: 100, 'best-practices': 100 };
const TRIES = 3;
/** One page of each kind: others are made of the same parts. */
const KINDS = [/^\/$/, /^\/requests\/[^/]+$/, /^\/access\/[^/]+$/, /^\/reads$/, /^\/data$/, /^\/data\/add\/purchase.item$/, /^\/contact$/, /^\/receipts\/[^/]+$/, /^\/export$/, /^\/erase$/, /^\/security$/, /^\/help$/];

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

async function scores(address, port) {
  const { lhr } = await lighthouse(address, { port, output: 'json', logLevel: 'error', onlyCategories: Object.keys(CATEGORIES), disableStorageReset: true });
  // A trace that could not be recorded says nothing of the page.
  if (lhr.runtimeError) return { trouble: lhr.runtimeError.message };
  expect(new URL(lhr.finalDisplayedUrl).pathname, 'the page that was asked for').toBe(new URL(address).pathname);
  const lost = Object.values(lhr.categories).flatMap((category) => category.auditRefs)
    .map((one) => lhr.audits[one.id]).filter((audit) => audit.score !== null && audit.score < 0.9).map((audit) => audit.id);
  return { scores: Object.fromEntries(Object.entries(lhr.categories).map(([name, category]) => [name, Math.round(category.score * 100)])), lost };
}

test('a phone on a slow network gets every kind of page quickly', async ({ launchOptions }, info) => {
  test.setTimeout(600_000);
  const port = await freePort();
  const browser = await chromium.launchPersistentContext(info.outputPath('profile'), {
    ...launchOptions, args: [...launchOptions.args, `--remote-debugging-port=${port}`],
  });
  try {
    const page = await browser.newPage();
    const found = [];
    const measure = async (path) => {
      let best, trouble;
      for (let turn = 0; turn < TRIES; turn += 1) {
        const now = await scores(portal() + path, port);
        trouble = now.trouble;
        if (now.scores === undefined) continue;
        if (!best || now.scores.performance > best.scores.performance) best = now;
        if (Object.entries(CATEGORIES).every(([name, least]) => best.scores[name] >= least)) break;
      }
      if (!best) throw new Error(`${path}: ${trouble}`);
      found.push({ path: path.replace(/[0-9a-f-]{36}/, ':id'), ...best });
    };
    await measure('/sign-in');
    await enter(page, ELEANOR);
    const all = await routes(page, true);
    for (const kind of KINDS) {
      const path = all.find((one) => kind.test(one));
      expect(path, `a page like ${kind}`).toBeTruthy();
      await measure(path);
    }
    console.log(found.map((one) => `    ${one.path}: ${Object.values(one.scores).join(' / ')}`).join('\n'));
    const short = found.filter((one) => Object.entries(CATEGORIES).some(([name, least]) => one.scores[name] < least));
    expect(short, 'below 95 / 100 / 100').toEqual([]);
  } finally {
    await browser.close();
  }
});
