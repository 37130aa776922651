// Passkeys with a virtual authenticator: make the first one, sign out and in, add a second, remove one, lose them all and come back.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { enter, inspect, listen, portal } from './portal.mjs';

/** Her place among the people of the demo; she reads English. */
const PRIYA = 6, LAYLA = 2;
const SEUN = 'Oluwaseun Adebanjo', KATARZYNA = 'Katarzyna Wielgosz', BEATRICE = 'Beatrice Solari';

/** The browser's own authenticator, with a person who is always there. */
async function device(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const add = async () => (await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })).authenticatorId;
  let authenticatorId = await add();
  const credentials = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  return {
    credentials,
    verified: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    put: (credential) => cdp.send('WebAuthn.addCredential', { authenticatorId, credential }),
    /** Another device in its place. */
    replace: async () => {
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
      authenticatorId = await add();
    },
  };
}

/** The link that an operator hands over. */
function invitation(customer) {
  return execFileSync(process.env.COFFRET_BIN, ['invite', '--server', `https://${process.env.COFFRET_GRPC}`,
    '--authority', process.env.COFFRET_CA, '--token', process.env.COFFRET_OPERATOR_TOKEN, '--customer', customer], { encoding: 'utf8' }).trim();
}

/** `customers/{customer}` of somebody of the demo. */
function customer(place) {
  const state = JSON.parse(readFileSync(`${process.env.COFFRET_DATA}/demo/state.json`, 'utf8'));
  return state.clients[place];
}

async function signOut(page) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(portal() + '/sign-in');
}

async function signIn(page) {
  await page.goto(portal() + '/sign-in');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
}

/** The first passkey of somebody who came with an access code: a session of their own begins, with a way back. */
async function first(page) {
  await page.goto(portal() + '/security');
  const before = (await page.context().cookies()).find((one) => one.name === '__Host-coffret-my');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('Your passkey is made');
  await expect(page.locator('.code')).toHaveText(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){6}$/);
  const after = (await page.context().cookies()).find((one) => one.name === '__Host-coffret-my');
  expect(after.value).not.toBe(before.value);
}

test('a passkey from invitation to recovery', async ({ page }) => {
  const complaints = listen(page), own = await device(page), asked = [];
  page.on('request', (request) => asked.push(request.url()));
  const link = invitation(customer(PRIYA));
  expect(link).toMatch(/\/enrol#[0-9A-Z]{4}(-[0-9A-Z]{4}){6}$/);
  const code = link.split('#')[1];

  await page.goto(link);
  await expect(page.getByLabel('Your code')).toHaveValue(code);
  expect(page.url(), 'the code leaves the address bar').toBe(portal() + '/enrol');
  await inspect(page, '/enrol');
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('Your passkey is made');
  const recovery = await page.locator('.code').textContent();
  expect(recovery).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){6}$/);
  await inspect(page, 'the recovery code');
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.code')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add a passkey' })).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  expect(asked.filter((url) => url.includes(code) || url.includes(recovery)), 'no address holds a code').toEqual([]);
  const [cookie] = (await page.context().cookies()).filter((one) => one.name === '__Host-coffret-my');
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax' });

  await page.getByRole('link', { name: 'Go on without' }).click();
  await expect(page).toHaveURL(portal() + '/');
  await signOut(page);
  await inspect(page, '/sign-in');
  await signIn(page);
  await expect(page).toHaveURL(portal() + '/');

  // A second one, on another device.
  const [first] = await own.credentials();
  await own.replace();
  await page.goto(portal() + '/security');
  await expect(page.locator('.note', { hasText: 'You have one passkey' })).toBeVisible();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('The passkey is added');
  await inspect(page, '/security');
  // The same device twice is said in words.
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByRole('alert')).toContainText('This device has a passkey');

  await page.getByRole('link', { name: 'Remove passkey' }).first().click();
  await expect(page.getByText('Only one passkey is left then')).toBeVisible();
  await inspect(page, 'the removal');
  await page.getByRole('button', { name: 'Remove passkey' }).click();
  await expect(page.getByRole('status')).toContainText('The passkey is removed');
  await signOut(page);
  await signIn(page);
  await expect(page).toHaveURL(portal() + '/');
  await signOut(page);

  // The removed one opens nothing.
  await own.replace();
  await own.put(first);
  await signIn(page);
  await expect(page.getByText('The passkey does not open anything here')).toBeVisible();
  await expect(page.getByText('Nothing was changed')).toBeVisible();

  // Everything is lost.
  await own.replace();
  await page.goto(portal() + '/recover');
  await inspect(page, '/recover');
  await page.getByLabel('Recovery code').fill(recovery.toLowerCase().replaceAll('-', ' '));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('Your passkey is made');
  expect(await page.locator('.code').textContent()).not.toBe(recovery);
  await signOut(page);
  await signIn(page);
  await expect(page).toHaveURL(portal() + '/');
  await signOut(page);

  // Codes count once.
  await page.goto(portal() + '/recover');
  await page.getByLabel('Recovery code').fill(recovery);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText('This recovery code is not valid')).toBeVisible();
  await page.goto(link);
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByRole('alert')).toContainText('This code is not valid, was used, or has ended');
  expect(() => invitation(customer(PRIYA)), 'somebody with a passkey is not invited').toThrow();
  expect(complaints).toEqual([]);
});

