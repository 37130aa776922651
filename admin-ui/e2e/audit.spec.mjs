// The auditor's pages: every page in its languages; what must not happen; checks of files in the browser, with one byte changed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { expect, request as api, test } from '@playwright/test';
import { audit, auditRoutes, enterAudit, inspectLog } from './audit.mjs';
import { makeExport, makeKey, packed } from './bundle.mjs';
import { ELEANOR, LANGUAGES, enter, inspect, portal, validate } from './portal.mjs';

/** What a browser complains about, of pages of another origin than the portal. */
function listenHere(page) {
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/status of 40[34]|status of 422/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(audit())) complaints.push(`asks another host: ${request.url()}`);
  });
  return complaints;
}

const LOOKS = [[320, 'dark'], [1200, 'light'], [800, 'dark'], [320, 'light'], [320, 'dark']];

for (const [place, language] of LANGUAGES.entries()) {
  test(`every page of the auditor reads well in ${language}`, async ({ browser }) => {
    test.setTimeout(180_000);
    const [width, colorScheme] = LOOKS[place];
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale: language });
    const page = await context.newPage();
    const complaints = listenHere(page);
    await page.goto(audit() + '/sign-in');
    await inspect(page, `/sign-in ${language}`);
    await enterAudit(page, language);
    for (const route of await auditRoutes(page)) {
      const answer = await page.goto(audit() + route);
      if (place === 0) await validate(answer, route);
      await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr');
      for (const summary of await page.locator('summary').all()) await summary.click();
      await inspect(page, `${route} ${language} ${width} ${colorScheme}`);
    }
    const made = await exported(page);
    await inspect(page, `an export in ${language}`);
    expect(made.tar.length).toBeGreaterThan(10_000);
    expect(complaints).toEqual([]);
    await context.close();
  });
}

/** Makes an export; gives its file and the log's key. */
async function exported(page, more = async () => {}) {
  await page.goto(audit() + '/export');
  await page.locator('#reason').fill('Yearly audit');
  await more(page);
  await page.locator('form:has(#reason) button').click();
  await expect(async () => {
    await page.reload();
    await expect(page.locator('a[href$="export.tar"]')).toHaveCount(1, { timeout: 200 });
  }).toPass({ timeout: 60_000 });
  const place = await page.locator('a[href$="export.tar"]').getAttribute('href');
  const answer = await page.request.get(audit() + place);
  const tar = await answer.body();
  const told = await page.locator('main').innerText();
  expect(told).toContain(createHash('sha256').update(tar).digest('hex'));
  const key = /--key '([^']+)'/.exec(told)[1];
  return { tar, key, place };
}

test('the customer’s cookie, and a customer’s token in the auditor’s, open nothing', async ({ page, browser }) => {
  await enter(page, ELEANOR);
  const theirs = (await page.context().cookies()).find((one) => one.name === '__Host-coffret-my');
  for (const name of ['__Host-coffret-my', '__Host-coffret-audit']) {
    const context = await api.newContext({ extraHTTPHeaders: { cookie: `${name}=${theirs.value}` } });
    for (const path of ['/', '/log', '/verify', '/verify/files', '/export', '/checkpoint']) {
      const answer = await context.get(audit() + path, { maxRedirects: 0 });
      expect([answer.status(), answer.headers().location], `${name} ${path}`).toEqual([303, '/sign-in']);
    }
    await context.dispose();
  }
  // And the other way round.
  const other = await browser.newContext({ locale: 'en' });
  const auditor = await other.newPage();
  await enterAudit(auditor);
  const own = (await other.cookies()).find((one) => one.name === '__Host-coffret-audit');
  expect(own).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
  expect(await auditor.evaluate(() => document.cookie)).toBe('');
  const context = await api.newContext({ extraHTTPHeaders: { cookie: `__Host-coffret-my=${own.value}` } });
  for (const path of ['/', '/data', '/reads', '/receipts']) {
    expect((await context.get(portal() + path, { maxRedirects: 0 })).status(), path).toBeGreaterThanOrEqual(303);
    expect(await (await context.get(portal() + path)).text()).not.toContain('body.');
  }
  await context.dispose();
  await other.close();
});

