/**
 * Verifies the DKIM signatures of a message as a receiver does (RFC 6376 6.1), with the keys in the DNS. It is written
 * from the RFC and shares nothing with our signer, which it judges; tests hold it against mailauth and OpenDKIM. Only
 * what we sign with: relaxed/relaxed, SHA-256.
 */
import { createHash, type KeyObject, verify } from 'node:crypto';
import { readTags } from '../dns/tags.ts';

export interface Signature {
  domain: string;
  selector: string;
  /** Names in `h=`, in lower case, as often as it lists them. */
  covered: readonly string[];
  /** Null: the signature holds. */
  broken: string | null;
}

export type KeyLookup = (selector: string, domain: string) => Promise<KeyObject | string>;

/** `keyOf` gives the key, or says why there is none. */
export async function verifySignatures(message: Buffer, keyOf: KeyLookup): Promise<Signature[]> {
  const gap = message.indexOf('\r\n\r\n');
  const fields = message
    .toString('latin1', 0, gap)
    .split(/\r\n(?![ \t])/)
    .map(readField);
  const bodyHash = createHash('sha256')
    .update(relaxedBody(message.subarray(gap + 4)))
    .digest('base64');
  const signatures = fields.filter(({ name }) => name === 'dkim-signature');
  return Promise.all(signatures.map((field) => verifyOne(field, fields, bodyHash, keyOf)));
}

interface Field {
  name: string;
  value: string;
}

function readField(line: string): Field {
  const colon = line.indexOf(':');
  return { name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1) };
}

async function verifyOne(
  field: Field,
  fields: readonly Field[],
  bodyHash: string,
  keyOf: KeyLookup,
): Promise<Signature> {
  const tags = readTags(field.value.replace(/\r\n/g, ''));
  const tag = (name: string) => tags?.get(name)?.replace(/[ \t]+/g, '') ?? '';
  const signature = { domain: tag('d'), selector: tag('s'), covered: tag('h').toLowerCase().split(':') };
  const broken = (why: string): Signature => ({ ...signature, broken: why });
  if (tag('c') !== 'relaxed/relaxed') return broken(`c=${tag('c')}`);
  if (tag('bh') !== bodyHash) return broken('the body hash differs');
  if (!signature.covered.includes('from')) return broken('h= leaves out From');
  const key = await keyOf(signature.selector, signature.domain);
  if (typeof key === 'string') return broken(key);
  const unsigned = { ...field, value: field.value.replace(/([;\s]b=)[^;]*/, '$1') };
  const lines = [...pick(fields, signature.covered), unsigned].map(relaxed);
  const ed = tag('a') === 'ed25519-sha256';
  const input = Buffer.from(lines.join('\r\n'), 'latin1');
  const signed = ed ? createHash('sha256').update(input).digest() : input;
  const holds =
    (key.asymmetricKeyType === 'ed25519') === ed &&
    verify(ed ? null : 'sha256', signed, key, Buffer.from(tag('b'), 'base64'));
  return holds ? { ...signature, broken: null } : broken('the key in the DNS did not make this signature');
}

/** RFC 6376 5.4.2: of several fields with one name, the last is meant first; a name without a field counts as nothing. */
function pick(fields: readonly Field[], names: readonly string[]): Field[] {
  const left = [...fields];
  return names.flatMap((name) => {
    const at = left.findLastIndex((field) => field.name === name);
    return at < 0 ? [] : left.splice(at, 1);
  });
}

/** RFC 6376 3.4.2. Only space and tab are blanks, and not the octet A0. */
const relaxed = ({ name, value }: Field): string =>
  `${name}:${value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '')}`;

/** RFC 6376 3.4.4. */
function relaxedBody(body: Buffer): Buffer {
  const lines = body.toString('latin1').split('\r\n');
  const smoothed = lines.map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (smoothed.at(-1) === '') smoothed.pop();
  return Buffer.from(smoothed.map((line) => `${line}\r\n`).join(''), 'latin1');
}
