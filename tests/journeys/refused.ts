import { expect } from 'vitest';
import type { Stage } from './stage.ts';

/** Runs a command that is to be refused: exit code 1, and why on standard error. */
export async function refused(stage: Stage, args: string[], why: RegExp): Promise<void> {
  const ended = await stage.run(...args);
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 1, stderr: expect.stringMatching(why) });
}
