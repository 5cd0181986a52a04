/**
 * Replies about the name that we give in EHLO. Most servers complain only at RCPT, as if it were about the recipient,
 * but it is about us, and only a person can fix it (`helo=` in SMTP_URL).
 *
 * As in `table.ts`, the real reply is quoted; a pattern is matched case-insensitively against `code text`.
 */
import type { Reply } from '../../ports.ts';

interface NameReply {
  reply: string;
  source: string;
  pattern: RegExp;
}

const nameReplies: readonly NameReply[] = [
  {
    reply: '504 5.5.2 <9f3ab27c01de>: Helo command rejected: need fully-qualified hostname',
    source: 'Postfix, reject_non_fqdn_helo_hostname',
    pattern:
      /^[45]\d\d .*\b(helo|ehlo) (command|name|hostname|host|argument)? ?(was |is )?(rejected|refused|denied|not allowed|invalid)/i,
  },
  {
    reply: '504 5.5.2 need fully-qualified hostname',
    source: 'Postfix, where a policy server says it',
    pattern: /^504 .*fully[- ]qualified (host|domain) ?name/i,
  },
  {
    reply: '550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)',
    source: 'Exim, as cPanel sets it up',
    pattern:
      /^[45]\d\d .*\b(invalid|bad|bogus|forged|malformed|illegal|unacceptable|unqualified|non-?fqdn)\b.{0,20}\b(helo|ehlo)\b/i,
  },
  {
    reply: '550 HELO should be a FQDN or address literal (see RFC 5321 4.1.1.1)',
    source: 'Exim, its example of an ACL',
    pattern:
      /^[45]\d\d .*\b(helo|ehlo)\b.{0,40}\b(fqdn|fully[- ]qualified|address literal|must|should|does ?n.?t|does not|not (a )?valid|not resolve)/i,
  },
];

export const isAboutHeloName = ({ code, text }: Reply): boolean =>
  // "Send HELO first" means that the session was lost, not that the name is bad.
  code !== 503 && nameReplies.some(({ pattern }) => pattern.test(`${code} ${text}`));
