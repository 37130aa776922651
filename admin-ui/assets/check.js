// @ts-check
/**
 * Checks files of the log in the browser, against a key that the auditor brings: signed notes and checkpoints (C2SP signed-note,
 * tlog-checkpoint), proofs (C2SP tlog-proof; RFC 6962, section 2.1), receipts (RFC 7515, EdDSA), and whole exports. What is read stays
 * here: the page's policy lets this script reach nobody. Whatever is not in the one form that it has to have is refused.
 *
 * @typedef {{ name: string, id: string, key: CryptoKey, line: string }} LogKey
 * @typedef {{ text: string, signatures: { name: string, id: string, bytes: Uint8Array<ArrayBuffer> }[] }} Note
 * @typedef {{ origin: string, size: number, root: string }} Checkpoint
 * @typedef {{ check: string, outcome: 'pass' | 'fail' | 'unchecked', say: string, a?: string | number, b?: string | number, where?: string }} Found
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {Map<string, Blob>} Folder
 */

const { subtle } = crypto;
const encoder = new TextEncoder();
/** The longest note, proof or receipt in bytes; the largest file of an export that is read at once; entries of a log at most. */
const MAX_NOTE = 2_000_000, MAX_FILE = 512 * 1024 * 1024, MAX_ENTRIES = 2_000_000;

/** Something is not in the form that it has to have, or not what it has to be. */
class Refused extends Error {
  /** @param {string} say @param {string | number} [a] @param {string | number} [b] */
  constructor(say, a, b) {
    super(say);
    Object.assign(this, { say, a, b });
  }
}

/** @param {unknown} sound @param {string} [say] @param {string | number} [a] @param {string | number} [b] @returns {asserts sound} */
function hold(sound, say = 'js-form', a, b) {
  if (!sound) throw new Refused(say, a, b);
}

/** What stands at a place, where something has to. @template T @param {ArrayLike<T>} list @param {number} place @returns {T} */
function nth(list, place) {
  const found = list[place];
  if (found === undefined) throw new Refused('js-form');
  return found;
}

// Bytes

/** @param {BufferSource} bytes @returns {Promise<Bytes>} */
const sha256 = async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes));

/** @param {...Uint8Array} parts @returns {Bytes} */
function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {string} text @returns {Bytes} */
function unhex(text) {
  hold(/^([0-9a-f]{2})*$/.test(text));
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Standard base64 with its one spelling. @param {string} text @returns {Bytes} */
function unbase64(text) {
  hold(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0);
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  hold(base64(bytes) === text);
  return bytes;
}

/** Unpadded base64url with its one spelling. @param {string} text @returns {Bytes} */
function unbase64url(text) {
  hold(/^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1);
  return unbase64(text.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat((4 - (text.length % 4)) % 4));
}

/** @param {BufferSource} bytes */
function utf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused('js-form');
  }
}

/** A whole number from 0, with its one spelling. @param {string} text */
function decimal(text) {
  hold(/^(0|[1-9][0-9]*)$/.test(text));
  hold(Number.isSafeInteger(Number(text)), 'js-too-large');
  return Number(text);
}

/** @param {Uint8Array} one @param {Uint8Array} other */
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

// The tree (RFC 6962, section 2.1)

/** @param {Uint8Array} entry */
const leafHash = (entry) => sha256(joined(Uint8Array.of(0), entry));
/** @param {Uint8Array} left @param {Uint8Array} right */
const nodeHash = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

