/** What codes mean where no words decide: enhanced status codes (RFC 3463 and IANA's list) and SMTP's own. */
import { replyCodeOf } from './evidence.ts';
import type { Verdict } from './rule.ts';

/** By the code without its first digit: `Action` says if it is final, and final reports carry 4.x.x too. */
const BY_SUBJECT: readonly (readonly [RegExp, Verdict])[] = [
  [/^1\.(1|351|10)$/, { class: 'hard', reason: 'user-unknown' }],
  [/^1\.3$/, { class: 'hard', reason: 'bad-address' }],
  [/^1\.2$/, { class: 'hard', reason: 'host-unknown' }],
  [/^4\.(4|310)$/, { class: 'hard', reason: 'host-unknown' }],
  [/^1\.6$/, { class: 'hard', reason: 'user-moved' }],
  [/^1\.[78]$/, { class: 'block', reason: 'sender-refused' }],
  [/^1\.\d+$/, { class: 'soft', reason: 'address-refused' }],
  [/^2\.1$/, { class: 'soft', reason: 'mailbox-disabled' }],
  [/^2\.2$/, { class: 'soft', reason: 'mailbox-full' }],
  [/^2\.3$/, { class: 'soft', reason: 'message-too-large' }],
  [/^2\.\d+$/, { class: 'soft', reason: 'mailbox-refused' }],
  [/^3\.1$/, { class: 'soft', reason: 'system-full' }],
  [/^3\.4$/, { class: 'soft', reason: 'message-too-large' }],
  [/^3\.\d+$/, { class: 'soft', reason: 'system-error' }],
  [/^4\.7$/, { class: 'soft', reason: 'expired' }],
  [/^4\.\d+$/, { class: 'soft', reason: 'network' }],
  [/^5\.\d+$/, { class: 'soft', reason: 'protocol' }],
  [/^6\.\d+$/, { class: 'block', reason: 'content' }],
  [/^7\.\d+$/, { class: 'block', reason: 'policy' }],
];

const BY_REPLY: Readonly<Record<string, Verdict>> = {
  '421': { class: 'soft', reason: 'service-unavailable' },
  '450': { class: 'soft', reason: 'mailbox-refused' },
  '452': { class: 'soft', reason: 'system-full' },
  '552': { class: 'soft', reason: 'mailbox-full' },
  '553': { class: 'soft', reason: 'address-refused' },
  '554': { class: 'block', reason: 'refused' },
};

/** Null for a code that says nothing: `5.0.0`. A 4.x.x alone is never taken for a bad address. */
export function byStatus(status: string | null): Verdict | null {
  if (status === null) return null;
  const verdict = BY_SUBJECT.find(([code]) => code.test(status.slice(2)))?.[1] ?? null;
  if (verdict?.class === 'hard' && !status.startsWith('5'))
    return { class: 'soft', reason: 'address-refused' };
  return verdict;
}

/** By the first code in a server's words. */
export function byReplyCode(line: string): Verdict | null {
  const code = replyCodeOf(line);
  return code === null ? null : (BY_REPLY[code] ?? null);
}
