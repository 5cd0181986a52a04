/**
 * The keys derived from the secrets: they sign tokens and hash identities. HKDF derives a key for each purpose, so a
 * token for one purpose never verifies for another, and a suppression hash is not a token. Secrets are rotated by adding
 * one: the first secret signs and hashes, the others still verify.
 */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** A keyed hash of an identity, and which key made it. */
interface IdentityHash {
  kid: string;
  hash: Buffer;
}

/** 128 bits, enough for a tag that may be attacked for years. */
const TAG_OCTETS = 16;
const SHORT_TAG_OCTETS = 12;
/** Longer than any token we issue; keeps a hostile one from costing time. */
const MAX_TOKEN_CHARS = 300;
const SECRET_OCTETS = 32;

class Key {
  readonly kid: string;
  readonly #secret: string;
  readonly #derived = new Map<string, Buffer>();

  constructor(secret: string) {
    this.#secret = secret;
    this.kid = createHash('sha256')
      .update(`postrider kid:${secret}`)
      .digest()
      .subarray(0, 3)
      .toString('base64url');
  }

  mac(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.#for(purpose)).update(text).digest();
  }

  #for(purpose: string): Buffer {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', this.#secret, 'postrider', purpose, 32));
    this.#derived.set(purpose, key);
    return key;
  }
}

export class Keys {
  readonly #keys: readonly Key[];
  readonly #newest: Key;

  /** `secrets`: newest first, each at least 32 octets. */
  constructor(secrets: readonly string[]) {
    if (secrets.some((secret) => Buffer.byteLength(secret) < SECRET_OCTETS))
      throw new RangeError(`expected secrets of at least ${SECRET_OCTETS} octets, got a shorter one`);
    this.#keys = secrets.map((secret) => new Key(secret));
    const newest = this.#keys[0];
    if (!newest) throw new RangeError('expected at least one secret, got none');
    this.#newest = newest;
  }

  /** Ids of all keys, newest first. They reveal nothing about the secrets. */
  get kids(): readonly string[] {
    return this.#keys.map((key) => key.kid);
  }

  /** `kid.payload.tag`, base64url without padding, safe in a URL's path. */
  sign(purpose: string, payload: Buffer): string {
    const head = `${this.#newest.kid}.${payload.toString('base64url')}`;
    return `${head}.${tag(this.#newest, purpose, head)}`;
  }

  /** The payload, or null for anything that one of our keys did not sign for this purpose. */
  verify(purpose: string, token: string): Buffer | null {
    if (token.length > MAX_TOKEN_CHARS) return null;
    const [kid, payload, given, ...rest] = token.split('.');
    if (!kid || payload === undefined || !given || rest.length > 0) return null;
    // The tag covers the encoded text and is compared as text: base64url can spell the same octets in several ways,
    // and only the spelling that was signed may pass.
    const signed = this.#keys.some(
      (key) => key.kid === kid && sameText(given, tag(key, purpose, `${kid}.${payload}`)),
    );
    return signed ? Buffer.from(payload, 'base64url') : null;
  }

  /** The same for a token whose tag was cut to what an address has room for. Null unless the tag has 96 bits at least. */
  verifyShort(purpose: string, kid: string, payload: Buffer, given: Buffer): Buffer | null {
    if (given.length < SHORT_TAG_OCTETS || given.length > TAG_OCTETS) return null;
    const head = `${kid}.${payload.toString('base64url')}`;
    const signed = this.#keys.some(
      (key) =>
        key.kid === kid &&
        timingSafeEqual(given, key.mac(`token ${purpose}`, head).subarray(0, given.length)),
    );
    return signed ? payload : null;
  }

  /** The newest key's hash, which a new suppression stores. */
  hash(identity: string): IdentityHash {
    return hashBy(this.#newest, identity);
  }

  /** Every key's hash, which look-ups compare with. */
  hashes(identity: string): IdentityHash[] {
    return this.#keys.map((key) => hashBy(key, identity));
  }

  /**
   * Every key's hash of a text that is no identity, newest first. `purpose` keeps apart what must not be compared: the
   * network that a budget counts, the address that a consent record names.
   */
  hashesOf(purpose: string, text: string): Buffer[] {
    return this.#keys.map((key) => key.mac(`hash ${purpose}`, text).subarray(0, TAG_OCTETS));
  }
}

function tag(key: Key, purpose: string, head: string): string {
  return key.mac(`token ${purpose}`, head).subarray(0, TAG_OCTETS).toString('base64url');
}

function hashBy(key: Key, identity: string): IdentityHash {
  return { kid: key.kid, hash: key.mac('identity hash', identity) };
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given, 'utf8');
  const b = Buffer.from(expected, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
