import { expect, test } from 'vitest';
import type { Reply } from '../../src/delivery/ports.ts';
import { judgeReply } from '../../src/delivery/reply-rules.ts';
import { retryDelay } from '../../src/delivery/retry.ts';

/** As the wire reads it: the enhanced code is kept apart and stands in the text too. */
function reply(line: string): Reply {
  const text = line.slice(4);
  return { code: Number(line.slice(0, 3)), enhanced: /^\d\.\d+\.\d+/.exec(text)?.[0] ?? null, text };
}

const refused = (reason: string) => ({ kind: 'refused', reason });
const throttled = { kind: 'deferred', reason: 'throttled', counted: 0 };
const temporary = { kind: 'deferred', reason: 'temporary', counted: 1 };

test.each([
  ['550 5.1.1 <x@y>: Recipient address rejected: User unknown', refused('address')],
  ['550 5.1.1', refused('address')],
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found', refused('address')],
  ['550 No such user here', refused('address')],
  ['550 5.4.1 Recipient address rejected: Access denied', refused('refused')],
  ['550 5.7.1 User unknown in our policy', refused('policy')],
  ['552 5.2.2 Mailbox full', refused('mailbox-full')],
  ['552 5.3.4 Message size exceeds fixed limit', refused('content')],
  ['554 5.7.1 Service unavailable; Client host blocked using a list', refused('policy')],
  ['554 Transaction failed', refused('refused')],
  ['550 Ip frequency limited', throttled],
  ['550 Domain frequency limited', throttled],
  ['421 4.7.28 Our system has detected an unusual rate of unsolicited mail', throttled],
  ['451 4.7.650 The mail server has been temporarily rate limited due to IP reputation', throttled],
  ['421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume', throttled],
  ['450 4.2.1 greylisted, try again later', temporary],
  ['421 4.3.2 Service shutting down', temporary],
  ['354 go on', temporary],
])('%s', (line, verdict) => {
  expect(judgeReply(reply(line), 'rcpt')).toEqual(verdict);
});

test('a 5xx to MAIL is about our sender, not about the reader; a 4xx is waited for', () => {
  expect(judgeReply(reply('553 5.7.1 not your sender'), 'mail')).toEqual({ kind: 'sender-refused' });
  expect(judgeReply(reply('451 4.3.0 later'), 'mail')).toEqual(temporary);
  expect(judgeReply(reply('550 Ip frequency limited'), 'mail')).toEqual(throttled);
});

test('retries follow the schedule within 20 %, its last entry repeating', () => {
  const schedule = [10_000, 30_000, 120_000];
  const wanted = [10_000, 10_000, 30_000, 120_000, 120_000, 120_000];
  for (const [attempts, base] of wanted.entries()) {
    expect(retryDelay(schedule, attempts, () => 0)).toBeCloseTo(base * 0.8);
    expect(retryDelay(schedule, attempts, () => 1)).toBeCloseTo(base * 1.2);
  }
  const many = Array.from({ length: 200 }, () => retryDelay(schedule, 1));
  expect(Math.max(...many) - Math.min(...many)).toBeGreaterThan(1_000);
});
