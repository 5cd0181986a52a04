/** A DKIM key record (RFC 6376 3.6.1; RFC 8463 4 for Ed25519): text to key, and what is wrong with it. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readTags } from '../dns/tags.ts';

export interface KeyRecord {
  /** Null: revoked, or not readable. */
  key: KeyObject | null;
  /** `p=` is empty. */
  revoked: boolean;
  /** `t=y`: receivers treat the domain as if it did not sign. */
  testing: boolean;
  /** Why receivers cannot use the record. */
  faults: readonly string[];
}

/** RFC 8301 3.2: verifiers must not accept less. */
const MIN_RSA_BITS = 1_024;
export const ADVISED_RSA_BITS = 2_048;

export function readKeyRecord(text: string): KeyRecord {
  const tags = readTags(text);
  if (!tags) return { key: null, revoked: false, testing: false, faults: ['it is not a list of tag=value'] };
  const type = tags.get('k') ?? 'rsa';
  const encoded = tags.get('p')?.replace(/\s+/g, '');
  const key = encoded ? decodeKey(type, encoded) : null;
  const faults: string[] = [];
  const version = tags.get('v');
  if (version !== undefined && (version !== 'DKIM1' || !/^\s*v\s*=/.test(text)))
    faults.push(`v=${version}: expected v=DKIM1 as the first tag`);
  if (encoded === undefined) faults.push('it has no p=, which holds the key');
  else if (encoded !== '' && !key) faults.push(`p= holds no ${type} key`);
  const hashes = listOf(tags.get('h'));
  if (hashes && !hashes.includes('sha256'))
    faults.push(`h=${tags.get('h')} excludes sha256, which we sign with`);
  const services = listOf(tags.get('s'));
  if (services && !services.some((one) => one === '*' || one === 'email'))
    faults.push(`s=${tags.get('s')} excludes email`);
  if (key && key.asymmetricKeyType === 'rsa' && bitsOf(key) < MIN_RSA_BITS)
    faults.push(`its key has ${bitsOf(key)} bits, and receivers refuse keys under ${MIN_RSA_BITS}`);
  const testing = listOf(tags.get('t'))?.includes('y') ?? false;
  return { key, revoked: encoded === '', testing, faults };
}

/** The record to publish for a key. */
export function keyRecordText(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  if (key.asymmetricKeyType === 'ed25519')
    return `v=DKIM1; k=ed25519; p=${der.subarray(-ED25519_OCTETS).toString('base64')}`;
  return `v=DKIM1; k=rsa; p=${der.toString('base64')}`;
}

/** 0 for a key whose strength is not a number of bits. */
export const bitsOf = (key: KeyObject): number => key.asymmetricKeyDetails?.modulusLength ?? 0;

const listOf = (text: string | undefined): string[] | null =>
  text === undefined ? null : text.split(':').map((part) => part.trim().toLowerCase());

const ED25519_OCTETS = 32;
/** What SPKI writes before the 32 octets of an Ed25519 key. */
const ED25519_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

function decodeKey(type: string, encoded: string): KeyObject | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const octets = Buffer.from(encoded, 'base64');
  try {
    if (type === 'ed25519')
      return octets.length === ED25519_OCTETS
        ? createPublicKey({ key: Buffer.concat([ED25519_HEAD, octets]), format: 'der', type: 'spki' })
        : null;
    if (type !== 'rsa') return null;
    const key = rsaKey(octets);
    return key.asymmetricKeyType === 'rsa' ? key : null;
  } catch {
    return null;
  }
}

/** RFC 6376 3.6.1 writes RSAPublicKey; everybody publishes SubjectPublicKeyInfo, and verifiers read both. */
function rsaKey(octets: Buffer): KeyObject {
  try {
    return createPublicKey({ key: octets, format: 'der', type: 'spki' });
  } catch {
    return createPublicKey({ key: octets, format: 'der', type: 'pkcs1' });
  }
}
