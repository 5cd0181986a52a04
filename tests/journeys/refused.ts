import { expect } from 'vitest';
import type { Harness } from './harness.ts';

/** Runs a command that is to be refused: exit code 1, and why on standard error. */
export async function refused(harness: Harness, args: string[], why: RegExp): Promise<void> {
  const ended = await harness.run(...args);
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 1, stderr: expect.stringMatching(why) });
}
