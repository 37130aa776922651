// What the tests of the auditor's pages share.
import { expect } from '@playwright/test';

export const audit = () => process.env.COFFRET_AUDIT;

/** Comes in as the demo's auditor, and reads in this language. */
export async function enterAudit(page, language = 'en') {
  await page.goto(audit() + '/sign-in');
  await page.locator('.people button').first().click();
  await expect(page).toHaveURL(audit() + '/');
  if (await page.locator('html').getAttribute('lang') !== language) {
    await page.locator(`.languages button[value="${language}"]`).click();
  }
}

/** Opens entries for this reason; gives the address of the list. */
export async function inspectLog(page, reason = 'Yearly audit') {
  await page.goto(audit() + '/log');
  await page.locator('#reason').fill(reason);
  await page.locator('form[action="/log/open"] button').click();
  await expect(page).toHaveURL(/inspection=/);
  return page.url().slice(audit().length);
}

/** The pages of an auditor at work, without exports. */
export async function auditRoutes(page) {
  const list = await inspectLog(page);
  const entry = await page.locator('td a.place').first().getAttribute('href');
  return ['/', '/log', list, `${list}&kind=read.*`, `${list}&purpose=nothing`, entry, entry.split('?')[0], '/verify', '/verify/files', '/export', '/help', '/nothing-here'];
}
