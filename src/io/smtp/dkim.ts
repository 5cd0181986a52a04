/**
 * DKIM signing (RFC 6376; Ed25519 by RFC 8463). Every field that a mailbox provider acts on is covered, both
 * unsubscribe fields among them (RFC 8058 4), and listed once more than it is there, so that nobody can add a
 * second one (RFC 6376 8.15). The body is hashed here; keys work in the thread pool, off the main thread.
 */
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DkimKey } from '../../delivery/ports.ts';

export type Signer = (message: Buffer) => Promise<Buffer>;

const COVERED = [
  'from',
  'to',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-archive',
  'feedback-id',
];

interface Key {
  domain: string;
  selector: string;
  algorithm: 'rsa-sha256' | 'ed25519-sha256';
  key: KeyObject;
}

/** Reads the keys once. `now` dates the signatures. Null when there is nothing to sign with. */
export function dkimSigner(keys: readonly DkimKey[], now: () => Date): Signer | null {
  if (keys.length === 0) return null;
  const opened = keys.map(openKey);
  return async (message) => {
    const gap = message.indexOf('\r\n\r\n');
    const fields = fieldsOf(message.toString('latin1', 0, gap));
    const bodyHash = createHash('sha256')
      .update(relaxedBody(message.subarray(gap + 4)), 'latin1')
      .digest('base64');
    const signatures = await Promise.all(opened.map((key) => signature(key, fields, bodyHash, now())));
    return Buffer.concat([Buffer.from(signatures.join(''), 'latin1'), message]);
  };
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
  /** As RFC 6376 3.4.2 has it: one line, runs of blanks as one. */
  relaxed: string;
}

function fieldsOf(head: string): Field[] {
  return head.split(/\r\n(?![ \t])/).map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase().trim();
    return { name, relaxed: relaxedField(name, line.slice(colon + 1)) };
  });
}

const relaxedField = (name: string, value: string): string => `${name}:${value.replace(/\s+/g, ' ').trim()}`;

/**
 * RFC 6376 3.4.4: blanks at line ends go, runs of blanks become one, empty lines at the end go. Only what has to be
 * changed is matched: single blanks are a fifth of a text.
 */
function relaxedBody(body: Buffer): string {
  const text = body
    .toString('latin1')
    .replace(/[ \t]{2,}|\t/g, ' ')
    .replace(/ \r\n/g, '\r\n');
  const end = text.replace(/(\r\n)+$/, '');
  return end === '' ? '' : `${end}\r\n`;
}

async function signature(key: Key, fields: readonly Field[], bodyHash: string, now: Date): Promise<string> {
  const present = COVERED.flatMap((name) => fields.filter((field) => field.name === name));
  const listed = COVERED.flatMap((name) => [
    ...present.filter((field) => field.name === name).map(() => name),
    name,
  ]);
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

/** In pieces of at most 70 characters; blanks between them mean nothing in `h=` and `b=`. */
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
