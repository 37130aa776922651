// Notices, what one gets, would this be blocked, complaints: with scripts and without.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { ELEANOR, THOMAS, enter, inspect, listen, portal } from './portal.mjs';

test('what happened is told, quietly counted, and seen once', async ({ page }) => {
  const complaints = listen(page);
  await enter(page, ELEANOR);
  await expect(page.locator('nav a[href="/notices"]')).toHaveText(/Notices \(\D*\d+\D* new\)/);
  await page.locator('nav a[href="/notices"]').click();
  await expect(page.locator('h1')).toHaveText('Notices');
  expect(await page.locator('.lines .tag', { hasText: 'New' }).count()).toBeGreaterThan(0);
  await expect(page.locator('.lines')).toContainText('read your data for the first time');
  await inspect(page, 'notices');
  await page.getByRole('button', { name: 'I have seen these' }).click();
  await expect(page.locator('.outcome')).toContainText('You have seen everything');
  await expect(page.locator('.lines .tag', { hasText: 'New' })).toHaveCount(0);
  await expect(page.locator('nav a[href="/notices"]')).toHaveText('Notices');
  // What the customer does next is told in its turn, and leads to its page.
  await page.goto(portal() + '/');
  await page.locator('.card h3 a[href^="/access/"]').first().click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.goto(portal() + '/notices');
  await expect(page.locator('.lines li').first()).toContainText('You paused access of');
  await page.locator('.lines li a').first().click();
  await expect(page).toHaveURL(/\/access\//);
  await page.getByRole('button', { name: 'Resume access' }).click();
  await expect(page.locator('.outcome')).toContainText('Access is on again');
  expect(complaints).toEqual([]);
});

test('what one gets is chosen without scripts, and what must arrive cannot be off', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await enter(page, THOMAS);
  await page.goto(portal() + '/notices/settings');
  await expect(page.locator('main')).toContainText('This is a demo: no e-mail is sent.');
  const offered = (name) => page.locator(`select[name="${name}"] option`).evaluateAll((all) => all.map((one) => one.value));
  expect(await offered('receipts')).toEqual(['once', 'daily']);
  expect(await offered('security')).toEqual(['once']);
  expect(await offered('reads')).toEqual(['once', 'daily', 'off']);
  await page.selectOption('select[name="reads"]', 'off');
  await page.selectOption('select[name="receipts"]', 'daily');
  await page.selectOption('select[name="language"]', 'it');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.outcome')).toContainText('Saved');
  await expect(page.locator('select[name="reads"]')).toHaveValue('off');
  await expect(page.locator('select[name="receipts"]')).toHaveValue('daily');
  await expect(page.locator('select[name="language"]')).toHaveValue('it');
  await context.close();
});

test('a contact is tried out against the rules, without scripts', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 800 } });
  const page = await context.newPage();
  await enter(page, ELEANOR);
  await page.goto(portal() + '/contact');
  // A brand that has access now.
  const brand = await page.goto(portal() + '/').then(() => page.locator('.card h3 a[href^="/access/"]').first().textContent());
  const ask = async (choose) => {
    await choose();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await expect(page.locator('h1')).toHaveText('Would this be blocked?');
  };
  const rules = async (way) => {
    await page.goto(portal() + '/contact');
    for (const box of await page.locator('input[name="way"]').all()) await box.setChecked((await box.inputValue()) === way);
    for (const row of [0, 1, 2]) {
      for (const box of await page.locator(`input[name="quiet${row}"]`).all()) await box.uncheck();
      await page.fill(`#from${row}`, '');
      await page.fill(`#to${row}`, '');
    }
    for (const box of await page.locator('input[name="always"]').all()) await box.uncheck();
    await page.fill('#max', '');
    await page.fill('#not-before', '');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('.outcome')).toContainText('saved');
  };
  await rules('email/orders');
  await ask(async () => {
    await page.selectOption('select[name="brand"]', { label: brand });
    await page.selectOption('select[name="channel"]', 'phone');
    await page.selectOption('select[name="purpose"]', 'news');
  });
  await expect(page.locator('.outcome')).toContainText('would be blocked');
  await expect(page.locator('.outcome')).toContainText(/You do not allow this: \W*Telephone\W*, \W*News/);
  await ask(async () => {
    await page.selectOption('select[name="channel"]', 'email');
    await page.selectOption('select[name="purpose"]', 'orders');
    await page.selectOption('select[name="author"]', 'machine');
  });
  await expect(page.locator('.outcome')).toContainText('Only a person can contact you.');
  await ask(async () => { await page.selectOption('select[name="author"]', 'person'); });
  await expect(page.locator('.outcome')).toContainText('would be let through');
  // What cannot be read is said, and nothing is lost.
  await page.goto(page.url().replace(/zone=[^&]*/, 'zone=Mars%2FBase'));
  await expect(page.locator('.fault')).toContainText('There is no such time zone');
  await expect(page.locator('select[name="channel"]')).toHaveValue('email');
  await context.close();
});

test('a read is complained of, followed, taken to the authority and taken back, without scripts', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await enter(page, ELEANOR);
  await page.goto(portal() + '/reads');
  await page.getByRole('link', { name: 'Is something wrong?' }).first().click();
  // Nothing is chosen beforehand.
  expect(await page.locator('input:checked').count()).toBe(0);
  await page.getByLabel(/I do not recognise this/).check();
  await page.fill('textarea', 'I was not in the boutique.\nWho was it?');
  await page.getByRole('button', { name: 'File it' }).click();
  await expect(page.locator('.outcome')).toContainText('Your complaint is filed');
  await expect(page.locator('main')).toContainText('Only you can read this.');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download the report' }).click()]);
  const report = await readFile(await download.path(), 'utf8');
  expect(report).toContain('I was not in the boutique.');
  expect(report).toMatch(/commitment: [0-9a-f]{64}/);
  expect(report).toContain('"type":"read');
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(page.locator('.outcome')).toContainText('It is closed.');
  await page.goto(portal() + '/help');
  await page.getByRole('link', { name: 'Complaints' }).click();
  await expect(page.locator('.lines')).toContainText('You took it back.');
  await page.goto(portal() + '/notices');
  await expect(page.locator('.lines')).toContainText('You filed a complaint.');
  await context.close();
});

test('every new page is held to what every page is', async ({ page }) => {
  const complaints = listen(page);
  await page.setViewportSize({ width: 320, height: 800 });
  await enter(page, ELEANOR, 'ar');
  await page.goto(portal() + '/reads');
  const wrong = await page.locator('a[href^="/complaints/new?entry="]').first().getAttribute('href');
  await page.goto(portal() + '/contact');
  await page.locator('form[action="/contact/check"] button').click();
  await expect(page.locator('.outcome')).toBeVisible();
  const tried = new URL(page.url());
  for (const route of ['/notices', '/notices/settings', '/contact', tried.pathname + tried.search, wrong, '/complaints']) {
    await page.goto(portal() + route);
    await inspect(page, route);
  }
  await page.locator('.lines a[href^="/complaints/"]').first().click();
  await inspect(page, 'a complaint');
  expect(complaints).toEqual([]);
});
