/** Tells secrets that were typed to be long enough from those that were drawn. */
import { deflateRawSync } from 'node:zlib';

/** 32 random hex digits, the least random text of the least length, pack to more; `abcabc...` and `1234...` to far less. */
const PACKED_OCTETS = 20;

/**
 * True for one letter, a word or a run (`0123...`, `zyxw...`) over and over. Good words are not told from random letters:
 * a long pass phrase is as good a secret.
 */
export function isGuessable(secret: string): boolean {
  const octets = Buffer.from(secret);
  const steps = Buffer.from(octets.map((octet, at) => octet - (octets[at - 1] ?? 0)).subarray(1));
  return packed(octets) < PACKED_OCTETS || packed(steps) < PACKED_OCTETS;
}

const packed = (octets: Buffer): number => deflateRawSync(octets, { level: 9 }).length;
