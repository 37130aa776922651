// What people come for, counted in steps; with the mouse, with the keyboard, and without scripts.
import { expect, test } from '@playwright/test';
import { ELEANOR, MATEO, THOMAS, enter, listen, portal } from './portal.mjs';

/** Counts what is activated: presses of a button or link. */
function steps(page) {
  let count = 0;
  return {
    press: async (locator) => { count += 1; await locator.click(); },
    key: async (locator) => { count += 1; await locator.focus(); await page.keyboard.press('Enter'); },
    get count() { return count; },
  };
}

test('yes, no and less weigh the same', async ({ page }) => {
  await page.setViewportSize({ width: 1200, height: 900 });
  await enter(page, ELEANOR);
  await page.locator('a[href^="/requests/"]').first().click();
  const answers = await page.locator('.decision > *').evaluateAll((all) => all.map((one) => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    return { text: one.textContent.trim(), area: box.width * box.height, top: box.top, font: [style.fontSize, style.fontWeight, style.fontFamily], ink: [style.color, style.backgroundColor, style.borderTopColor] };
  }));
  expect(answers.map((one) => one.text)).toEqual(['Share this', 'Do not share', 'Offer less']);
  for (const one of answers) {
    expect(Math.abs(one.area / answers[0].area - 1)).toBeLessThan(0.1);
    expect(one.font).toEqual(answers[0].font);
    expect(one.ink).toEqual(answers[0].ink);
    expect(one.top).toBe(answers[0].top);
  }
  // Nothing is chosen beforehand, and nothing optional is on.
  expect(await page.locator('input:checked').count()).toBe(0);
});

