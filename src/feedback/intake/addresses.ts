/** Which addresses of the bounce domain take mail. */
import type { Keys } from '../../consent/keys.ts';
import { readReturnPath, readUnsubscribeAddress } from '../../consent/mail/mail-tokens.ts';

/** Addresses that an operator may name where complaints are ordered, and those that every domain must have. */
const FIXED = ['feedback', 'fbl', 'abuse', 'postmaster'];

/** A signed address of ours, or one of the few fixed ones; nothing else, so that no spam is ever read. */
export function acceptsAddress(keys: Keys, address: string, domain: string | null): boolean {
  const at = address.lastIndexOf('@');
  if (domain === null || address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return false;
  if (FIXED.includes(address.slice(0, at).toLowerCase())) return true;
  return readReturnPath(keys, address) !== null || readUnsubscribeAddress(keys, address) !== null;
}
