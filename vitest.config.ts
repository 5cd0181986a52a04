import { defineConfig } from 'vitest/config';

const setup = (name: string) => `./tests/helpers/setup/${name}.ts`;
const redis = 'tests/**/*.redis.test.ts';
const browser = 'tests/browser/**/*.test.ts';
const journeys = 'tests/journeys/**/*.test.ts';
const slow = 'tests/**/*.slow.test.ts';
const faults = 'tests/faults/*.faults.test.ts';
const long = 'tests/**/*.long.test.ts';

/** Two files at a time suit two cores; nothing is tried twice: a test that fails now and then is a finding. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    retry: 0,
    allowOnly: !process.env.CI,
    reporters: ['default', './tests/helpers/setup/reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['tests/**/*.test.ts'],
          exclude: [redis, browser, slow, long, faults, journeys],
          globalSetup: [setup('postgres')],
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: [journeys],
          exclude: [redis, slow, long],
          globalSetup: [setup('postgres')],
        },
      },
      {
        extends: true,
        test: {
          name: 'full',
          include: [redis],
          exclude: [browser, slow],
          globalSetup: [setup('postgres'), setup('redis')],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [browser],
          exclude: [long],
          globalSetup: [setup('postgres'), setup('chromium')],
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: [faults],
          globalSetup: [setup('postgres'), setup('redis')],
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: [long],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          globalSetup: [setup('postgres'), setup('chromium')],
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: [slow],
          exclude: [browser],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          globalSetup: [setup('postgres'), setup('redis')],
        },
      },
    ],
  },
});
