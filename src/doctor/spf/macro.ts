/** Macros in SPF's domain names (RFC 7208 7): `%{i}._spf.%{d2}`. */
import ipaddr from 'ipaddr.js';

export interface MacroValues {
  /** The address in MAIL FROM. */
  sender: string;
  /** The sending server's address. */
  address: string;
  /** The domain whose record is read. */
  domain: string;
}

export function expandMacros(text: string, values: MacroValues): string {
  return text.replace(
    /%(?:([%_-])|\{([slodiphv])(\d{0,3})(r?)([-.+,/_=]*)\})/gi,
    (
      _all,
      literal: string | undefined,
      letter: string,
      digits: string,
      reverse: string,
      delimiters: string,
    ) => {
      if (literal) return { '%': '%', _: ' ', '-': '%20' }[literal]!;
      const parts = letterValue(letter.toLowerCase(), values).split(delimiters ? splitAt(delimiters) : '.');
      if (reverse) parts.reverse();
      return parts.slice(digits ? -Number(digits) : 0).join('.');
    },
  );
}

const splitAt = (delimiters: string): RegExp => new RegExp(`[${delimiters.replace(/[-\]\\^]/g, '\\$&')}]`);

function letterValue(letter: string, { sender, address, domain }: MacroValues): string {
  const [local = '', host = ''] = sender.split(/@(?=[^@]*$)/);
  switch (letter) {
    case 's':
      return sender;
    case 'l':
      return local;
    case 'o':
    case 'h':
      return host;
    case 'd':
      return domain;
    case 'i':
      return dotted(address);
    case 'v':
      return ipaddr.parse(address).kind() === 'ipv4' ? 'in-addr' : 'ip6';
    default:
      return 'unknown';
  }
}

/** IPv6 as 32 hex digits with dots between them. */
function dotted(address: string): string {
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return Buffer.from(parsed.toByteArray()).toString('hex').split('').join('.');
}