test('a form from elsewhere opens and exports nothing, and every answer keeps the page shut', async ({ page }) => {
  await enterAudit(page);
  const cookie = (await page.context().cookies()).find((one) => one.name === '__Host-coffret-audit');
  await page.goto(audit() + '/log');
  const key = await page.locator('input[name=form_key]').first().inputValue();
  for (const [what, headers, form] of [
    ['another origin', { origin: 'https://evil.example' }, { form_key: key }],
    ['the customers’ pages', { origin: portal() }, { form_key: key }],
    ['no origin', {}, { form_key: key }],
    ['no key', { origin: audit() }, {}],
    ['a wrong key', { origin: audit() }, { form_key: 'A'.repeat(43) }],
  ]) {
    const context = await api.newContext({ extraHTTPHeaders: { cookie: `${cookie.name}=${cookie.value}`, ...headers } });
    for (const path of ['/log/open', '/export', '/verify', '/sign-out', '/language']) {
      const answer = await context.post(audit() + path, { form: { ...form, reason: 'x', language: 'fr' }, maxRedirects: 0 });
      expect(answer.status(), `${what} at ${path}`).toBe(403);
    }
    await context.dispose();
  }
  for (const path of ['/sign-in', '/', '/log', '/verify', '/verify/files', '/export', '/check.js', '/style.css', '/nothing']) {
    const policy = (await page.request.get(audit() + path)).headers()['content-security-policy'];
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("require-trusted-types-for 'script'");
    expect(policy, path).not.toContain('unsafe');
    if (path === '/verify/files') expect(policy).toContain("connect-src 'none'");
    if (path !== '/verify/files') expect(policy).not.toContain('script-src');
  }
});

test('opening a customer’s entries is said before, and the customer reads it', async ({ page }) => {
  await enterAudit(page);
  const list = await inspectLog(page, 'Case 17');
  await expect(page.locator('[role=status]')).toContainText('The log says so.');
  await expect(page.locator('main')).toContainText('Case 17');
  await page.goto(`${audit()}${list}&kind=grant.*`);
  await page.locator('td a.place').first().click();
  await expect(page.locator('main')).toContainText("Customer's random id");
  await expect(page.locator('form[action="/log/open"]')).toContainText('written to this customer');
  await page.locator('#reason').fill('Case 18, complaint');
  await page.getByRole('button', { name: 'Open this customer' }).click();
  await expect(page.locator('[role=status]')).toContainText('Their own log says so.');
  const rows = await page.locator('tbody tr').count();
  expect(rows).toBeGreaterThan(0);
  // A short while later the inspection itself is in the log, and opens under it.
  await expect(async () => {
    await page.reload();
    await expect(page.locator('main')).toContainText('ledger.stream_inspected', { timeout: 300 });
  }).toPass();
});

test('the live log is checked against what the auditor brings', async ({ page }) => {
  await enterAudit(page);
  const note = await (await page.request.get(audit() + '/checkpoint')).text();
  const key = (await page.locator('dd code').allInnerTexts()).find((text) => /\+[0-9a-f]{8}\+/.test(text));
  const proof = await (await page.request.get(audit() + '/log/3/entry.tlog-proof')).text();
  await page.goto(audit() + '/verify');
  await page.locator('#key').fill(key);
  await page.locator('#since').fill(note);
  await page.locator('#index').fill('3');
  await page.locator('#proof').fill(proof);
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.locator('.checks .pass')).toHaveCount(5);
  await expect(page.locator('.checks .fail')).toHaveCount(0);
  await page.locator('#proof').fill(proof.replace('index 3', 'index 4'));
  await page.locator('#since').fill(note.replace(/\n(\d+)\n/, (_, size) => `\n${size - 1}\n`));
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.locator('.checks .fail')).toHaveCount(2);
  await page.locator('#key').fill('another.example/ledger/2026+00000000+AAAA');
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.locator('.checks .fail').first()).toContainText('The key');
});

/** Checks files in the browser; gives what is said of each check. */
async function checkFiles(page, key, files) {
  await page.goto(audit() + '/verify/files');
  await page.locator('#key').fill(key);
  await page.locator('#files').setInputFiles(files);
  await page.locator('form#check button').click();
  await expect(page.locator('#verdict')).toHaveClass(/outcome|fault/, { timeout: 30_000 });
  const rows = page.locator('#results li');
  const found = [];
  for (const row of await rows.all()) found.push([await row.getAttribute('class'), await row.locator('strong').innerText(), await row.innerText()]);
  return { verdict: await page.locator('#verdict').getAttribute('class'), found, told: await page.locator('#verdict').innerText() };
}

