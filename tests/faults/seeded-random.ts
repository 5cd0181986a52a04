/** All chance in a trial comes from its seed, so that it can be repeated. */
import { createHash } from 'node:crypto';

/** The same number from 0 to 1 for the same seed and words. */
export function seededRandom(seed: number, ...words: (string | number | null)[]): number {
  const digest = createHash('sha256')
    .update([seed, ...words].join('\n'))
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

export function pickOne<T>(list: readonly T[], chance: number): T {
  return list[Math.floor(chance * list.length)] as T;
}
