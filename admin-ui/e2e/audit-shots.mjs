// A picture of every page of the auditor: widths, themes, languages. COFFRET_SHOTS says where they go.
import { test } from '@playwright/test';
import { audit, auditRoutes, enterAudit } from './audit.mjs';

const out = process.env.COFFRET_SHOTS ?? '/tmp/coffret-shots';
const WIDTHS = { narrow: 320, wide: 1280 };

for (const language of (process.env.COFFRET_LANGUAGES ?? 'en,zh-Hans,ar').split(',')) {
  for (const colorScheme of ['light', 'dark']) {
    test(`audit ${language} ${colorScheme}`, async ({ browser }) => {
      const context = await browser.newContext({ colorScheme, locale: language });
      const page = await context.newPage();
      await page.goto(audit() + '/sign-in');
      await page.screenshot({ path: `${out}/audit-${language}-${colorScheme}-wide-sign-in.png`, fullPage: true });
      await enterAudit(page, language);
      for (const [place, route] of (await auditRoutes(page)).entries()) {
        await page.goto(audit() + route);
        for (const [width, pixels] of Object.entries(WIDTHS)) {
          await page.setViewportSize({ width: pixels, height: 900 });
          await page.screenshot({ path: `${out}/audit-${language}-${colorScheme}-${width}-${place}.png`, fullPage: true });
        }
      }
      await context.close();
    });
  }
}
