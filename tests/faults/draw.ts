/** Everything a trial leaves to chance comes from its number, so that it can be run again. */
import { createHash } from 'node:crypto';

/** The same number for the same words, from 0 up to 1. */
export function draw(seed: number, ...words: (string | number | null)[]): number {
  const digest = createHash('sha256')
    .update([seed, ...words].join('\n'))
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

export function pick<T>(list: readonly T[], chance: number): T {
  return list[Math.floor(chance * list.length)] as T;
}
