/** The commands of an SMTP transaction, and the messages that a relay's capabilities rule out before it is asked. */
import type { Envelope, HandOver, Stage } from '../../ports.ts';
import type { EhloCapabilities } from './capabilities.ts';

/** One line, without CRLF. `size`: of the message, in octets as sent (RFC 1870); null when there is no message. */
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

/** The reply that the relay would give to a message that it cannot take; null when it may take it. */
export function refuseUnsendable(
  { utf8, size }: EhloCapabilities,
  envelope: Envelope,
  bytes: number,
): HandOver | null {
  const needsUtf8 = 'the address needs SMTPUTF8 (RFC 6531), which the relay does not offer';
  if (!utf8 && isNotAscii(envelope)) return localRefusal('rcpt', 553, '5.6.7', needsUtf8);
  // As a reply to MAIL (RFC 1870 6.1): the fault lies with the issue, not with this reader.
  if (size !== null && bytes > size)
    return localRefusal('mail', 552, '5.3.4', `the message has ${bytes} bytes, the relay takes ${size}`);
  return null;
}

const NOT_ASCII = /[^\x00-\x7f]/;
const isNotAscii = ({ from, to }: Envelope): boolean => NOT_ASCII.test(to) || NOT_ASCII.test(from);

const localRefusal = (stage: Stage, code: number, enhanced: string, text: string): HandOver => ({
  kind: 'answered',
  stage,
  reply: { code, enhanced, text },
});
