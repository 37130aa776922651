// Starts the demo for the tests: once to tell its story, so that something is granted, read and asked; then to stay up.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export default async function start() {
  const program = process.env.COFFRET_BIN;
  if (!program) throw new Error('COFFRET_BIN names the built program: cargo build, then target/debug/coffret');
  const data = mkdtempSync(join(tmpdir(), 'coffret-e2e-'));
  await promisify(execFile)(program, ['demo', '--data', data, '--port', '0', '--once']);
  const demo = spawn(program, ['demo', '--data', data, '--port', '0', '--print-json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: demo.stdout }).once('line', resolve)),
    ended.then((code) => { throw new Error(`the demo ended with ${code}`); }),
  ]);
  const told = JSON.parse(line);
  process.env.COFFRET_PORTAL = told.page.replace(/\/$/, '');
  process.env.COFFRET_AUDIT = told.audit.replace(/\/$/, '');
  process.env.COFFRET_OPERATOR_TOKEN = told.operator_token;
  process.env.COFFRET_GRPC = told.address;
  process.env.COFFRET_CA = told.authority;
  process.env.COFFRET_BRANDS = JSON.stringify(told.brands);
  process.env.COFFRET_DATA = data;
  return async () => {
    demo.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
}
