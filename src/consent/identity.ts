/**
 * The identity of an address, by which two spellings are the same person: the local part in NFC and lower case plus the
 * domain as a lower-case A-label. `+tag` and dots stay, since only the mailbox's own server knows what they mean there.
 * Mail goes to the spelling given first; ledger, consent and suppressions compare identities.
 */
import { domainToASCII } from 'node:url';
import { Refused } from '../errors.ts';

export interface Address {
  /** As given (in NFC), except that a domain outside ASCII is written as its A-label, which every relay accepts. */
  email: string;
  identity: string;
  /** Lower-case A-label. */
  domain: string;
}

/** RFC 5321 4.5.3.1, in octets. The path limit of 256 counts its two angle brackets. */
const LOCAL_PART_OCTETS = 64;
const DOMAIN_OCTETS = 255;
const ADDRESS_OCTETS = 254;

/** One `atom` of RFC 5322 3.2.3, widened by RFC 6532 to letters outside ASCII (such mailboxes need SMTPUTF8). */
const ATOM = /^[a-z0-9!#$%&'*+\-/=?^_`{|}~\u{80}-\u{10ffff}]+$/iu;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Controls, invisible formatting (zero width, bidirectional), lone surrogates, private and unassigned code points. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/u;

/** Reads exactly one plain address (RFC 5321 `Mailbox` without quoting). Throws `Refused('bad-address')`. */
export function readAddress(text: string): Address {
  // NFC first: it turns a few characters into ASCII marks (U+037E into a semicolon), which must not slip through.
  const given = text.normalize('NFC').replace(/^[ \t\u3000]+|[ \t\u3000]+$/gu, '');
  checkShape(given);
  const at = given.lastIndexOf('@');
  const local = given.slice(0, at);
  const domain = readDomain(given.slice(at + 1));
  checkLocalPart(local);
  const email = `${local}@${/^[\x21-\x7e]*$/.test(given.slice(at + 1)) ? given.slice(at + 1) : domain}`;
  if (octets(email) > ADDRESS_OCTETS) refuse(`it is longer than ${ADDRESS_OCTETS} octets`);
  return { email, identity: `${foldLocalPart(local)}@${domain}`, domain };
}

function checkShape(given: string): void {
  if (given === '') refuse('it is empty');
  if (octets(given) > 4 * ADDRESS_OCTETS) refuse(`it is longer than ${ADDRESS_OCTETS} octets`);
  if (UNPRINTABLE.test(given)) refuse('it has a control or invisible character');
  if (/["\\]/.test(given)) refuse('quoted local parts are not supported');
  if (/[()]/.test(given)) refuse('it has a comment in parentheses; give the address alone');
  if (/[<>]/.test(given)) refuse('it has a name or angle brackets; give the address alone');
  if (/[,;]/.test(given) || given.split('@').length > 2) refuse('expected one address, got several');
  if (/\s/u.test(given)) refuse('it has a space');
  if (!given.includes('@')) refuse('it has no @');
}

function checkLocalPart(local: string): void {
  if (local === '') refuse('there is nothing before the @');
  if (octets(local) > LOCAL_PART_OCTETS)
    refuse(`the part before the @ is longer than ${LOCAL_PART_OCTETS} octets`);
  if (local.split('.').some((atom) => atom === ''))
    refuse('the part before the @ begins or ends with a dot, or has two in a row');
  if (!local.split('.').every((atom) => ATOM.test(atom)))
    refuse('a character before the @ is not allowed there');
}

/** Refuses what `domainToASCII` accepts as the host of a URL but mail does not: escapes, numeric addresses. */
function readDomain(text: string): string {
  if (text === '') refuse('there is nothing after the @');
  if (/[\x21-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/.test(text))
    refuse('a character after the @ is not allowed there');
  const domain = domainToASCII(text);
  const labels = domain.split('.');
  if (octets(domain) > DOMAIN_OCTETS) refuse(`the domain is longer than ${DOMAIN_OCTETS} octets`);
  if (!labels.every((label) => LABEL.test(label))) refuse('the part after the @ is not a domain name');
  if (labels.length < 2) refuse('the domain has no dot');
  if (/^\d+$/.test(labels.at(-1) ?? '')) refuse('the part after the @ is a number, not a domain name');
  return domain;
}

/** Lower-casing can leave a decomposed letter (`İ`), hence NFC again. */
function foldLocalPart(local: string): string {
  return local.toLowerCase().normalize('NFC');
}

function octets(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** The message leaves out the address itself, since messages end up in logs and reports. */
function refuse(why: string): never {
  throw new Refused('bad-address', `not an email address that can be written to: ${why}`);
}
