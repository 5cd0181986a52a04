import { expect, test } from 'vitest';
import type { Reply } from '../../src/delivery/ports.ts';
import { replyRules } from '../../src/delivery/reply-data.ts';
import { judgeReply } from '../../src/delivery/reply-rules.ts';
import { retryDelay } from '../../src/delivery/retry.ts';

/** As the wire reads it: the enhanced code is kept apart and stands in the text too. */
function reply(line: string): Reply {
  const text = line.slice(4);
  return { code: Number(line.slice(0, 3)), enhanced: /^\d\.\d+\.\d+/.exec(text)?.[0] ?? null, text };
}

const refused = (reason: string) => ({ kind: 'refused', reason });
const throttled = (minutes: number, fromOne = false) => ({
  kind: 'throttled',
  holdMs: minutes * 60_000,
  fromOne,
});
const temporary = { kind: 'temporary' };

test.each([
  ['550 5.1.1 <x@y>: Recipient address rejected: User unknown', refused('address')],
  ['550 5.1.1', refused('address')],
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found', refused('address')],
  ['550 No such user here', refused('address')],
  ['550 5.4.1 [x@y]: Recipient address rejected: Access denied', refused('address')],
  ['550 5.7.1 User unknown in our policy', refused('policy')],
  ['552 5.2.2 Mailbox full', refused('mailbox-full')],
  ['552 5.3.4 Message size exceeds fixed limit', refused('content')],
  ['554 5.7.1 Service unavailable; Client host blocked using a list', refused('policy')],
  ['554 Transaction failed', refused('refused')],
  ['421 4.7.28 Gmail has detected an unusual rate of unsolicited mail', throttled(10, true)],
  ['421 4.7.0 Try again later, closing connection. gsmtp', throttled(10, true)],
  ['451 4.7.650 The mail server has been temporarily rate limited due to IP reputation', throttled(30)],
  ['451 4.7.500 Server busy. Please try again later from [192.0.2.1].', throttled(15)],
  ['421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume', throttled(120)],
  ['421 4.7.1 [TS03] All messages from 192.0.2.1 will be deferred', throttled(30, true)],
  ['421 4.7.1 [HCM1] try again later', throttled(15)],
  ['421 HL:ICC 该IP同时并发连接数过大,超过了网易的限制', throttled(10, true)],
  ['451 DT:SPM 163 smtp,please try again', throttled(15)],
  ['554 HL:ITC 163 smtp', throttled(60)],
  ['554 DT:SPM 163 smtp', refused('content')],
  ['554 HL:IPB 该IP不在网易允许的发送地址列表里', refused('policy')],
  ['550 Mail content denied. http://service.mail.qq.com/', refused('content')],
  ['550 Mailbox not found. http://service.mail.qq.com/', refused('address')],
  ['550 Mailbox unavailable or access denied', refused('refused')],
  ['550 mailbox limit exceeded', refused('mailbox-full')],
  ['421 4.7.0 Too many connections from your host', throttled(10, true)],
  ['450 4.7.1 resources unavailable due to policy', throttled(10)],
  ['450 4.7.1 Client host rejected: cannot find your hostname', temporary],
  ['450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents', temporary],
  ['550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents', temporary],
  ['450 4.2.1 greylisted, try again later', temporary],
  ['421 4.3.2 Service shutting down', temporary],
  ['354 go on', temporary],
])('%s', (line, verdict) => {
  expect(judgeReply(reply(line), 'rcpt')).toMatchObject(verdict);
});

test('a 5xx to MAIL is about our sender, not about the reader; a 4xx is waited for', () => {
  expect(judgeReply(reply('553 5.7.1 not your sender'), 'mail')).toMatchObject({ kind: 'sender-refused' });
  expect(judgeReply(reply('451 4.3.0 later'), 'mail')).toMatchObject(temporary);
  expect(judgeReply(reply('451 4.7.0 Too many connections'), 'mail')).toMatchObject({ kind: 'relay-busy' });
});

test.each(['Ip', 'Sender', 'Connection', 'Domain'])(
  "QQ's 550 frequency limited is a throttle: %s",
  (what) => {
    const said = `550 ${what} frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022`;
    expect(judgeReply(reply(said), 'rcpt')).toMatchObject(throttled(60));
    expect(judgeReply(reply(said), 'dot')).toMatchObject(throttled(60));
  },
);

test('every rule means what it says of the reply that is quoted over it', () => {
  for (const rule of replyRules) {
    const verdict = judgeReply(reply(rule.reply.replace(/^(\d\d\d)-/, '$1 ')), 'rcpt');
    const means = verdict.kind === 'refused' ? verdict.reason : verdict.kind;
    // A full mailbox may be full for now, or for good.
    const wanted = rule.means === 'mailbox-full' && rule.reply.startsWith('4') ? 'temporary' : rule.means;
    expect(`${means}: ${rule.reply}`).toBe(`${wanted}: ${rule.reply}`);
  }
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
