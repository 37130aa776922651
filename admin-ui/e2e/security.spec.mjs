// What must not happen: forms from elsewhere, other people's addresses, cookies that scripts read, pages in frames, scripts in texts.
import { expect, request as api, test } from '@playwright/test';
import { ELEANOR, SASCHA, enter, portal } from './portal.mjs';

async function session(page, name) {
  await enter(page, name);
  const cookies = await page.context().cookies();
  return cookies.find((one) => one.name === '__Host-coffret-my');
}

test('the cookie is out of reach of scripts and other hosts, and new at each sign-in', async ({ page }) => {
  const first = await session(page, SASCHA);
  expect(first).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
  expect(await page.evaluate(() => document.cookie)).toBe('');
  const second = await session(page, SASCHA);
  expect(second.value).not.toBe(first.value);
  // A session that somebody else prepared is not taken over: its value is replaced.
  await page.context().addCookies([{ ...first, value: 'cft_' + 'A'.repeat(43) }]);
  const third = await session(page, SASCHA);
  expect(third.value).not.toBe('cft_' + 'A'.repeat(43));
  expect(third.value).not.toBe(second.value);
  await page.goto(portal() + '/data');
  await expect(page.locator('h1')).toHaveText('My data');
});

test('signing out ends the session, wherever its cookie was copied to', async ({ page }) => {
  const cookie = await session(page, SASCHA);
  const thief = await api.newContext({ extraHTTPHeaders: { cookie: `${cookie.name}=${cookie.value}` } });
  expect(await (await thief.get(portal() + '/data')).text()).toContain('My data');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(portal() + '/sign-in');
  const after = await thief.get(portal() + '/data', { maxRedirects: 0 });
  expect(after.status()).toBe(303);
  await thief.dispose();
});

test('every answer keeps the page shut', async ({ request }) => {
  for (const path of ['/sign-in', '/help', '/', '/nothing', '/style.css', '/icon.svg', '/fonts/eb-garamond-latin.woff2']) {
    const headers = (await request.get(portal() + path, { maxRedirects: 0 })).headers();
    const policy = headers['content-security-policy'];
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).toContain("require-trusted-types-for 'script'");
    expect(policy, path).not.toContain('unsafe');
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
    if (!/css|svg|woff2/.test(path)) expect(headers['cache-control'], path).toBe('no-store');
  }
});

test('a form from elsewhere does nothing', async ({ page }) => {
  const cookie = await session(page, ELEANOR);
  await page.goto(portal() + '/');
  const access = await page.locator('.card h3 a[href^="/access/"]').first().getAttribute('href');
  const key = await page.locator('form input[name=form_key]').first().inputValue();
  const jar = `${cookie.name}=${cookie.value}`;
  const attempts = [
    ['another origin', { origin: 'https://evil.example' }, { form_key: key }],
    ['no origin', {}, { form_key: key }],
    ['a sibling', { 'sec-fetch-site': 'same-site' }, { form_key: key }],
    ['no key', { origin: portal() }, {}],
    ['a key of another session', { origin: portal() }, { form_key: 'A'.repeat(43) }],
  ];
  for (const [what, headers, form] of attempts) {
    const context = await api.newContext({ extraHTTPHeaders: { cookie: jar, ...headers } });
    for (const path of [`${access}/stop`, `${access}/pause`, '/stop-all', '/pause-all', '/erase', '/sign-out', '/security/end', '/export/file', '/language']) {
      const answer = await context.post(portal() + path, { form: { ...form, sure: 'yes', format: 'json', language: 'fr' }, maxRedirects: 0 });
      expect(answer.status(), `${what} at ${path}`).toBe(403);
    }
    await context.dispose();
  }
  await page.goto(portal() + access);
  await expect(page.locator('main')).toContainText('Access is on.');
});

test('what is somebody else’s looks like nothing', async ({ page, browser }) => {
  await enter(page, ELEANOR);
  await page.goto(portal() + '/');
  const access = await page.locator('.card h3 a[href^="/access/"]').first().getAttribute('href');
  await page.goto(portal() + '/data');
  const record = await page.locator('.lines a[href^="/data/"]').first().getAttribute('href');
  await page.goto(portal() + '/receipts');
  const receipt = await page.locator('a[href^="/receipts/"]').first().getAttribute('href');
  const other = await browser.newContext({ locale: 'en' });
  const stranger = await other.newPage();
  await enter(stranger, SASCHA);
  const never = '00000000-0000-7000-8000-000000000000';
  for (const [own, unknown] of [[access, `/access/${never}`], [record, `/data/${never}`], [receipt, '/receipts/99999999'], [`${access}/stop`, `/access/${never}/stop`], ['/access/..%2f..%2fdata', '/access/x']]) {
    const look = async (path) => {
      const answer = await stranger.goto(portal() + path);
      return [answer.status(), await stranger.locator('main').innerText()];
    };
    const theirs = await look(own);
    expect([404, 422], own).toContain(theirs[0]);
    expect(theirs, `${own} and ${unknown} are told apart`).toEqual(await look(unknown));
  }
  await other.close();
});

test('no address leads elsewhere', async ({ page }) => {
  await enter(page, SASCHA);
  const key = await page.locator('form input[name=form_key]').first().inputValue();
  for (const back of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)', '/\tevil', '\\\\evil']) {
    const answer = await page.request.post(portal() + '/language', { headers: { origin: portal() }, form: { form_key: key, language: 'en', back }, maxRedirects: 0 });
    expect([answer.status(), answer.headers().location], back).toEqual([303, '/']);
  }
  for (const path of ['/?done=%3Cscript%3Ealert(1)%3C/script%3E', '/reads?result=%22%3E%3Cscript%3E', '/reads?brand=%22%3E%3Cimg%20src=x%3E', '/receipts?page=%22%3E']) {
    const answer = await page.goto(portal() + path);
    expect(answer.status()).toBeLessThan(500);
    expect(await page.content()).not.toMatch(/<script|<img/);
  }
});

test('bodies that are too large, broken or of another kind are refused', async ({ page }) => {
  const cookie = await session(page, SASCHA);
  const key = await page.locator('form input[name=form_key]').first().inputValue();
  const headers = { origin: portal(), cookie: `${cookie.name}=${cookie.value}` };
  const form = 'application/x-www-form-urlencoded';
  for (const [data, kind] of [['form_key=' + key + '&v%2Fwords%2F=' + 'x'.repeat(300_000), form], ['{"form_key":1}', 'application/json'], ['%ff%fe=%', form], ['', form]]) {
    // Each on a connection of its own: one on which too much was sent is closed, sometimes before its answer is read.
    const context = await api.newContext({ extraHTTPHeaders: { ...headers, 'content-type': kind } });
    const answer = await context.post(portal() + '/data/add/style.words', { data, maxRedirects: 0 }).catch((closed) => closed);
    if (answer instanceof Error) {
      expect(data.length, answer.message).toBeGreaterThan(256 * 1024);
    } else {
      expect(answer.status(), kind).toBeGreaterThanOrEqual(400);
      expect(answer.status(), kind).toBeLessThan(500);
    }
    await context.dispose();
  }
  await page.goto(portal() + '/data');
  await expect(page.locator('main')).not.toContainText('xxxxxxxx');
});