test('less is offered, answered by a receipt, narrowed, and stopped in two steps', async ({ page }) => {
  const complaints = listen(page);
  await enter(page, ELEANOR);
  await page.locator('.card', { hasText: 'Maison Alba' }).locator('a[href^="/requests/"]').click();
  await expect(page.locator('h1')).toHaveText(/Maison Alba.* asks/);
  const shown = await page.locator('blockquote p').textContent();
  await page.getByRole('link', { name: 'Offer less' }).click();
  const wish = page.locator('fieldset', { hasText: 'Wish' });
  await wish.getByLabel('as it is').check();
  await page.locator('input[name=term][value^="30:"]').check();
  await page.getByRole('button', { name: 'Offer this' }).click();
  await expect(page.locator('.outcome')).toContainText('You share this now');
  await expect(page.locator('main')).toContainText(/in \W*30\W* days/);
  await expect(page.locator('main')).toContainText('A person only');
  await expect(page.locator('.items li')).toHaveCount(3);
  expect(shown).toContain('Maison Alba uses your taste');
  await page.getByRole('link', { name: 'See this access' }).click();
  await page.getByRole('link', { name: 'Share less' }).click();
  await page.locator('fieldset', { hasText: 'Wish' }).getByLabel('Not at all').check();
  await page.locator('input[name=term][value^="1:"]').check();
  await page.getByRole('button', { name: 'Share less' }).click();
  await expect(page.locator('.outcome')).toContainText('You share less from now on');
  await expect(page.locator('.items li')).toHaveCount(2);
  await page.goto(portal() + '/');
  const stop = steps(page), card = page.locator('.card', { hasText: 'Maison Alba' });
  await stop.press(card.getByRole('link', { name: /Stop access/ }));
  await stop.press(page.getByRole('button', { name: 'Stop access' }));
  expect(stop.count).toBeLessThanOrEqual(2);
  await expect(page.locator('.outcome')).toContainText('Access is stopped');
  await expect(page.locator('.card', { hasText: 'Maison Alba' })).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test('no is one press, and yes is not fewer', async ({ page }) => {
  await enter(page, ELEANOR);
  await page.locator('.card', { hasText: 'Casa Ferrante' }).locator('a[href^="/requests/"]').first().click();
  const no = steps(page);
  // Yes asks for how long before it is sent: the browser keeps the page.
  const here = page.url();
  await page.getByRole('button', { name: 'Share this' }).click();
  expect(page.url()).toBe(here);
  await no.press(page.getByRole('button', { name: 'Do not share' }));
  expect(no.count).toBe(1);
  await expect(page.locator('.outcome')).toContainText('You said no');
  await page.goto(portal() + '/receipts');
  await expect(page.locator('.lines li').first()).toContainText('No');
});

test('with the keyboard alone: pause, resume, stop', async ({ page }) => {
  await enter(page, ELEANOR);
  const keys = steps(page);
  await keys.key(page.locator('.card h3 a', { hasText: 'Casa Ferrante' }));
  await keys.key(page.getByRole('button', { name: 'Pause' }));
  await expect(page.locator('.outcome')).toContainText('Access is paused');
  await keys.key(page.getByRole('button', { name: 'Resume access' }));
  await expect(page.locator('.outcome')).toContainText('Access is on again');
  // Focus is on what came of it, which is said once.
  await expect(page.locator('.outcome')).toBeFocused();
  await page.reload();
  await expect(page.locator('.outcome')).toHaveCount(0);
  // The first Tab leads past the way around.
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  const ring = await page.locator('.skip').evaluate((one) => getComputedStyle(one).outlineStyle);
  expect(ring).not.toBe('none');
});

test('without scripts: data is added, corrected, exported and deleted', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en', acceptDownloads: true });
  const page = await context.newPage();
  await page.goto(portal() + '/sign-in');
  await page.locator('.people button', { hasText: THOMAS }).click();
  await page.goto(portal() + '/data/add/style.words');
  const field = page.locator('main textarea, main input:not([type=hidden])').first();
  await field.fill('quiet\nlong lines');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('main')).toContainText(/quiet, long lines|It is in your vault now|It is corrected/);
  // What the vault does not take comes back as it was entered, and names the field.
  await page.goto(portal() + '/data/add/purchase.item');
  await page.locator('input[name="v/bought_on"]').fill('2026-11-20');
  await page.locator('input[name="v/quantity"]').fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('[role=alert]')).toContainText('This was not saved');
  await expect(page.locator('input[name="v/quantity"]')).toHaveValue('2');
  await page.locator('input[name="v/item/name"]').fill('<b>Hat</b>');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.outcome')).toContainText('It is in your vault now');
  await expect(page.locator('main')).toContainText('<b>Hat</b>');
  const steps = [page.getByRole('link', { name: 'Export my data' }), page.getByRole('button', { name: 'Export as JSON' })];
  await steps[0].click();
  const [file] = await Promise.all([page.waitForEvent('download'), steps[1].click()]);
  expect(steps.length).toBeLessThanOrEqual(3);
  expect(file.suggestedFilename()).toBe('my-data.jsonl');
  const text = await (await import('node:fs/promises')).readFile(await file.path(), 'utf8');
  expect(text.split('\n').some((line) => line.includes('<b>Hat</b>'))).toBe(true);
  await page.goto(portal() + '/data');
  await page.locator('.lines li', { hasText: '<b>Hat</b>' }).getByRole('link').click();
  await page.getByRole('link', { name: 'Delete it' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await expect(page.locator('.outcome')).toContainText('It is deleted');
  await expect(page.locator('main')).not.toContainText('<b>Hat</b>');
  await context.close();
});

test('a file is imported line by line, and what is there is not taken twice', async ({ page }) => {
  await enter(page, THOMAS);
  const lines = '{"attribute":"style.words","value":{"words":["plain"]}}\n{"attribute":"body.height","value":{"value":3,"unit":"cm"}}\nnone\n{"attribute":"nobody.knows","value":{}}\n';
  const bring = async () => {
    await page.goto(portal() + '/data/import');
    await page.locator('input[type=file]').setInputFiles({ name: 'mine.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(lines) });
    await page.getByRole('button', { name: 'Import it' }).click();
  };
  await bring();
  await expect(page.locator('.outcome')).toContainText('One line is in your vault now.');
  await expect(page.locator('.lines li')).toHaveText([/Line \W*2\W*:.*value/, /Line \W*3\W*: This is not JSON/, /Line \W*4\W*: The vault does not know/]);
  await bring();
  await expect(page.locator('main')).toContainText('One line was there already.');
  await page.goto(portal() + '/data');
  await expect(page.locator('main')).toContainText('plain');
});

test('everything is erased, and nothing opens after it', async ({ page }) => {
  await enter(page, MATEO);
  await page.goto(portal() + '/erase');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Erase everything' }).click();
  await expect(page.locator('.outcome')).toContainText('Everything is erased');
  await page.goto(portal() + '/data');
  await expect(page).toHaveURL(portal() + '/sign-in');
});
