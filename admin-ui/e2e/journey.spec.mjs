// One person's whole way: invited, a passkey, data, a file, a request answered with less, the first read seen, stopped, exported, erased.
// Once with the mouse; once with nothing but the keyboard: every place is reached by Tab, as somebody without a mouse does.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { house, newcomer } from './house.mjs';
import { listen, portal } from './portal.mjs';

/** Presses with the mouse. */
function mouse(page) {
  return {
    press: (locator) => locator.click(),
    check: (locator) => locator.check(),
    write: async (locator, text) => {
      await locator.click();
      await page.keyboard.type(text);
    },
  };
}

/** Nothing but keys. What cannot be reached by Tab, or not be seen when it is, fails. */
function keyboard(page) {
  const isThere = (locator) => locator.evaluate((one) => document.activeElement === one);
  const reach = async (locator) => {
    await expect(locator).toBeVisible();
    for (let turn = 0; turn < 150; turn += 1) {
      if (await isThere(locator)) {
        const ring = await locator.evaluate((one) => {
          const style = getComputedStyle(one), box = one.getBoundingClientRect(), label = one.closest('label');
          const rings = [style, ...(label ? [getComputedStyle(label)] : [])].some((each) => each.outlineStyle !== 'none' || each.boxShadow !== 'none');
          return { rings, inView: box.bottom > 0 && box.top < innerHeight };
        });
        expect(ring, `focus can be seen at ${locator}`).toEqual({ rings: true, inView: true });
        return;
      }
      await page.keyboard.press('Tab');
    }
    throw new Error(`${locator} cannot be reached by Tab`);
  };
  return {
    press: async (locator) => {
      await reach(locator);
      await page.keyboard.press('Enter');
    },
    check: async (locator) => {
      // Of a group of choices Tab reaches one; arrows lead to the others.
      const group = await locator.evaluate((one) => (one.type === 'radio' ? one.name : null));
      if (group === null) {
        await reach(locator);
        await page.keyboard.press('Space');
      } else {
        const entered = () => page.evaluate((name) => document.activeElement?.name === name, group);
        for (let turn = 0; turn < 150 && !(await entered()); turn += 1) await page.keyboard.press('Tab');
        for (let turn = 0; turn < 20 && !(await isThere(locator)); turn += 1) await page.keyboard.press('ArrowDown');
        if (!(await locator.isChecked())) await page.keyboard.press('Space');
      }
      await expect(locator).toBeChecked();
    },
    write: async (locator, text) => {
      await reach(locator);
      await page.keyboard.type(text);
    },
  };
}

for (const [how, hands] of Object.entries({ mouse, keyboard })) {
  test(`a whole way with the ${how}`, async ({ page }) => {
    test.setTimeout(120_000);
    const complaints = listen(page), { press, check, write } = hands(page);
    const button = (name) => page.getByRole('button', { name, exact: true });
    const link = (name) => page.getByRole('link', { name, exact: true });
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    const email = `${how}-${Date.now()}@example.org`, alba = house('alba');
    const { link: invitation } = await newcomer(email);

    // A passkey.
    await page.goto(invitation);
    await press(button('Make a passkey'));
    await expect(page.getByRole('status')).toContainText('Your passkey is made');
    await press(link('Go on without'));
    await expect(page.locator('main')).toContainText('No one can see your data.');

    // Data, by hand and from a file.
    await press(link('My data'));
    await press(link('Add something'));
    await press(page.locator('a[href="/data/add/identity.preferred_name"]'));
    await write(page.locator('main input:not([type=hidden])').first(), 'Noor');
    await press(button('Save'));
    await expect(page.locator('.outcome')).toContainText('It is in your vault now');
    await press(link('My data'));
    await press(link('Import a file'));
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press(page.locator('input[type=file]'))]);
    const line = { attribute: 'body.height', value: { value: 171, unit: 'cm', measured_on: '2026-10-01' } };
    await chooser.setFiles({ name: 'mine.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(JSON.stringify(line) + '\n') });
    await press(button('Import it'));
    await expect(page.locator('.outcome')).toContainText('One line is in your vault now.');

    // A request, answered with less.
    const asked = await alba.ask(email, 'fitting', [
      { attribute: 'body.height', needed: true, reason: 'To set the length of the coat.' },
      { attribute: 'identity.preferred_name', needed: false, reason: 'To greet you as you like.' },
    ]);
    await expect(alba.read(asked, 'Too early')).rejects.toThrow(/There is no access/);
    await press(link('Who can see'));
    await press(page.locator('a[href^="/requests/"]').first());
    await press(link('Offer less'));
    const height = page.locator('fieldset', { hasText: 'To set the length of the coat.' });
    await expect(height.getByLabel('as it is')).toBeChecked();
    await expect(page.locator('fieldset', { hasText: 'To greet you as you like.' }).getByLabel('Not at all')).toBeChecked();
    await check(page.locator('input[name=term][value^="30:"]'));
    await press(button('Offer this'));
    await expect(page.locator('.outcome')).toContainText('You share this now');

    // The first read, and what it was of.
    const read = await alba.read(asked, 'Cutting the coat');
    expect(Object.keys(read)).toEqual(['body.height']);
    expect(read['body.height'].value).toBe(171);
    await press(link('Every read'));
    await expect(page.locator('tbody tr').first()).toContainText('Cutting the coat');
    await expect(page.locator('tbody tr').first()).toContainText('Claire');

    // Stopped in two steps from home; the next read is refused.
    await press(link('Who can see'));
    await press(page.getByRole('link', { name: /Stop access/ }).first());
    await press(button('Stop access'));
    await expect(page.locator('.outcome')).toContainText('Access is stopped');
    await expect(alba.read(asked, 'Once more')).rejects.toThrow(/NOT_FOUND|PERMISSION_DENIED|FAILED_PRECONDITION/);

    // What was stored has to go, and the house says when it has.
    await page.goto(portal() + '/deletions');
    await expect(page.locator('tbody tr')).toContainText('There is time until then.');
    await alba.attest(asked);
    await page.reload();
    await expect(page.locator('tbody tr')).toContainText(/The brand said on .* that it deleted this/);

    // Exported.
    await press(link('My data'));
    await press(link('Export my data'));
    const [file] = await Promise.all([page.waitForEvent('download'), press(button('Export as JSON'))]);
    expect(await readFile(await file.path(), 'utf8')).toContain('171');

    // Erased, and nothing opens after it.
    await page.goto(portal() + '/erase');
    await check(page.getByRole('checkbox'));
    await press(button('Erase everything'));
    await expect(page.locator('.outcome')).toContainText('Everything is erased');
    await page.goto(portal() + '/sign-in');
    await press(button('Use a passkey'));
    await expect(page.getByText('The passkey does not open anything here')).toBeVisible();
    // To a browser a download is a page that did not come.
    expect(complaints.filter((one) => !/\/export\/file: net::ERR_ABORTED$/.test(one))).toEqual([]);
  });
}
