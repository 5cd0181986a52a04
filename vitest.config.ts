import { defineConfig } from 'vitest/config';
import { limit } from './tests/helpers/machine.js';

const setup = (name: string) => `./tests/helpers/setup/${name}.ts`;
const redis = 'tests/**/*.redis.test.ts';
const browser = 'tests/browser/**/*.test.ts';
const journeys = 'tests/journeys/**/*.test.ts';
const slow = 'tests/**/*.slow.test.ts';
const faults = 'tests/faults/*.faults.test.ts';
const long = 'tests/**/*.long.test.ts';
const relays = 'tests/relays/*.relays.test.ts';

/** Limits end what hangs; they say nothing of speed, and follow the machine. */
const limits = (seconds: number) => ({
  testTimeout: limit(seconds * 1_000),
  hookTimeout: limit(300_000),
});

/** Two files at a time suit two cores; nothing is tried twice: a test that fails now and then is a finding. */
export default defineConfig({
  test: {
    ...limits(60),
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
          exclude: [redis, browser, slow, long, faults, journeys, relays],
          globalSetup: [setup('postgres')],
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          ...limits(180),
          include: [journeys],
          exclude: [redis, slow, long],
          globalSetup: [setup('postgres')],
        },
      },
      {
        extends: true,
        test: {
          name: 'full',
          ...limits(180),
          include: [redis],
          exclude: [browser, slow],
          globalSetup: [setup('postgres'), setup('redis')],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          ...limits(180),
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
          name: 'relays',
          include: [relays],
          maxWorkers: 1,
          globalSetup: [setup('postgres')],
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: [long],
          ...limits(300),
          globalSetup: [setup('postgres'), setup('chromium')],
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: [slow],
          exclude: [browser],
          ...limits(300),
          globalSetup: [setup('postgres'), setup('redis')],
        },
      },
    ],
  },
});
