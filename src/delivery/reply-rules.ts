/**
 * What a relay's reply means for the delivery. The general rule stands at the end: 4xx waits, 5xx is refused. Above
 * it are exceptions and classes as data, each with a real reply quoted, to be added to by someone who cannot program.
 */
import type { Reply } from './ports.ts';

export type Verdict =
  /** Wait and try again; a throttle is not counted as an attempt. */
  | { kind: 'deferred'; reason: 'throttled' | 'temporary'; counted: 0 | 1 }
  /** Final for this delivery. */
  | { kind: 'refused'; reason: 'address' | 'mailbox-full' | 'policy' | 'content' | 'refused' }
  /** It is not about this person: the relay does not take our sender at all. */
  | { kind: 'sender-refused' };

interface Rule {
  /** Matched against `code enhanced text`. */
  pattern: RegExp;
  means: 'throttled' | 'address' | 'mailbox-full' | 'policy' | 'content';
}

const rules: readonly Rule[] = [
  // QQ answers rate limiting with 550: "550 Ip frequency limited", "550 Domain frequency limited"
  { pattern: /^5\d\d .*frequency limited/i, means: 'throttled' },
  // Gmail: "421-4.7.28 ... unusual rate of unsolicited mail"; general 4.7.x with too many / rate
  { pattern: /^4\d\d 4\.7\.\d+ .*(rate|too many|too fast|throttl)/i, means: 'throttled' },
  // Outlook: "451 4.7.650 The mail server has been temporarily rate limited due to IP reputation"
  { pattern: /^4\d\d .*(rate limited|too many (connections|messages)|server busy)/i, means: 'throttled' },
  // Yahoo: "421 4.7.0 [TSS04] Messages from ... temporarily deferred due to unexpected volume"
  { pattern: /^4\d\d .*\[TSS?\d\d\]/i, means: 'throttled' },
  // "550 5.1.1 <x@y>: Recipient address rejected: User unknown"
  { pattern: /^5\d\d 5\.1\.[1-46]( |$)/, means: 'address' },
  {
    pattern: /^55[0134] (?!5\.7).*(user unknown|unknown user|no such user|does not exist|mailbox not found)/i,
    means: 'address',
  },
  // "550 5.1.10 ... Recipient not found", "550 5.4.1 Recipient address rejected: Access denied" is policy instead
  { pattern: /^5\d\d 5\.1\.10( |$)/, means: 'address' },
  // "552 5.2.2 Mailbox full"
  { pattern: /^5\d\d 5\.2\.2( |$)/, means: 'mailbox-full' },
  // "552 5.3.4 Message size exceeds fixed limit", "554 5.6.0 ..."
  { pattern: /^5\d\d 5\.(3\.4|6\.\d+)( |$)/, means: 'content' },
  // "550 5.7.1 ... blocked", "554 5.7.1 Service unavailable; Client host blocked using ..."
  { pattern: /^5\d\d 5\.7\.\d+( |$)/, means: 'policy' },
];

export function judgeReply(reply: Reply, stage: string): Verdict {
  const line = `${reply.code} ${reply.enhanced && !reply.text.startsWith(reply.enhanced) ? `${reply.enhanced} ` : ''}${reply.text}`;
  const means = rules.find((rule) => rule.pattern.test(line))?.means;
  if (means === 'throttled') return { kind: 'deferred', reason: 'throttled', counted: 0 };
  if (reply.code < 500) return { kind: 'deferred', reason: 'temporary', counted: 1 };
  if (stage === 'mail') return { kind: 'sender-refused' };
  return { kind: 'refused', reason: means ?? 'refused' };
}
