/**
 * DKIM signing (RFC 6376; Ed25519 by RFC 8463). Every field that a mailbox provider acts on is covered, including both
 * unsubscribe fields (RFC 8058 4). A field whose second copy could fool a reader is listed once more often than it
 * occurs, so that nobody can add one (RFC 6376 8.15). The body is hashed here; the keys sign in the thread pool, off the
 * main thread.
 */
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keysFor } from '../../delivery/relay/dkim/aligned-keys.ts';
import { covered as coveredFields } from '../../delivery/relay/dkim/signed-fields.ts';
import type { DkimKey } from '../../ports.ts';

export type Signer = (message: Buffer) => Promise<Buffer>;

interface Key {
  domain: string;
  selector: string;
  algorithm: 'rsa-sha256' | 'ed25519-sha256';
  key: KeyObject;
}

export interface Signing {
  keys: readonly DkimKey[];
  /** Fields in lower case that are left out because this relay replaces them. */
  unsigned: readonly string[];
}

/**
 * Reads the keys once. A message is signed with the keys of its sender's domain; without one it stays as it is. `now`
 * dates the signatures. Null when there are no keys.
 */
export function dkimSigner({ keys, unsigned }: Signing, now: () => Date): Signer | null {
  if (keys.length === 0) return null;
  const opened = new Map(keys.map((key) => [key, openKey(key)]));
  const covered = Object.keys(coveredFields).filter((name) => !unsigned.includes(name));
  const bySender = new Map<string, Key[]>();
  const keysOf = (domain: string): Key[] => {
    const known = bySender.get(domain) ?? keysFor(keys, domain).map((key) => opened.get(key)!);
    bySender.set(domain, known);
    return known;
  };
  return async (message) => {
    const gap = message.indexOf('\r\n\r\n');
    const fields = fieldsOf(message.toString('latin1', 0, gap));
    const signing = keysOf(senderDomain(fields));
    if (signing.length === 0) return message;
    const bodyHash = createHash('sha256')
      .update(relaxedBody(message.subarray(gap + 4)), 'latin1')
      .digest('base64');
    const signatures = await Promise.all(
      signing.map((key) => signature(key, covered, fields, bodyHash, now())),
    );
    return Buffer.concat([Buffer.from(signatures.join(''), 'latin1'), message]);
  };
}

/** We write From ourselves, with the address at its end. */
function senderDomain(fields: readonly Field[]): string {
  const from = fields.find(({ name }) => name === 'from')?.relaxed ?? '';
  return from.slice(from.lastIndexOf('@') + 1).replace(/>$/, '');
}

function openKey({ domain, selector, keyFile }: DkimKey): Key {
  const key = createPrivateKey(readFileSync(keyFile));
  return {
    domain,
    selector,
    key,
    algorithm: key.asymmetricKeyType === 'ed25519' ? 'ed25519-sha256' : 'rsa-sha256',
  };
}

interface Field {
  name: string;
  /** By RFC 6376 3.4.2: unfolded, each run of blanks as one space. */
  relaxed: string;
}

function fieldsOf(head: string): Field[] {
  return head.split(/\r\n(?![ \t])/).map((line) => {
    const colon = line.indexOf(':');
    const name = trimmed(line.slice(0, colon)).toLowerCase();
    return { name, relaxed: relaxedField(name, line.slice(colon + 1)) };
  });
}

/**
 * Only space, tab, CR and LF are blanks here. `\s` and `trim` also match the octet A0, which is half of a letter such as
 * `à` in a UTF-8 address.
 */
const relaxedField = (name: string, value: string): string =>
  `${name}:${trimmed(value.replace(/[ \t\r\n]+/g, ' '))}`;

const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');

/**
 * RFC 6376 3.4.4: removes blanks at line ends and empty lines at the end, and turns runs of blanks into one space. The
 * expressions match only what must change: single spaces are a fifth of a text.
 */
function relaxedBody(body: Buffer): string {
  const text = body
    .toString('latin1')
    .replace(/[ \t]{2,}|\t/g, ' ')
    .replace(/ \r\n/g, '\r\n');
  const end = text.replace(/(\r\n)+$/, '');
  return end === '' ? '' : `${end}\r\n`;
}

async function signature(
  key: Key,
  covered: readonly string[],
  fields: readonly Field[],
  bodyHash: string,
  now: Date,
): Promise<string> {
  const present = covered.flatMap((name) => fields.filter((field) => field.name === name));
  const listed = covered.flatMap((name) => listing(name, present));
  const value = [
    ` v=1; a=${key.algorithm}; c=relaxed/relaxed; d=${key.domain}; s=${key.selector};`,
    ` t=${Math.floor(now.getTime() / 1_000)}; bh=${bodyHash};`,
    ` h=${folded(listed.join(':'))};`,
    ' b=',
  ].join('\r\n');
  const signed = [...present.map((field) => field.relaxed), relaxedField('dkim-signature', value)].join(
    '\r\n',
  );
  return `DKIM-Signature:${value}${folded(await signWith(key, Buffer.from(signed, 'latin1')))}\r\n`;
}

/** The name as often as `h=` lists it. Listing a field that is absent keeps anyone from adding it (RFC 6376 5.4.2). */
function listing(name: string, present: readonly Field[]): string[] {
  const count = present.filter((field) => field.name === name).length;
  const more = coveredFields[name] === 'always' || (coveredFields[name] === 'present' && count > 0);
  return Array<string>(count + (more ? 1 : 0)).fill(name);
}

/** In lines of at most 70 characters; blanks between them mean nothing in `h=` and `b=`. */
const folded = (text: string): string => text.match(/.{1,70}(?=:|$)|.{1,70}/g)!.join('\r\n  ');

function signWith(key: Key, data: Buffer): Promise<string> {
  const ed = key.algorithm === 'ed25519-sha256';
  const input = ed ? createHash('sha256').update(data).digest() : data;
  return new Promise((resolve, reject) =>
    sign(ed ? null : 'sha256', input, key.key, (error, made) =>
      error ? reject(error) : resolve(made.toString('base64')),
    ),
  );
}
