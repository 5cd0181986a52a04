/** A DNS record to publish, as a zone file writes it. */

export interface DnsRecord {
  name: string;
  type: 'TXT' | 'MX' | 'A' | 'AAAA';
  /** Without quotes. */
  value: string;
}

export const txtRecord = (name: string, value: string): DnsRecord => ({ name, type: 'TXT', value });

/** RFC 1035 3.3: a character string holds at most 255 octets, so a longer value is written as several. */
const MAX_STRING = 255;

/** `_dmarc.example.org. IN TXT "v=DMARC1; p=none"` */
export function zoneLine({ name, type, value }: DnsRecord): string {
  const dotted = `${name}.`;
  if (type !== 'TXT') return `${dotted} IN ${type} ${value}`;
  const strings = value.match(new RegExp(`.{1,${MAX_STRING}}`, 'g')) ?? [''];
  return `${dotted} IN TXT ${strings.map((part) => `"${part.replace(/["\\]/g, '\\$&')}"`).join(' ')}`;
}
