/** Tells secrets that somebody padded to the required length from random ones. */
import { deflateRawSync } from 'node:zlib';

/** 32 random hex digits, the weakest acceptable secret, compress to more; `abcabc...` and `1234...` to far less. */
const MIN_COMPRESSED_OCTETS = 20;

/**
 * True for one letter, a word or a sequence (`0123...`, `zyxw...`) repeated. It does not tell words from random
 * letters: a long pass phrase is a good secret too.
 */
export function isGuessable(secret: string): boolean {
  const octets = Buffer.from(secret);
  const steps = Buffer.from(octets.map((octet, at) => octet - (octets[at - 1] ?? 0)).subarray(1));
  return compressedOctets(octets) < MIN_COMPRESSED_OCTETS || compressedOctets(steps) < MIN_COMPRESSED_OCTETS;
}

const compressedOctets = (octets: Buffer): number => deflateRawSync(octets, { level: 9 }).length;
