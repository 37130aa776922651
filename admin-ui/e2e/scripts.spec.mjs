// The scripts of the pages are checked against the types that they declare.
import { expect, test } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test('the types that scripts declare hold', () => {
  const assets = process.env.COFFRET_ASSETS ?? here('../assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js')).map((name) => `${assets}/${name}`);
  expect(scripts.length).toBeGreaterThan(0);
  const options = ['--noEmit', '--allowJs', '--checkJs', '--strict', '--noUncheckedIndexedAccess', '--target', 'es2022', '--module', 'es2022', '--lib', 'dom,dom.iterable,es2022'];
  const { stdout, stderr, error } = spawnSync(here('node_modules/.bin/tsc'), [...options, ...scripts], { encoding: 'utf8' });
  expect([error?.message, stdout, stderr].filter(Boolean)).toEqual([]);
});
