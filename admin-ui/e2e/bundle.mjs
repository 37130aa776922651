// Makes an export of a log of any size, without any code of the product: what the browser checks is held against a second hand.
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/** RFC 6962, section 2.1, as it is written there. */
export function rootOf(hashes) {
  if (hashes.length === 1) return hashes[0];
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

function tileName(level, number, width) {
  const groups = [];
  for (let rest = number; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(String(rest % 1000).padStart(3, '0'));
  const name = groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${name}${width === 256 ? '' : `.p/${width}`}`;
}

/** A log's key of its own. */
export function makeKey(name) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.concat([Buffer.of(1), Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url')]);
  const id = sha256(`${name}\n`, raw).subarray(0, 4);
  const note = (text) => `${text}\n\u2014 ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`;
  return { name, vkey: `${name}+${id.toString('hex')}+${raw.toString('base64')}`, note };
}

/** The files of an export of so many entries, some of them opened; and checkpoints of the log when it had `before`: the true one, and one of another log. */
export function makeExport(size, before, opened) {
  const key = makeKey('vault.example/ledger/2026');
  const details = (index) => `{"sequence":${index + 1},"type":"read"}`;
  const secret = (index) => sha256(`secret ${index}`);
  const leaves = Array.from({ length: size }, (_, index) => {
    const commit = createHmac('sha256', secret(index)).update(details(index)).digest('hex');
    return Buffer.from(`{"commit":"${commit}","id":"${sha256(`id ${index}`).toString('hex').slice(0, 32)}","v":1}`);
  });
  const files = new Map();
  for (let tile = 0; tile * 256 < size; tile += 1) {
    const some = leaves.slice(tile * 256, tile * 256 + 256);
    files.set(tileName('entries', tile, some.length), Buffer.concat(some.flatMap((leaf) => [Buffer.of(leaf.length >> 8, leaf.length & 255), leaf])));
  }
  const hashes = leaves.map(leafHash);
  for (let [level, depth] = [hashes, 0]; level.length > 0; depth += 1) {
    const next = [];
    for (let tile = 0; tile * 256 < level.length; tile += 1) {
      const some = level.slice(tile * 256, tile * 256 + 256);
      files.set(tileName(depth, tile, some.length), Buffer.concat(some));
      if (some.length === 256) next.push(rootOf(some));
    }
    level = next;
  }
  const root = rootOf(hashes).toString('base64');
  const checkpoint = (of, its) => key.note(`${key.name}\n${of}\n${its}\n`);
  files.set('checkpoint', Buffer.from(checkpoint(size, root)));
  files.set('log-key.txt', Buffer.from(`${key.vkey}\n`));
  files.set('openings.jsonl', Buffer.from(opened.map((index) => `${JSON.stringify({ index, key: secret(index).toString('hex'), details: details(index) })}\n`).join('')));
  const listed = [...files].map(([path, content]) => JSON.stringify({ path, bytes: content.length, sha256: sha256(content).toString('hex') }));
  const head = JSON.stringify({ format: 'coffret-export/1', origin: key.name, size, root, made: '2026-11-26T00:00:00Z', scope: {}, counts: { events: size, opened: opened.length, proofs: 0 } });
  const manifest = `${head.slice(0, -1)},"files":[\n${listed.join(',\n')}\n]}\n`;
  files.set('manifest.json', Buffer.from(manifest));
  files.set('manifest.sig', Buffer.from(key.note(`coffret-export/1\n${key.name}\n${sha256(manifest).toString('hex')}\n`)));
  return { key, files, older: checkpoint(before, rootOf(hashes.slice(0, before)).toString('base64')), other: checkpoint(before, rootOf(hashes.slice(0, before).map((hash) => sha256(hash))).toString('base64')) };
}

/** POSIX tar, ustar. */
export function packed(files) {
  const pieces = [];
  for (const [path, content] of files) {
    const head = Buffer.alloc(512);
    head.write(path, 0);
    head.write('0000600\0', 100);
    head.write('0000000\0', 108);
    head.write('0000000\0', 116);
    head.write(content.length.toString(8).padStart(11, '0') + '\0', 124);
    head.write('00000000000\0', 136);
    head.write('        0', 148);
    head.write('ustar\u000000', 257);
    const sum = head.reduce((all, byte) => all + byte, 0);
    head.write(sum.toString(8).padStart(6, '0') + '\0 ', 148);
    pieces.push(head, content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...pieces, Buffer.alloc(1024)]);
}
