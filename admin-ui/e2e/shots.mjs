// A picture of every page: widths, themes, languages. COFFRET_SHOTS says where they go.
import { test } from '@playwright/test';
import { ELEANOR, enter, portal, routes } from './portal.mjs';

const out = process.env.COFFRET_SHOTS ?? '/tmp/coffret-shots';
const WIDTHS = { narrow: 320, tablet: 820, wide: 1280 };

for (const language of (process.env.COFFRET_LANGUAGES ?? 'en,zh-Hans,ar').split(',')) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${language} ${colorScheme}`, async ({ browser }) => {
      const context = await browser.newContext({ colorScheme, locale: language });
      const page = await context.newPage();
      await page.goto(portal() + '/sign-in');
      await page.screenshot({ path: `${out}/${language}-${colorScheme}-wide-sign-in.png`, fullPage: true });
      await enter(page, ELEANOR, language);
      for (const route of await routes(page, true)) {
        await page.goto(portal() + route);
        // Ids change from run to run; names of pictures do not.
        const name = route.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'one').replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'home';
        for (const [width, pixels] of Object.entries(WIDTHS)) {
          await page.setViewportSize({ width: pixels, height: 900 });
          await page.screenshot({ path: `${out}/${language}-${colorScheme}-${width}-${name}.png`, fullPage: true });
        }
      }
      await context.close();
    });
  }
}
