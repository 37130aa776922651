// @ts-check
/**
 * Passkeys. A form with `data-passkey` ("create" or "get") asks the address in `data-begin` for options, lets the browser make or use a
 * passkey, and is then sent as a form is: what came of it is a page. With `data-for` only the button of that value asks for the passkey.
 * Nothing here writes markup, and nothing is kept.
 */

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));

/** @param {ArrayBuffer | null | undefined} buffer */
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

/** @param {any} options */
const ready = (options) => {
  const named = (/** @type {any} */ one) => ({ ...one, id: bytes(one.id) });
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: named(options.user) }),
    ...(options.excludeCredentials && { excludeCredentials: options.excludeCredentials.map(named) }),
    ...(options.allowCredentials && { allowCredentials: options.allowCredentials.map(named) }),
  };
};

/** What the server reads: of the extensions only whether the passkey is stored. @param {any} credential */
const plain = (credential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  clientExtensionResults: { credProps: credential.getClientExtensionResults().credProps },
  response: {
    clientDataJSON: text(credential.response.clientDataJSON),
    attestationObject: text(credential.response.attestationObject),
    authenticatorData: text(credential.response.authenticatorData),
    signature: text(credential.response.signature),
    userHandle: text(credential.response.userHandle),
  },
});

/** @param {HTMLFormElement} form @param {string} message */
const tell = (form, message) => {
  const place = form.querySelector('[role=alert]');
  if (place instanceof HTMLElement) {
    place.textContent = message;
    place.hidden = !message;
  }
};

/** @param {HTMLFormElement} form */
const begin = async (form) => {
  const sent = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') sent.append(name, value);
  const answer = await fetch(form.dataset.begin ?? '', { method: 'POST', body: sent, mode: 'same-origin', redirect: 'error' });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(), { told: told.message });
  return told;
};

/** @param {HTMLFormElement} form @param {HTMLElement | null} button */
const run = async (form, button) => {
  tell(form, '');
  button?.setAttribute('aria-busy', 'true');
  try {
    const { handle, options } = await begin(form);
    const container = form.dataset.passkey === 'create' ? 'create' : 'get';
    // Without a handle nothing has to be signed.
    const credential = handle ? await navigator.credentials[container]({ publicKey: ready(options) }) : null;
    if (handle && !credential) throw new Error();
    const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    field('handle').value = handle;
    field('credential').value = credential ? JSON.stringify(plain(credential)) : '';
    send(form, button);
    field('handle').value = field('credential').value = '';
  } catch (error) {
    const { told, name } = /** @type {any} */ (error);
    tell(form, told ?? (name === 'InvalidStateError' ? form.dataset.known : form.dataset.failed) ?? '');
    button?.removeAttribute('aria-busy');
    button?.focus();
  }
};

/** Sends a form as its button does. Who comes back to the page finds it as it was. @param {HTMLFormElement} form @param {HTMLElement | null} button */
function send(form, button) {
  if (!(button instanceof HTMLButtonElement) || !button.name) return form.submit();
  const chosen = document.createElement('input');
  Object.assign(chosen, { type: 'hidden', name: button.name, value: button.value });
  form.append(chosen);
  form.submit();
  chosen.remove();
}

/** @param {string} selector @param {boolean} hidden */
const hide = (selector, hidden) => {
  for (const note of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector))) note.hidden = hidden;
};

hide('[data-no-script]', true);
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('form[data-passkey]'))) {
  if (!window.PublicKeyCredential) {
    hide('[data-without]', false);
    break;
  }
  const code = form.elements.namedItem('code');
  if (code instanceof HTMLInputElement && location.hash.length > 1) {
    // The code came behind `#`, which no server sees; it leaves the address bar and the history.
    code.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, '', location.pathname);
  }
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    const button = event.submitter ?? form.querySelector('button');
    const busy = form.querySelector('[aria-busy]') !== null;
    if (!busy && form.dataset.for && button instanceof HTMLButtonElement && button.value !== form.dataset.for) return;
    event.preventDefault();
    if (!busy) run(form, button);
  });
}