const file = (name, content) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
/** The same bytes with one of them changed. */
function flipped(bytes, at) {
  const changed = Buffer.from(bytes);
  changed[at] ^= 1;
  return changed;
}

test('files are checked in the browser, which asks the network for nothing; one changed byte fails', async ({ page }) => {
  test.setTimeout(180_000);
  const complaints = listenHere(page);
  await enterAudit(page);
  const key = (await page.locator('dd code').allInnerTexts()).find((text) => /\+[0-9a-f]{8}\+/.test(text));
  const note = await (await page.request.get(audit() + '/checkpoint')).body();
  const proof = await (await page.request.get(audit() + '/log/5/entry.tlog-proof')).body();
  await page.goto(audit() + '/verify/files');
  await inspect(page, '/verify/files');
  let asked = 0;
  const good = await checkFiles(page, key, [file('a.tlog-proof', proof), file('checkpoint', note)]);
  page.on('request', () => { asked += 1; });
  expect(good.verdict).toBe('outcome');
  expect(good.found.map(([outcome]) => outcome)).toEqual(['pass', 'pass', 'pass']);
  expect(await page.evaluate(() => fetch('/').then(() => 'reached', () => 'refused'))).toBe('refused');
  asked = 0;
  await page.locator('form#check button').click();
  await expect(page.locator('#verdict')).toHaveClass('outcome');
  expect(asked, 'requests while files are checked').toBe(0);
  await inspect(page, '/verify/files with results');
  // Every part of a proof counts: what travels with it, the place, the hashes, the checkpoint, the signature.
  const lines = proof.toString().split('\n');
  let from = 0;
  for (const line of lines) {
    if (line.length > 0) {
      const at = from + Math.floor(line.length / 2);
      const bad = await checkFiles(page, key, [file('a.tlog-proof', flipped(proof, at))]);
      expect(bad.found.some(([outcome]) => outcome === 'fail'), `${line} ${JSON.stringify(bad.found)}`).toBe(true);
    }
    from += Buffer.byteLength(line) + 1;
  }
  for (const at of [3, 40, Math.floor(note.length / 2), note.length - 5]) {
    const bad = await checkFiles(page, key, [file('checkpoint', flipped(note, at))]);
    expect(bad.verdict, `checkpoint with byte ${at} changed`).toBe('fault');
    expect(bad.told).toContain('The first is');
  }
  const wrong = await checkFiles(page, key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), [file('checkpoint', note)]);
  expect(wrong.verdict).toBe('fault');
  expect(complaints.filter((one) => !/Content Security Policy|Failed to fetch/.test(one))).toEqual([]);
});

