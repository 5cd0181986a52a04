/**
 * What relays and mailbox providers say, as data: each row quotes a real reply, names its source, and says how to
 * recognise it, whom it is about and what it means. The first matching row wins, so narrow rows come before wide ones.
 * You can add rows without programming: copy a row of the file whose subject fits, quote the reply, and put the words
 * that are always in it between the slashes; `npm test` reports an earlier row that matches it first. Replies about the
 * connection itself are in `connection-replies.ts`.
 */
import { addressRows, badAddressRows, fullRows, notWhatTheySound } from './address-rows.ts';
import { providerRows } from './provider-rows.ts';
import { quotaRows, relayRateRows } from './relay-rows.ts';
import type { ReplyRow } from './row.ts';
import { dnsRows, policyRows, stopRows } from './sender-rows.ts';

/** What any server may say about our speed, without naming anybody. */
const pace: readonly ReplyRow[] = [
  {
    reply: '421 4.7.0 too many messages, slow down',
    source: 'deltachat/deltachat-android#1694',
    pattern:
      /^4\d\d .*(too many (messages|mails|emails|recipients this|unsolicited)|too (fast|much mail)|slow down|throttl|rate limit|rate-limit|ratelimit|limit exceeded|exceeded.{0,20}(limit|rate|quota for)|unusual rate|temporarily deferred)/,
    about: 'provider',
    means: 'throttled',
  },
  {
    reply: '451 4.7.1 Try again later',
    source: 'rspamd 3.4, greylist module',
    pattern: /^4\d\d [45]\.7\.\d+( |$)/,
    about: 'address',
    means: 'greylisted',
  },
];

const content: readonly ReplyRow[] = [
  {
    reply: '552 5.3.4 Message size exceeds fixed limit',
    source: 'Postfix 3.7.11, message_size_limit',
    pattern: /^5\d\d (5\.3\.4|5\.6\.\d+)( |$)|^5\d\d .*(message (size|too large|is too (big|long)))/,
    about: 'message',
    means: 'content',
  },
  {
    reply: '550 Virus Detected; Content Rejected',
    source: 'Sisimai, set of emails, lhost-postfix-62',
    pattern:
      /^5\d\d .*(virus|malware|content reject|message content|considered (as )?spam|looks like spam|spam message|spamsignature)/,
    about: 'message',
    means: 'content',
  },
];

export const replyRows: readonly ReplyRow[] = [
  ...notWhatTheySound,
  ...providerRows,
  ...addressRows,
  ...quotaRows,
  ...relayRateRows,
  ...stopRows,
  ...dnsRows,
  ...pace,
  ...fullRows,
  ...content,
  ...policyRows,
  ...badAddressRows,
].map((row) => ({
  ...row,
  pattern: new RegExp(row.pattern.source, `i${row.pattern.flags.replace('i', '')}`),
}));
