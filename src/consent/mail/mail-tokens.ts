/**
 * Tokens in addresses of ours, `name+token@BOUNCE_DOMAIN`. They are like the tokens of links, but the local part of an
 * address has 64 octets and some servers lower-case it, hence base32 and a tag of 96 bits.
 *
 * The part before the plus never differs: greylisting servers ignore what follows it, so a returning sender is known to
 * them.
 */
import type { Keys } from '../keys.ts';
import { signNumbers, unpackNumbers } from '../signed-numbers.ts';
import { type DeliveryClaim, type LinkRef, readDeliveryClaim } from '../tokens.ts';

const BOUNCE = 'bounce';
const UNSUBSCRIBE = 'unsubscribe';
/** A kid is 3 octets. */
const KID_OCTETS = 3;
const TAG_OCTETS = 12;
const MAX_LOCAL_PART = 64;

/** The return path of a delivery. It says the same as the delivery's `X-Postrider-Id`, in shorter letters. */
export function returnPath(deliveryToken: string, domain: string): string {
  return address(BOUNCE, deliveryToken, domain);
}

/** The delivery of a return path of ours; null for every other address. */
export function readReturnPath(keys: Keys, given: string): DeliveryClaim | null {
  return readDeliveryClaim(verified(keys, 'delivery', BOUNCE, given));
}

/** Where a mail unsubscribes its person from a newsletter, whoever sends it. Never expires, like the link. */
export function unsubscribeAddress(keys: Keys, ref: LinkRef, domain: string): string {
  const token = signNumbers(keys, 'mailto', ref);
  return address(UNSUBSCRIBE, token, domain);
}

/** Null for every address that is not such a one of ours. */
export const readUnsubscribeAddress = (keys: Keys, given: string): LinkRef | null =>
  unpackNumbers('mailto', verified(keys, 'mailto', UNSUBSCRIBE, given));

/** `token` is `kid.payload.tag`. */
function address(name: string, token: string, domain: string): string {
  const [kid = '', payload = '', tag = ''] = token.split('.');
  const octets = [kid, payload, tag].map((part) => Buffer.from(part, 'base64url'));
  const local = `${name}+${base32(Buffer.concat([octets[0]!, octets[1]!, octets[2]!.subarray(0, TAG_OCTETS)]))}`;
  if (local.length > MAX_LOCAL_PART)
    throw new RangeError(`expected ids that fit into ${MAX_LOCAL_PART} octets of an address`);
  return `${local}@${domain}`;
}

/** The domain is not compared: mail reaches us under an old one, too, and the signature is what counts. */
function verified(keys: Keys, purpose: string, name: string, given: string): Buffer | null {
  const match = /^([a-z]+)\+([a-z2-7]{28,58})@/i.exec(given);
  if (!match || match[1]!.toLowerCase() !== name) return null;
  const octets = fromBase32(match[2]!.toLowerCase());
  if (!octets) return null;
  const kid = octets.subarray(0, KID_OCTETS).toString('base64url');
  const payload = octets.subarray(KID_OCTETS, -TAG_OCTETS);
  return keys.verifyShort(purpose, kid, payload, octets.subarray(-TAG_OCTETS));
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(octets: Buffer): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const octet of octets) {
    held = (held << 8) | octet;
    for (bits += 8; bits >= 5; bits -= 5) text += LETTERS[(held >>> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + LETTERS[(held << (5 - bits)) & 31] : text;
}

/** Null unless this is exactly how we would spell those octets. */
function fromBase32(text: string): Buffer | null {
  const octets: number[] = [];
  let held = 0;
  let bits = 0;
  for (const letter of text) {
    held = (held << 5) | LETTERS.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    octets.push((held >>> bits) & 255);
    held &= (1 << bits) - 1;
  }
  const found = Buffer.from(octets);
  return base32(found) === text ? found : null;
}