test('a whole export is checked in the browser; one changed byte in any file fails', async ({ page }, info) => {
  test.setTimeout(240_000);
  await enterAudit(page);
  const older = await (await page.request.get(audit() + '/checkpoint')).body();
  const { tar, key } = await exported(page, async () => { await page.locator('input[name=receipts]').check(); });
  const good = await checkFiles(page, key, [file('export.tar', tar), file('older', older)]);
  expect(good.found.filter(([outcome]) => outcome === 'fail')).toEqual([]);
  expect(good.found.filter(([outcome]) => outcome === 'pass').length).toBeGreaterThanOrEqual(8);
  // The command says the same.
  const path = info.outputPath('export.tar');
  writeFileSync(path, tar);
  execFileSync(process.env.COFFRET_BIN, ['verify', '--key', key, path]);
  // The middle of each file in the tar.
  let at = 0;
  const places = [];
  while (at + 512 <= tar.length && tar[at] !== 0) {
    const name = tar.subarray(at, at + 100).toString().split('\0')[0];
    const size = parseInt(tar.subarray(at + 124, at + 136).toString(), 8);
    places.push([name, at + 512 + Math.floor(size / 2)]);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  expect(places.length).toBeGreaterThan(10);
  for (const [name, middle] of places) {
    const bad = await checkFiles(page, key, [file('export.tar', flipped(tar, middle))]);
    expect(bad.found.some(([outcome]) => outcome === 'fail'), `${name}: ${JSON.stringify(bad.found)}`).toBe(true);
  }
});

test('logs of many sizes are checked as the standard says', async ({ page }, info) => {
  test.setTimeout(180_000);
  await enterAudit(page);
  for (const [size, before] of [[1, 1], [2, 1], [255, 128], [256, 255], [257, 256], [700, 513], ...(process.env.COFFRET_TEST_FULL === '1' ? [[66_000, 65_536]] : [])]) {
    const { key, files, older, other } = makeExport(size, before, size > 2 ? [0, size - 1] : []);
    const good = await checkFiles(page, key.vkey, [file('export.tar', packed(files)), file('older', older)]);
    expect(good.found.filter(([outcome]) => outcome === 'fail'), `${size}`).toEqual([]);
    expect(good.found.filter(([outcome]) => outcome === 'pass').length, JSON.stringify(good.found)).toBe(8);
    if (before === size) continue;
    const forked = await checkFiles(page, key.vkey, [file('export.tar', packed(files)), file('older', other)]);
    expect(forked.found.filter(([outcome]) => outcome === 'fail').map(([, name]) => name), `${size} from ${before}`).toEqual(['The log only grew']);
  }
  // What the key has signed is named where it is not so: an opening of another entry, a file too many, one entry in the place of another.
  const { key, files } = makeExport(300, 1, [0, 5]);
  const failing = async (change) => {
    const changed = new Map(files);
    change(changed);
    return (await checkFiles(page, key.vkey, [file('export.tar', packed(changed))])).found.filter(([outcome]) => outcome === 'fail').map(([, name]) => name);
  };
  expect(await failing((all) => all.set('openings.jsonl', Buffer.from(all.get('openings.jsonl').toString().replace('"index":5', '"index":6'))))).toContain('What entries say');
  expect(await failing((all) => all.set('more', Buffer.from('x')))).toEqual(['Every file']);
  expect(await failing((all) => all.delete('tile/0/000'))).toContain('Every entry leads to the root');
  expect(await failing((all) => all.set('checkpoint', Buffer.from(makeKey(key.name).note(`${key.name}\n300\n${'A'.repeat(43)}=\n`))))).toContain('The checkpoint');
  // The same as a folder.
  const folder = info.outputPath('folder');
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  await page.goto(audit() + '/verify/files');
  await page.locator('#key').fill(key.vkey);
  await page.locator('#folder').setInputFiles(folder);
  await page.locator('form#check button').click();
  await expect(page.locator('#verdict')).toHaveClass('outcome');
  await expect(page.locator('#results .pass')).toHaveCount(6);
});

test('a customer’s receipt is checked with its proof and the keys', async ({ page, browser }) => {
  const other = await browser.newContext({ locale: 'en', acceptDownloads: true });
  const customer = await other.newPage();
  await enter(customer, ELEANOR);
  await customer.goto(portal() + '/receipts');
  const place = await customer.locator('a[href^="/receipts/"]').first().getAttribute('href');
  const receipt = await (await customer.request.get(`${portal()}${place}/receipt.jws`)).body();
  const proof = await (await customer.request.get(`${portal()}${place}/proof.tlog-proof`)).body();
  await other.close();
  await enterAudit(page);
  const { tar, key } = await exported(page, async () => { await page.locator('input[name=receipts]').check(); });
  const start = tar.indexOf(Buffer.from('receipt-keys.json\0'));
  const size = parseInt(tar.subarray(start + 124, start + 136).toString(), 8);
  const keys = tar.subarray(start + 512, start + 512 + size);
  const files = [file('receipt.jws', receipt), file('proof.tlog-proof', proof), file('keys.json', keys)];
  const good = await checkFiles(page, key, files);
  expect(good.found.map(([outcome]) => outcome), JSON.stringify(good.found)).toEqual(['pass', 'pass', 'pass']);
  const without = await checkFiles(page, key, files.slice(0, 2));
  expect(without.found.map(([outcome]) => outcome)).toEqual(['pass', 'unchecked', 'pass']);
  for (const at of [10, Math.floor(receipt.length / 2), receipt.length - 10]) {
    const bad = await checkFiles(page, key, [file('receipt.jws', flipped(receipt, at)), ...files.slice(1)]);
    expect(bad.verdict, `byte ${at}`).toBe('fault');
  }
});

test('without script every check of the live log, the list and an export work', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en' });
  const page = await context.newPage();
  await enterAudit(page);
  await inspectLog(page);
  await page.goto(audit() + '/verify');
  await expect(page.locator('.checks .pass')).toHaveCount(1);
  await page.goto(audit() + '/verify/files');
  await expect(page.locator('noscript')).toHaveCount(1);
  await context.close();
});
