// What the tests share: coming in as somebody of the demo, and what every page is held to.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { HtmlValidate } from 'html-validate';

export const portal = () => process.env.COFFRET_PORTAL;
export const LANGUAGES = ['en', 'fr', 'zh-Hans', 'it', 'ar'];
/** Of the demo's people: who has something to decide and an access in use; who has nothing going on. */
export const ELEANOR = 'Eleanor Brightwater', THOMAS = 'Thomas Whitcombe', SASCHA = 'Sascha Lindqvist', MATEO = 'Mateo Villaseñor';

/** Comes in, and reads in this language. */
export async function enter(page, name, language = 'en') {
  await page.goto(portal() + '/sign-in');
  await page.locator('.people button', { hasText: name }).click();
  await expect(page).toHaveURL(portal() + '/');
  if (await page.locator('html').getAttribute('lang') !== language) {
    await page.locator(`.languages button[value="${language}"]`).click();
  }
}

/** Collects what the browser complains about; a page has nothing to complain about. */
export function listen(page) {
  const complaints = [];
  page.on('console', (message) => {
    // A page that says "not found" is asked for on purpose.
    if (['error', 'warning'].includes(message.type()) && !/status of 40[349]|status of 422/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => {
    // Whoever goes on at once does not wait for the picture in the tab.
    const gone = request.url().endsWith('/icon.svg') && request.failure()?.errorText === 'net::ERR_ABORTED';
    if (!gone) complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(portal())) complaints.push(`asks another host: ${request.url()}`);
  });
  return complaints;
}

// What comes from the same origin is as whole as the page that names it.
const rules = { 'require-sri': ['error', { target: 'crossorigin' }] };
const markup = new HtmlValidate({ extends: ['html-validate:standard', 'html-validate:document'], rules });

/** Holds what the server sent to the rules of HTML. */
export async function validate(response, where) {
  const report = await markup.validateString(await response.text());
  const found = report.results.flatMap((result) => result.messages).map((one) => `${one.ruleId}, line ${one.line}:${one.column}: ${one.message}`);
  expect([...new Set(found)], `HTML of ${where}`).toEqual([]);
}

/** Holds a page to accessibility, reflow and the size of what is pressed. */
export async function inspect(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`), `axe at ${where}`).toEqual([]);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond, `scrolls sideways at ${where}`).toBeLessThanOrEqual(0);
  const small = await page.evaluate(() => {
    const pressed = 'button, .button, select, input:not([type=hidden]), summary, nav a';
    return [...document.querySelectorAll(pressed)].filter((one) => one.checkVisibility()).map((one) => {
      // What is pressed for a box is its whole line.
      const box = (one.closest('label.check') ?? one).getBoundingClientRect();
      return { what: one.outerHTML.slice(0, 80), width: box.width, height: box.height };
    }).filter((one) => one.height < 43.5 || one.width < 24);
  });
  expect(small, `small to press at ${where}`).toEqual([]);
  const overlapping = await page.evaluate(() => {
    const pressed = [...document.querySelectorAll('button, .button, nav a')].filter((one) => one.checkVisibility());
    const boxes = pressed.map((one) => [one.textContent, one.getBoundingClientRect()]);
    const pairs = boxes.flatMap(([text, box], place) => boxes.slice(place + 1).map(([other, its]) => [text, other,
      Math.min(box.right, its.right) - Math.max(box.left, its.left) > 1 && Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top) > 1]));
    return pairs.filter(([, , overlap]) => overlap);
  });
  expect(overlapping, `overlapping at ${where}`).toEqual([]);
  expect(await page.locator('h1').count(), `one first heading at ${where}`).toBe(1);
}

/** The pages that somebody in the middle of things has; of whoever has nothing going on, those that everybody has. */
export async function routes(page, busy) {
  const found = ['/', '/past', '/requests', '/pause-all', '/stop-all', '/contact', '/data', '/data/import', '/data/add', '/data/add/purchase.item', '/data/add/body.height', '/reads', '/reads?result=refused', '/deletions', '/receipts', '/notices', '/notices/settings', '/complaints', '/export', '/erase', '/security', '/help', '/enrol', '/recover', '/nothing-here'];
  const first = async (from, selector) => {
    await page.goto(portal() + from);
    const link = page.locator(selector).first();
    // A page that is not there would be passed over in silence.
    if (busy) await expect(link, `${selector} at ${from}`).toHaveCount(1);
    return (await link.count()) ? link.getAttribute('href') : null;
  };
  const request = await first('/', 'a[href^="/requests/"]');
  if (request) found.push(request, `${request}/less`);
  const access = await first('/', '.card h3 a[href^="/access/"]');
  if (access) found.push(access, `${access}/stop`, `${access}/less`, `/complaints/new?access=${access.split('/').pop()}`);
  const receipt = await first('/receipts', 'a[href^="/receipts/"]');
  if (receipt) found.push(receipt);
  const record = await first('/data', '.lines a[href^="/data/"]');
  if (record) found.push(record, `${record}/delete`);
  return found;
}