/** Whether the hashes lead from a leaf to the root (RFC 9162, section 2.1.3.2). @param {number} index @param {number} size @param {Bytes} leaf @param {Bytes[]} hashes @param {string} root */
async function isIncluded(index, size, leaf, hashes, root) {
  if (index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const other of hashes) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = await nodeHash(other, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = await nodeHash(hash, other);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && base64(hash) === root;
}

/** The level above: pairs are joined, one without a pair goes up as it is. @param {Bytes[]} level */
async function above(level) {
  const next = [];
  for (let from = 0; from < level.length; from += 512) {
    const pairs = level.slice(from, from + 512);
    const joining = [];
    for (let at = 0; at < pairs.length; at += 2) joining.push(at + 1 < pairs.length ? nodeHash(nth(pairs, at), nth(pairs, at + 1)) : nth(pairs, at));
    next.push(...await Promise.all(joining));
  }
  return next;
}

/** The root over leaves: splitting at the largest power of two is joining pairs from the left. @param {Bytes[]} leaves */
async function rootOf(leaves) {
  if (leaves.length === 0) return base64(await sha256(new Uint8Array()));
  let level = leaves;
  while (level.length > 1) level = await above(level);
  return base64(nth(level, 0));
}

// Keys and notes

/** A log's key: `<name>+<id>+<base64 of 0x01 and the key>`. @param {string} line @returns {Promise<LogKey>} */
async function parseKey(line) {
  const parts = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line);
  hold(parts, 'js-key-broken');
  const [name, id, encoded] = [nth(parts, 1), nth(parts, 2), nth(parts, 3)];
  const bytes = unbase64(encoded);
  hold(bytes.length === 33 && bytes[0] === 1, 'js-key-broken');
  const digest = await sha256(joined(encoder.encode(name + '\n'), bytes));
  hold(hex(digest.slice(0, 4)) === id, 'js-key-broken');
  return { name, id, key: await subtle.importKey('raw', bytes.slice(1), 'Ed25519', false, ['verify']), line };
}

/** @param {string} text @returns {Note} */
function parseNote(text) {
  // eslint-disable-next-line no-control-regex
  hold(text.length <= MAX_NOTE && !/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text));
  const split = text.lastIndexOf('\n\n');
  hold(split >= 0 && text.endsWith('\n'));
  const lines = text.slice(split + 2, -1).split('\n');
  hold(lines.length <= 100);
  const signatures = lines.map((line) => {
    const parts = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line);
    hold(parts);
    const bytes = unbase64(nth(parts, 2));
    hold(bytes.length >= 5);
    return { name: nth(parts, 1), id: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
  });
  return { text: text.slice(0, split + 1), signatures };
}

/** Whether the key has signed: every signature that names it has to be good. @param {Note} note @param {LogKey} key */
async function isSigned(note, key) {
  const named = note.signatures.filter((one) => one.name === key.name && one.id === key.id);
  if (named.length === 0) return false;
  const text = encoder.encode(note.text);
  for (const { bytes } of named) if (bytes.length !== 64 || !await subtle.verify('Ed25519', key.key, bytes, text)) return false;
  return true;
}

/** @param {string} text @param {LogKey} key @returns {Promise<Checkpoint>} */
async function openCheckpoint(text, key) {
  const note = parseNote(text);
  const [origin, size, root] = note.text.split('\n');
  hold(origin && size !== undefined && root !== undefined && unbase64(root).length === 32);
  const checkpoint = { origin, size: decimal(size), root };
  hold(origin === key.name && await isSigned(note, key), 'js-not-signed');
  return checkpoint;
}

const isCheckpoint = (/** @type {string} */ text) => /^[^\n]+\n(0|[1-9][0-9]*)\n[A-Za-z0-9+/]{43}=\n/.test(text);

// Entries, proofs, receipts

/** What the log keeps of an entry: it has one spelling. @param {string} text */
function parseLeaf(text) {
  const parts = /^\{"commit":"([0-9a-f]{64})","id":"([0-9a-f]{32})","v":1\}$/.exec(text);
  hold(parts);
  return { commit: nth(parts, 1), id: nth(parts, 2) };
}

const PROOF = 'c2sp.org/tlog-proof@v1\n';

