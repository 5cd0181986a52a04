/** The commands of a transaction, and what a relay cannot take, known without asking it. */
import type { Envelope, HandOver, Stage } from '../../ports.ts';
import type { EhloCapabilities } from './capabilities.ts';

/** One line, without its end. `size`: of the message, in octets as they are sent (RFC 1870); null: none is meant. */
export function commandOf(
  stage: Stage,
  offers: EhloCapabilities,
  envelope: Envelope,
  size: number | null,
): string {
  switch (stage) {
    case 'reset':
      return 'RSET';
    case 'mail':
      return `MAIL FROM:<${envelope.from}>${parametersOf(offers, envelope, size)}`;
    case 'rcpt':
      return `RCPT TO:<${envelope.to}>`;
    case 'data':
      return 'DATA';
    case 'dot':
      return '.';
  }
}

function parametersOf(
  { size: limit, eightBit, utf8 }: EhloCapabilities,
  envelope: Envelope,
  size: number | null,
): string {
  return `${limit === null || size === null ? '' : ` SIZE=${size}`}${eightBit ? ' BODY=8BITMIME' : ''}${
    utf8 && isNotAscii(envelope) ? ' SMTPUTF8' : ''
  }`;
}

/** Null where the relay may take it. */
export function refuseUnsendable(
  { utf8, size }: EhloCapabilities,
  envelope: Envelope,
  bytes: number,
): HandOver | null {
  const needsUtf8 = 'the address needs SMTPUTF8 (RFC 6531), which the relay does not offer';
  if (!utf8 && isNotAscii(envelope)) return unasked('rcpt', 553, '5.6.7', needsUtf8);
  // As a relay answers MAIL (RFC 1870 6.1): it is about the issue, and would be so for every reader.
  if (size !== null && bytes > size)
    return unasked('mail', 552, '5.3.4', `the message has ${bytes} bytes, the relay takes ${size}`);
  return null;
}

const NOT_ASCII = /[^\x00-\x7f]/;
const isNotAscii = ({ from, to }: Envelope): boolean => NOT_ASCII.test(to) || NOT_ASCII.test(from);

const unasked = (stage: Stage, code: number, enhanced: string, text: string): HandOver => ({
  kind: 'answered',
  stage,
  reply: { code, enhanced, text },
});
