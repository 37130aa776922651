// Every page, in its languages, themes and widths. It runs before what changes the demo (files run in the order of their names): the
// requests that wait are pages, too.
import { expect, test } from '@playwright/test';
import { ELEANOR, LANGUAGES, SASCHA, enter, inspect, listen, portal, routes, validate } from './portal.mjs';

const FULL = process.env.COFFRET_TEST_FULL === '1';
const LOOKS = [
  { width: 320, colorScheme: 'dark' },
  { width: 1200, colorScheme: 'light' },
  { width: 800, colorScheme: 'dark' },
  { width: 320, colorScheme: 'light' },
];

for (const [place, language] of LANGUAGES.entries()) {
  test(`every page reads well in ${language}`, async ({ browser }) => {
    test.setTimeout(FULL ? 600_000 : 180_000);
    // A usual run looks at each page in each language once, and goes through widths and themes on the way.
    for (const [turn, look] of (FULL ? LOOKS : [LOOKS[place % LOOKS.length]]).entries()) {
      const context = await browser.newContext({ viewport: { width: look.width, height: 900 }, colorScheme: look.colorScheme, locale: language });
      const page = await context.newPage();
      const complaints = listen(page);
      await page.goto(portal() + '/sign-in');
      await inspect(page, `/sign-in ${language}`);
      await enter(page, turn === 0 ? ELEANOR : SASCHA, language);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr');
      for (const route of await routes(page, turn === 0)) {
        const answer = await page.goto(portal() + route);
        if (place === 0) await validate(answer, route);
        for (const summary of await page.locator('summary').all()) await summary.click();
        await inspect(page, `${route} ${language} ${look.width} ${look.colorScheme}`);
      }
      expect(complaints).toEqual([]);
      await context.close();
    }
  });
}

test('text at twice its size still fits', async ({ page }) => {
  await page.setViewportSize({ width: 640, height: 900 });
  await enter(page, ELEANOR);
  for (const route of await routes(page, true)) {
    await page.goto(portal() + route);
    const size = () => page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize));
    const before = await size();
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    expect(await size(), route).toBeGreaterThan(before * 1.8);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(beyond, route).toBeLessThanOrEqual(0);
  }
});

test('whoever has nothing going on reads what that means', async ({ page }) => {
  const complaints = listen(page);
  await enter(page, SASCHA);
  await expect(page.locator('main')).toContainText('No one can see your data.');
  await page.goto(portal() + '/reads');
  await expect(page.locator('main')).toContainText('No one has read your data yet.');
  await page.goto(portal() + '/receipts');
  await expect(page.locator('main')).toContainText('You have decided nothing yet.');
  expect(complaints).toEqual([]);
});