/** @param {string} text */
function parseProof(text) {
  hold(text.startsWith(PROOF) && text.length <= MAX_NOTE);
  const end = text.indexOf('\n\n');
  hold(end >= 0);
  const lines = text.slice(PROOF.length, end).split('\n');
  let extra = null;
  if (lines[0]?.startsWith('extra ')) {
    extra = unbase64(/** @type {string} */ (lines.shift()).slice(6));
    hold(extra.length > 0 && lines.length > 0);
  }
  const index = /^index (.*)$/.exec(/** @type {string} */ (lines.shift()));
  hold(index && lines.length <= 63);
  const hashes = lines.map(unbase64);
  hold(hashes.every((hash) => hash.length === 32));
  return { extra, index: decimal(nth(index, 1)), hashes, note: text.slice(end + 2) };
}

/** Proves a leaf. @param {string} text @param {LogKey} key @param {Bytes | null} leaf the hash of the leaf; by what travels with the proof where absent */
async function checkProof(text, key, leaf) {
  const proof = parseProof(text);
  const checkpoint = await openCheckpoint(proof.note, key);
  let hash = leaf;
  if (proof.extra) {
    parseLeaf(utf8(proof.extra));
    const own = await leafHash(proof.extra);
    // Who brings a receipt asks for its entry, and no other.
    hold(!leaf || same(own, leaf), 'js-not-in-log', proof.index);
    hash = own;
  }
  if (!hash) return { index: proof.index, checkpoint, proved: false };
  hold(await isIncluded(proof.index, checkpoint.size, hash, proof.hashes, checkpoint.root), 'js-not-in-log', proof.index);
  return { index: proof.index, checkpoint, proved: true };
}