test('nobody comes in unverified, and the new code is shown once', async ({ page }) => {
  const own = await device(page);
  await enter(page, SEUN);
  await first(page);
  await page.goto(portal() + '/security');
  await page.getByRole('button', { name: 'Make a new recovery code' }).click();
  await expect(page.getByRole('status')).toContainText('This is your new recovery code');
  await page.getByRole('link', { name: 'I have it on paper' }).click();
  await expect(page.locator('.code')).toHaveCount(0);
  await signOut(page);
  await own.verified(false);
  await signIn(page);
  await expect(page.getByRole('alert')).toContainText('That did not work, and nothing was changed');
  await own.verified(true);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page).toHaveURL(portal() + '/');
  await signOut(page);

  // Who comes with an access code now comes for support: no data, and no way to change the keys.
  await enter(page, SEUN);
  await page.goto(portal() + '/security');
  await expect(page.getByText('You came with an access code')).toBeVisible();
  await expect(page.getByText('It sees no data and decides nothing').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add a passkey' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Make a new recovery code' })).toHaveCount(0);
  await inspect(page, '/security for support');
  await page.goto(portal() + '/data');
  await expect(page.getByText('Your sign-in does not allow this')).toBeVisible();
  await signOut(page);
});

test('a link moves nobody who is signed in into another vault', async ({ page }) => {
  const link = invitation(customer(LAYLA)), code = link.split('#')[1];
  await enter(page, KATARZYNA);
  const key = await page.locator('form input[name=form_key]').first().inputValue();
  const answer = await page.goto(link);
  expect(answer.status()).toBe(409);
  await expect(page.locator('h1')).toHaveText('You are signed in');
  await expect(page.getByRole('button', { name: 'Make a passkey' })).toHaveCount(0);
  await inspect(page, '/enrol for somebody who is signed in');
  const post = (path, form) => page.request.post(portal() + path, { headers: { origin: portal() }, form: { form_key: key, ...form }, maxRedirects: 0 });
  expect((await post('/enrol/begin', { code })).status()).toBe(422);
  expect((await post('/enrol', { handle: 'x', credential: '{}' })).status()).toBe(409);
  await page.goto(portal() + '/');
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.goto(portal() + '/enrol');
  await page.locator('main').getByRole('button', { name: 'Sign out' }).click();
  await page.goto(link);
  await expect(page.getByLabel('Your code')).toHaveValue(code);
  await expect(page.getByText('After a recovery code, the passkey opens the vault that you had')).toBeVisible();
});

