/** Parsers of single values. Each takes the trimmed text and throws BadValue, which says what was expected and found. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import proxyAddr from 'proxy-addr';
import { isGuessable } from '../consent/secret-strength.ts';
import { BadValue } from './reader.ts';
import { EXAMPLE_SECRET } from './settings.ts';

const MIN_SECRET_BYTES = 32;

export function oneOf<const T extends readonly string[]>(words: T): (text: string) => T[number] {
  return (text) => {
    if (words.includes(text)) return text;
    throw new BadValue(`expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, found "${text}"`);
  };
}

export function wholeNumber(what: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new BadValue(`expected ${what} from ${min} to ${max}, found "${text}"`);
  };
}

/**
 * A URL with one of `schemes` that names a host (or the folder of a socket, `?host=/run/postgresql`). An error shows the
 * URL only if it parses, and then without user and password: a mistyped URL most often contains a password.
 */
export function urlOf(text: string, schemes: readonly string[]): URL {
  const expected = `expected a URL that starts with ${schemes.map((s) => `${s}://`).join(' or ')}`;
  if (!URL.canParse(text)) throw new BadValue(`${expected}, found something that is not a URL (not shown)`);
  const url = new URL(text);
  if (!schemes.includes(url.protocol.slice(0, -1)))
    throw new BadValue(`${expected}, found one that starts with ${url.protocol}`);
  if (url.hostname === '' && !url.searchParams.has('host'))
    throw new BadValue(`${expected} and names a host, found ${withoutCredentials(url)}`);
  return url;
}

/** A URL for messages: without user, password and options. */
export function withoutCredentials(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** A connection string, passed on unchanged. */
export function connectionUrl(...schemes: string[]): (text: string) => string {
  return (text) => {
    urlOf(text, schemes);
    return text;
  };
}

/** The base URL of a site, without a trailing slash; may have a path. */
export function siteUrl(schemes: readonly string[]): (text: string) => string {
  return (text) => {
    const url = urlOf(text, schemes);
    if (url.username || url.password || url.search || url.hash)
      throw new BadValue(
        `expected a URL without user, password, ? and #, found more than ${withoutCredentials(url)}`,
      );
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  };
}

/** One or more secrets, newest first. Never printed. */
export function secretList(text: string): string[] {
  const secrets = text.split(',').map((part) => part.trim());
  secrets.forEach((secret, at) => {
    const bytes = Buffer.byteLength(secret);
    const which = secrets.length > 1 ? `secret ${at + 1}` : 'the secret';
    if (secret.startsWith(EXAMPLE_SECRET.slice(0, 'change-me'.length)))
      throw new BadValue(
        `expected a secret of your own (openssl rand -base64 48), found the one of the example`,
      );
    if (bytes < MIN_SECRET_BYTES)
      throw new BadValue(`expected at least ${MIN_SECRET_BYTES} bytes, found ${which} with ${bytes}`);
    if (isGuessable(secret))
      throw new BadValue(
        `expected a secret that nobody can guess (openssl rand -base64 48), found ${which} to repeat itself`,
      );
    if (secrets.indexOf(secret) !== at)
      throw new BadValue(`expected different secrets, found ${which} twice`);
  });
  return secrets;
}

/** Ids of keys, as the refused start names them. */
export function keyIds(text: string): string[] {
  const kids = text.split(/[\s,]+/).filter((kid) => kid !== '');
  const wrong = kids.find((kid) => !/^[\w-]{4}$/.test(kid));
  if (wrong === undefined) return kids;
  // Not shown: it may be a secret in the wrong setting.
  throw new BadValue(
    'expected key ids of 4 characters, as the refused start named them, found something else',
  );
}

/** A number of proxies (0: none), or addresses, CIDRs and the names `loopback`, `linklocal`, `uniquelocal`. */
export function proxies(text: string): false | number | string[] {
  if (/^\d{1,2}$/.test(text)) return Number(text) || false;
  const list = text.split(/[\s,]+/).filter((part) => part !== '');
  try {
    proxyAddr.compile(list);
    return list;
  } catch (cause) {
    throw new BadValue(`expected a number of proxies, or addresses or CIDRs, found "${text}"`, { cause });
  }
}

/** A domain of at least two labels, as a lower-case A-label. */
export function domain(text: string): string {
  const ascii = domainToASCII(text).toLowerCase();
  if (/^([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(ascii) && ascii.length <= 253)
    return ascii;
  throw new BadValue(`expected a domain such as bounces.example.org, found "${text}"`);
}

export function folder(text: string): string {
  const path = resolve(text);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new BadValue(`expected an existing folder, found "${path}"`);
}

export function hostName(text: string): string {
  if (/^[\w.:-]+$/.test(text)) return text;
  throw new BadValue(`expected an address or a host name to listen on, found "${text}"`);
}

/** RFC 8301 3.2: shorter keys must not sign. */
const MIN_RSA_BITS = 1_024;

/** The path of a PEM private key that can sign for DKIM. It is read now, so that a bad key fails at the start. */
export function dkimKeyFile(text: string): string {
  const path = resolve(text);
  const key = privateKey(path);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType === 'ed25519' || (key.asymmetricKeyType === 'rsa' && bits >= MIN_RSA_BITS))
    return path;
  throw new BadValue(
    `expected an RSA key of at least ${MIN_RSA_BITS} bits or an Ed25519 key, found one of type ${key.asymmetricKeyType}${bits > 0 ? ` with ${bits} bits` : ''} in "${path}"`,
  );
}

function privateKey(path: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(path));
  } catch (cause) {
    throw new BadValue(`expected a readable private key in PEM, found "${path}"`, { cause });
  }
}
