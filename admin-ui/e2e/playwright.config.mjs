import { defineConfig } from '@playwright/test';

/** Started once for all tests: the demo, with a story told, on free ports. `COFFRET_BIN` names the program. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  globalSetup: './demo.mjs',
  outputDir: process.env.COFFRET_E2E_OUT ?? '/tmp/coffret-e2e',
  // One deployment for all: what one test changes, others see.
  workers: 1,
  fullyParallel: false,
  timeout: 60_000,
  reporter: [['list']],
  use: {
    launchOptions: {
      executablePath: process.env.COFFRET_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
    locale: 'en',
    timezoneId: 'UTC',
  },
});