test('a yes is signed with the passkey, and what is not this yes is refused', async ({ page, browser }) => {
  test.setTimeout(120_000);
  const complaints = listen(page), own = await device(page);
  await enter(page, KATARZYNA);
  await first(page);
  await page.goto(portal() + '/');
  const addresses = await page.locator('a[href^="/requests/"]').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  const [alba, events] = await Promise.all(['Maison Alba', 'Casa Ferrante'].map((house) => page.locator('.card', { hasText: house }).locator('a[href^="/requests/"]').first().getAttribute('href')));
  expect(addresses.length).toBeGreaterThanOrEqual(2);

  await page.goto(portal() + alba);
  await expect(page.getByText('You confirm a yes with your passkey')).toBeVisible();
  await expect(page.getByText('passkeys need JavaScript')).toBeHidden();
  await inspect(page, 'a request that is signed');
  const share = page.getByRole('button', { name: 'Share this' });
  await page.locator('input[name=term][value^="30:"]').check();

  // The prompt is cancelled: nothing happens, and that is said.
  await own.verified(false);
  await share.click();
  await expect(page.getByRole('alert')).toContainText('You did not confirm with your passkey, so nothing was shared');
  await expect(share).toBeFocused();
  await inspect(page, 'a yes that was not confirmed');
  await own.verified(true);

  // What the browser would send, kept back; the page stays as it was.
  let sent;
  await page.route('**' + alba, (route) => {
    if (route.request().method() !== 'POST' || sent) return route.continue();
    sent = route.request().postData();
    return route.fulfill({ status: 204 });
  });
  await share.click();
  await expect.poll(() => sent).toBeTruthy();
  const form = Object.fromEntries(new URLSearchParams(sent));
  expect(form).toMatchObject({ answer: 'yes' });
  const post = (path, change) => page.request.post(portal() + path, { form: { ...form, ...change }, headers: { origin: portal() }, maxRedirects: 0 });
  const longer = await post(alba, { term: 'asked' });
  expect(longer.status(), 'other terms').toBe(422);
  expect(await longer.text()).toContain('Your passkey signed something else');
  const elsewhere = await post(events, { notice: await page.request.get(portal() + events).then((page) => page.text()).then((text) => /name="notice" value="([0-9a-f]+)"/.exec(text)[1]) });
  expect(elsewhere.status(), 'another request').toBe(422);
  expect(await elsewhere.text()).toContain('Your passkey signed something else');
  expect((await post(alba, { handle: '', credential: '' })).status(), 'without a signature').toBe(422);
  expect((await post(alba, { credential: form.credential.replace(/"signature":"..../, '"signature":"AAAA') })).status(), 'another signature').toBe(422);
  await page.goto(portal() + alba);
  await expect(share).toBeVisible();

  // Less is offered, and signed as well.
  await page.getByRole('link', { name: 'Offer less' }).click();
  await inspect(page, 'an offer that is signed');
  await page.locator('input[name=term][value^="30:"]').check();
  await page.getByRole('button', { name: 'Offer this' }).click();
  await expect(page.locator('.outcome')).toContainText('You share this now');
  await expect(page.getByText('You confirmed it with your passkey')).toBeVisible();
  const repeated = await post(alba, { request_id: '00000000-0000-7000-8000-000000000001' });
  expect(repeated.status(), 'what was kept back').toBe(422);
  expect(await repeated.text()).toContain('You have answered this request already');

  // Without script: a yes is explained, and no needs nothing.
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en', storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(portal() + events);
  await expect(plain.getByText('A yes needs your passkey, and passkeys need JavaScript')).toBeVisible();
  await plain.locator('input[name=term]').last().check();
  await plain.getByRole('button', { name: 'Share this' }).click();
  await expect(plain.getByText('A yes needs your passkey. No, pause and stop do not.')).toBeVisible();
  await expect(plain.getByText('Nothing was changed')).toBeVisible();
  await plain.goto(portal() + events);
  await plain.getByRole('button', { name: 'Do not share' }).click();
  await expect(plain.locator('.outcome')).toContainText('You said no');
  await context.close();
  // What was kept back is the one thing that did not arrive.
  expect(complaints).toEqual([`${portal()}${alba}: net::ERR_ABORTED`]);
});

test('an answer is taken once and from our own page', async ({ page, request }) => {
  await device(page);
  await enter(page, BEATRICE);
  await first(page);
  await signOut(page);
  let sent;
  await page.route('**/sign-in/passkey', (route) => { sent = route.request().postData(); return route.continue(); });
  await signIn(page);
  await expect(page).toHaveURL(portal() + '/');
  const form = Object.fromEntries(new URLSearchParams(sent));
  const again = (headers) => request.post(portal() + '/sign-in/passkey', { form, headers, maxRedirects: 0 });
  expect((await again({ origin: portal() })).status(), 'a repeated answer').toBe(422);
  expect((await again({ origin: 'https://evil.example' })).status(), 'another origin').toBe(403);
  expect((await again({})).status(), 'no origin').toBe(403);
  for (const path of ['/sign-in/begin', '/enrol/begin', '/enrol', '/recover']) {
    expect((await request.post(portal() + path, { form: {}, headers: { origin: 'https://evil.example' } })).status(), path).toBe(403);
  }
});

test('script runs on the pages that need it and nowhere else, and it is small', async ({ page, request }) => {
  for (const path of ['/sign-in', '/enrol']) {
    const policy = (await request.get(portal() + path)).headers()['content-security-policy'];
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
    expect(policy).not.toContain('unsafe');
  }
  for (const path of ['/help', '/recover']) {
    expect((await request.get(portal() + path)).headers()['content-security-policy']).not.toContain('script-src');
  }
  const script = await request.get(portal() + '/passkey.js');
  expect((await script.body()).length).toBeLessThan(15_000);
  await page.goto(portal() + '/sign-in');
  expect(await page.locator('script').count()).toBe(1);
});

test('without script the page says what is needed and offers the access code', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(portal() + '/sign-in');
  await expect(page.getByText('Passkeys need JavaScript')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use a passkey' })).toBeHidden();
  await expect(page.getByRole('textbox', { name: 'Access code' })).toBeVisible();
  await context.close();
});