/** @param {string} text @returns {Promise<Map<string, CryptoKey>>} */
async function parseKeySet(text) {
  const keys = new Map();
  let set;
  try {
    set = JSON.parse(text);
  } catch {
    throw new Refused('js-form');
  }
  for (const jwk of set.keys ?? []) {
    if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519') continue;
    const bytes = unbase64url(String(jwk.x));
    hold(bytes.length === 32);
    const print = await sha256(encoder.encode(`{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`));
    const id = base64(print).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    hold(jwk.kid === undefined || jwk.kid === id);
    keys.set(id, await subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']));
  }
  hold(keys.size > 0);
  return keys;
}

/** @param {string} key @param {string} text */
async function hmac(key, text) {
  const imported = await subtle.importKey('raw', unhex(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return hex(new Uint8Array(await subtle.sign('HMAC', imported, encoder.encode(text))));
}

/** A receipt: its signature, that its details open its commitment; gives the leaf. @param {string} text @param {Map<string, CryptoKey> | null} keys */
async function checkReceipt(text, keys) {
  const parts = text.split('.');
  hold(parts.length === 3);
  const header = /^\{"alg":"EdDSA","kid":"([A-Za-z0-9_-]{43})","typ":"consent-receipt\+jwt"\}$/.exec(utf8(unbase64url(nth(parts, 0))));
  hold(header);
  const payload = utf8(unbase64url(nth(parts, 1)));
  const signature = unbase64url(nth(parts, 2));
  let said;
  try {
    said = JSON.parse(payload);
  } catch {
    throw new Refused('js-form');
  }
  // In JCS, written again it is the same.
  hold(JSON.stringify(said) === payload && said.entry && said.v === 1);
  const { commitment, event, key, details } = said.entry;
  hold(await hmac(String(key), JSON.stringify(details)) === commitment, 'js-receipt-wrong');
  hold(said.jti === `urn:uuid:${event}` && details.sequence === said.entry.sequence && details.stream === said.entry.stream, 'js-receipt-wrong');
  const leaf = `{"commit":"${commitment}","id":"${String(event).replace(/-/g, '')}","v":1}`;
  parseLeaf(leaf);
  if (keys) {
    const signer = keys.get(nth(header, 1));
    hold(signer && await subtle.verify('Ed25519', signer, signature, encoder.encode(`${parts[0]}.${parts[1]}`)), 'js-receipt-wrong');
  }
  return { leaf: encoder.encode(leaf), isSigned: keys !== null };
}

// Exports

/** Lines of a file, one after the other. @param {Blob} blob */
async function* linesOf(blob) {
  let rest = '';
  const reader = blob.stream().pipeThrough(new TextDecoderStream('utf-8', { fatal: true, ignoreBOM: true })).getReader();
  for (;;) {
    const { value, done } = await reader.read().catch(() => { throw new Refused('js-form'); });
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    hold(rest.length <= MAX_NOTE);
    yield* lines;
  }
  hold(rest === '');
}

/** A name of a tile: its level, and its number in groups of three digits. @param {string | number} level @param {number} number @param {number} width */
function tileName(level, number, width) {
  let digits = String(number);
  digits = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = digits.match(/.../g) ?? [];
  const name = groups.map((group, at) => (at + 1 < groups.length ? 'x' : '') + group).join('/');
  return `tile/${level}/${name}${width < 256 ? `.p/${width}` : ''}`;
}

/** @param {Folder} folder @param {string} name @param {number} most */
async function bytesOf(folder, name, most = MAX_NOTE) {
  const blob = folder.get(name);
  hold(blob, 'js-file-differs', name);
  hold(blob.size <= most, 'js-too-large', name);
  return new Uint8Array(await blob.arrayBuffer());
}

/** Every leaf of an export, read from its bundles; and that the hash tiles are those of the leaves. @param {Folder} folder @param {Checkpoint} checkpoint */
async function checkTiles(folder, checkpoint) {
  hold(checkpoint.size <= MAX_ENTRIES, 'js-too-large');
  const leaves = /** @type {string[]} */ ([]), hashes = /** @type {Bytes[]} */ ([]);
  for (let tile = 0; tile * 256 < checkpoint.size; tile += 1) {
    const width = Math.min(256, checkpoint.size - tile * 256);
    const bundle = await bytesOf(folder, tileName('entries', tile, width));
    const own = [];
    let at = 0;
    while (at < bundle.length) {
      const length = nth(bundle, at) * 256 + nth(bundle, at + 1);
      hold(at + 2 + length <= bundle.length, 'js-tiles-wrong', leaves.length);
      own.push(bundle.slice(at + 2, at + 2 + length));
      at += 2 + length;
    }
    hold(own.length === width, 'js-tiles-wrong', tile * 256);
    leaves.push(...own.map((leaf) => utf8(leaf)));
    hashes.push(...await Promise.all(own.map(leafHash)));
  }
  let [level, depth] = [hashes, 0];
  while (level.length > 0) {
    for (let tile = 0; tile * 256 < level.length; tile += 1) {
      const expected = level.slice(tile * 256, tile * 256 + 256);
      const name = tileName(depth, tile, expected.length);
      hold(same(await bytesOf(folder, name), joined(...expected)), 'js-tiles-wrong', tile * 256 ** (depth + 1));
    }
    // Full subtrees of 256 alone are nodes of the next level of tiles.
    let next = level.slice(0, Math.floor(level.length / 256) * 256);
    for (let step = 0; step < 8; step += 1) next = await above(next);
    [level, depth] = [next, depth + 1];
  }
  hold(await rootOf(hashes) === checkpoint.root, 'js-tiles-wrong', 0);
  return { leaves, hashes };
}

/** @param {Folder} folder @param {LogKey} key @param {Checkpoint} checkpoint @returns {Promise<{ manifest: any, handed: string[] | null }>} */
async function checkManifest(folder, key, checkpoint) {
  const bytes = await bytesOf(folder, 'manifest.json', MAX_FILE);
  let manifest;
  try {
    manifest = JSON.parse(utf8(bytes));
  } catch {
    throw new Refused('js-form');
  }
  const note = parseNote(utf8(await bytesOf(folder, 'manifest.sig')));
  hold(await isSigned(note, key), 'js-not-signed');
  const stated = manifest.format === 'coffret-export/1' && manifest.origin === checkpoint.origin && manifest.size === checkpoint.size;
  hold(stated && manifest.root === checkpoint.root && Array.isArray(manifest.files), 'js-manifest-wrong');
  if (note.text === `coffret-export/1\n${key.name}\n${hex(await sha256(bytes))}\n`) return { manifest, handed: null };
  const lines = note.text.split('\n');
  const [format, origin, size, root, made, counts, scope] = lines;
  const { events, opened } = manifest.counts;
  const whole = lines.length === 11 && format === 'coffret-handover/1' && origin === key.name && size === String(checkpoint.size);
  hold(whole && root === checkpoint.root && made === manifest.made && counts === `${size} ${events} ${opened}`, 'js-manifest-wrong');
  hold(hex(await sha256(encoder.encode(JSON.stringify(manifest.scope)))) === scope, 'js-manifest-wrong');
  return { manifest, handed: lines.slice(7, 10) };
}

/** @param {Folder} folder @param {any} manifest */
async function checkFiles(folder, manifest) {
  const listed = new Set(['manifest.json', 'manifest.sig']);
  for (const { path, bytes, sha256: digest } of manifest.files) {
    const blob = folder.get(path);
    hold(blob && blob.size === bytes && !listed.has(path), 'js-file-differs', path);
    hold(blob.size <= MAX_FILE, 'js-too-large', path);
    hold(hex(await sha256(await blob.arrayBuffer())) === digest, 'js-file-differs', path);
    listed.add(path);
  }
  for (const path of folder.keys()) hold(listed.has(path), 'js-file-differs', path);
  return manifest.files.length;
}

/** The digest over lines that the log has signed: each link is SHA-256 of the one before and the line. @param {Bytes} before @param {string} line */
const chained = (before, line) => sha256(joined(before, encoder.encode(line + '\n')));

/** @param {Folder} folder @param {string} name @param {string | undefined} signed @param {(line: any) => Promise<void>} each */
async function eachLine(folder, name, signed, each) {
  let [count, chain, last] = [0, new Uint8Array(32), -1];
  for await (const line of linesOf(folder.get(name) ?? new Blob())) {
    let said;
    try {
      said = JSON.parse(line);
    } catch {
      throw new Refused('js-form', name);
    }
    hold(Number.isSafeInteger(said.index) && said.index > last, 'js-opening-wrong', last + 1);
    last = said.index;
    await each(said);
    if (signed) chain = await chained(chain, line);
    count += 1;
  }
  hold(!signed || hex(chain) === signed, 'js-manifest-wrong');
  return count;
}

/** @param {Folder} folder @param {LogKey} key @param {Checkpoint[]} older @param {(found: Found) => void} tell */
async function checkExport(folder, key, older, tell) {
  /** @template T @param {string} check @param {() => Promise<[Partial<Found>, T] | null>} run @returns {Promise<T | null>} */
  const step = async (check, run) => {
    try {
      const done = await run();
      if (!done) return null;
      tell(/** @type {Found} */ ({ check, outcome: 'pass', ...done[0] }));
      return done[1];
    } catch (error) {
      const { say, a, b } = /** @type {any} */ (error);
      if (!say) throw error;
      tell({ check, outcome: say === 'js-too-large' ? 'unchecked' : 'fail', say, a, b });
      return null;
    }
  };
  /** @param {string} check @param {string} say */
  const skip = (check, say) => tell({ check, outcome: 'unchecked', say });

  const checkpoint = await step('checkpoint', async () => {
    hold(utf8(await bytesOf(folder, 'log-key.txt')) === key.line + '\n', 'js-not-signed');
    const opened = await openCheckpoint(utf8(await bytesOf(folder, 'checkpoint')), key);
    return [{ say: 'js-signed', a: opened.size }, opened];
  });
  if (!checkpoint) {
    for (const check of ['manifest', 'files', 'tiles', 'growth', 'openings', 'proofs', 'receipts']) skip(check, 'js-stopped');
    return;
  }
  const stated = await step('manifest', async () => {
    const found = await checkManifest(folder, key, checkpoint);
    return [{ say: found.handed ? 'js-manifest-handed' : 'js-manifest-signed' }, found];
  });
  if (stated) await step('files', async () => [{ say: 'js-files-good', a: await checkFiles(folder, stated.manifest) }, true]);
  else skip('files', 'js-stopped');
  const tree = await step('tiles', async () => {
    const found = await checkTiles(folder, checkpoint);
    return [{ say: 'js-tiles-good', a: checkpoint.size }, found];
  });
  if (older.length === 0) skip('growth', 'js-none');
  for (const before of older) {
    if (!tree) skip('growth', 'js-stopped');
    else await step('growth', async () => {
      const [a, b] = [before.size, checkpoint.size];
      hold(a <= b && await rootOf(tree.hashes.slice(0, a)) === before.root, 'js-not-grown', a, b);
      return [{ say: 'js-grown', a, b }, true];
    });
  }
  const encrypted = [...folder.keys()].some((name) => name.endsWith('.age'));
  if (!tree || !stated || encrypted) {
    for (const check of ['openings', 'receipts']) skip(check, encrypted ? 'js-encrypted' : 'js-stopped');
  } else {
    const leaf = (/** @type {number} */ index) => {
      hold(index < tree.leaves.length, 'js-opening-wrong', index);
      return parseLeaf(nth(tree.leaves, index));
    };
    await step('openings', async () => {
      const count = await eachLine(folder, 'openings.jsonl', stated.handed?.[0], async ({ index, key: own, details }) => {
        hold(typeof own === 'string' && own.length === 64 && await hmac(own, String(details)) === leaf(index).commit, 'js-opening-wrong', index);
      });
      hold(count === stated.manifest.counts.opened, 'js-manifest-wrong');
      return [{ say: 'js-openings-good', a: count }, true];
    });
    if (!folder.has('receipts.jsonl')) skip('receipts', 'js-none');
    else await step('receipts', async () => {
      const keys = await parseKeySet(utf8(await bytesOf(folder, 'receipt-keys.json')));
      const count = await eachLine(folder, 'receipts.jsonl', stated.handed?.[1], async ({ index, receipt }) => {
        const { leaf: own } = await checkReceipt(String(receipt), keys);
        hold(utf8(own) === tree.leaves[index], 'js-opening-wrong', index);
      });
      return [{ say: 'js-receipt-good', a: count }, true];
    });
  }
  const proofs = [...folder.keys()].filter((name) => name.startsWith('proofs/'));
  if (proofs.length === 0 || !tree) skip('proofs', tree ? 'js-none' : 'js-stopped');
  else await step('proofs', async () => {
    for (const name of proofs) {
      const index = decimal(/^proofs\/(\d+)\.tlog-proof$/.exec(name)?.[1] ?? '');
      const found = await checkProof(utf8(await bytesOf(folder, name)), key, tree.hashes[index] ?? null);
      hold(found.proved && found.index === index && found.checkpoint.root === checkpoint.root, 'js-not-in-log', index);
    }
    return [{ say: 'js-openings-good', a: proofs.length }, true];
  });
  skip('rest', 'js-rest');
}

/** The files of a tar (POSIX ustar): plain files alone. @param {Blob} blob @returns {Promise<Folder>} */
async function untar(blob) {
  const folder = new Map();
  for (let at = 0; at + 512 <= blob.size;) {
    const head = new Uint8Array(await blob.slice(at, at + 512).arrayBuffer());
    if (head.every((byte) => byte === 0)) break;
    const field = (/** @type {number} */ from, /** @type {number} */ length) => nth(utf8(head.slice(from, from + length)).split('\0'), 0);
    const [name, prefix, kind] = [field(0, 100), field(345, 155), head[156]];
    const octal = field(124, 12).trim();
    hold(/^[0-7]+$/.test(octal) && (kind === 0x30 || kind === 0) && name !== '');
    const size = parseInt(octal, 8);
    const path = prefix ? `${prefix}/${name}` : name;
    hold(!folder.has(path) && at + 512 + size <= blob.size);
    folder.set(path, blob.slice(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return folder;
}

// All that was chosen

/**
 * Checks what was chosen; tells each result as it comes.
 * @param {string} vkey @param {File[]} files @param {File[]} inFolder @param {(found: Found) => void} tell
 */
async function checkAll(vkey, files, inFolder, tell) {
  /** @param {string} check @param {string} where @param {() => Promise<Partial<Found> | null>} run */
  const step = async (check, where, run) => {
    try {
      const found = await run();
      if (found) tell(/** @type {Found} */ ({ check, where, outcome: 'pass', ...found }));
    } catch (error) {
      const { say, a, b } = /** @type {any} */ (error);
      if (!say) throw error;
      tell({ check, where, outcome: 'fail', say, a, b });
    }
  };
  /** @type {LogKey | null} */
  let key = null;
  await step('key', '', async () => {
    key = await parseKey(vkey.trim());
    return { say: 'js-key-good', a: key.name };
  });
  if (!key) return;
  /** @type {LogKey} */
  const log = key;
  const folders = /** @type {Folder[]} */ ([]);
  const texts = /** @type {[string, string][]} */ ([]);
  if (inFolder.length > 0) {
    folders.push(new Map(inFolder.map((file) => [file.webkitRelativePath.split('/').slice(1).join('/'), file])));
  }
  for (const file of files) {
    const magic = new Uint8Array(await file.slice(257, 262).arrayBuffer());
    if (same(magic, encoder.encode('ustar'))) {
      await step('file', file.name, async () => (folders.push(await untar(file)), null));
    } else if (file.size > MAX_NOTE) {
      tell({ check: 'file', where: file.name, outcome: 'unchecked', say: 'js-too-large' });
    } else {
      await step('file', file.name, async () => (texts.push([file.name, utf8(await file.arrayBuffer())]), null));
    }
  }
  const of = (/** @type {(text: string) => boolean} */ is) => texts.filter(([, text]) => is(text));
  const proofs = of((text) => text.startsWith('c2sp.org/tlog-proof@'));
  const checkpoints = of(isCheckpoint);
  const receipts = of((text) => /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\r?\n?$/.test(text));
  const keySets = of((text) => /^\s*\{[^]*"keys"\s*:/.test(text));
  const leaves = of((text) => /^\{"commit":/.test(text));
  for (const [name] of texts) {
    if (![proofs, checkpoints, receipts, keySets, leaves].some((some) => some.some(([own]) => own === name))) {
      tell({ check: 'file', where: name, outcome: 'fail', say: 'js-unknown-file' });
    }
  }
  const opened = /** @type {Checkpoint[]} */ ([]);
  for (const [name, text] of checkpoints) {
    await step('checkpoint', name, async () => {
      const checkpoint = await openCheckpoint(text, log);
      opened.push(checkpoint);
      return { say: 'js-signed', a: checkpoint.size };
    });
  }
  if (opened.length > 1 && folders.length === 0) {
    await step('growth', '', async () => {
      const contradicting = opened.find((one) => opened.some((other) => other.size === one.size && other.root !== one.root));
      hold(!contradicting, 'js-not-grown', contradicting?.size, contradicting?.size);
      const all = new Set(opened.map((one) => one.size));
      return all.size === 1 ? { say: 'js-grown', a: nth(opened, 0).size, b: nth(opened, 0).size } : { outcome: 'unchecked', say: 'js-needs-folder' };
    });
  }
  let keys = /** @type {Map<string, CryptoKey> | null} */ (null);
  for (const [name, text] of keySets) await step('file', name, async () => ((keys = await parseKeySet(text)), null));
  const own = /** @type {Bytes[]} */ ([]);
  for (const [name, text] of leaves) {
    await step('file', name, async () => (parseLeaf(text.trimEnd()), own.push(await leafHash(encoder.encode(text.trimEnd()))), null));
  }
  for (const [name, text] of receipts) {
    await step('receipt', name, async () => {
      const { leaf, isSigned } = await checkReceipt(text.replace(/\r?\n$/, ''), keys);
      own.push(await leafHash(leaf));
      return isSigned ? { say: 'js-receipt-good', a: 1 } : { outcome: 'unchecked', say: 'js-no-keys' };
    });
  }
  for (const [name, text] of proofs) {
    await step('proof', name, async () => {
      const found = await checkProof(text, log, own.length === 1 && proofs.length === 1 ? nth(own, 0) : null);
      if (!found.proved) return { outcome: 'unchecked', say: 'js-no-leaf' };
      return { say: 'js-in-log', a: found.index, b: found.checkpoint.size };
    });
  }
  for (const folder of folders) await checkExport(folder, log, opened, tell);
}

// The page

const form = document.querySelector('form#check');
if (form instanceof HTMLFormElement) {
  const texts = /** @type {Record<string, string>} */ (JSON.parse(form.dataset.texts ?? '{}'));
  const results = /** @type {HTMLElement} */ (document.querySelector('#results'));
  const verdict = /** @type {HTMLElement} */ (document.querySelector('#verdict'));
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  /** @param {string | undefined} text @param {string | number} [a] @param {string | number} [b] */
  const filled = (text = '', a = '', b = '') => text.replace('{a}', String(a)).replace('{b}', String(b));
  /** @param {string} name @param {string | undefined} text @param {string} [kind] */
  const part = (name, text, kind = '') => {
    const element = document.createElement(name);
    element.textContent = text ?? '';
    if (kind) element.className = kind;
    return element;
  };
  /** @param {Found} found */
  const show = ({ check, outcome, say, a, b, where }) => {
    const line = part('li', '', outcome);
    const name = part('strong', texts[`check-${check}`]);
    line.append(part('span', texts[`outcome-${outcome}`], 'verdict'), name);
    if (where) line.append(' ', part('bdi', where));
    line.append(document.createElement('br'), filled(texts[say], a, b));
    results.append(line);
  };
  const run = async () => {
    const button = form.querySelector('button');
    results.replaceChildren();
    verdict.hidden = false;
    verdict.className = 'note';
    verdict.textContent = texts['js-working'] ?? '';
    button?.setAttribute('aria-busy', 'true');
    const count = { pass: 0, fail: 0, unchecked: 0 };
    let first = '';
    try {
      await checkAll(field('key').value, [...field('files').files ?? []], [...field('folder').files ?? []], (found) => {
        count[found.outcome] += 1;
        if (found.outcome === 'fail') first ||= [texts[`check-${found.check}`], found.where].filter(Boolean).join(' ');
        show(found);
      });
    } catch {
      count.fail += 1;
      show({ check: 'file', outcome: 'fail', say: 'js-form' });
    }
    const failed = count.fail > 0;
    verdict.className = failed ? 'fault' : 'outcome';
    verdict.textContent = filled((failed ? form.dataset.failed : form.dataset.passed) ?? '', failed ? count.fail : count.pass, failed ? first || texts['check-file'] : count.unchecked);
    button?.removeAttribute('aria-busy');
    verdict.focus();
  };
  const generated = subtle ? subtle.generateKey('Ed25519', false, ['sign', 'verify']).then(() => true, () => false) : Promise.resolve(false);
  generated.then((able) => {
    form.hidden = !able;
    for (const note of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-without]'))) note.hidden = able;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.querySelector('[aria-busy]') === null) run();
  });
}

export {};
