/** What replies mean, case by case; the table itself is held by `reply-table.test.ts`. */
import { expect, test } from 'vitest';
import { classifyReply, type Verdict } from '../../../src/delivery/replies/classify.ts';
import { retryDelay } from '../../../src/delivery/throttle/retry.ts';
import { replyOf } from '../reply-of.ts';

const judge = (line: string, stage: 'mail' | 'rcpt' | 'data' | 'dot' = 'rcpt') =>
  classifyReply(replyOf(line), stage);

/** `relay: relay-busy day`, `address: refused address`. */
function inWords(verdict: Verdict): string {
  const more =
    verdict.kind === 'refused'
      ? ` ${verdict.reason}`
      : verdict.kind === 'relay-busy'
        ? ` ${verdict.span}`
        : verdict.kind === 'throttled'
          ? ` ${verdict.holdMs / 60_000}${verdict.fromOne ? ' from one' : ''}`
          : verdict.kind === 'temporary' && verdict.greylisted
            ? ' greylisted'
            : '';
  return `${verdict.about}: ${verdict.kind}${more}`;
}

const says: Readonly<Record<string, readonly string[]>> = {
  'address: refused address': [
    '550 5.1.1 <x@y>: Recipient address rejected: User unknown',
    '550 5.1.1',
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found',
    '550 No such user here',
    '550 5.4.1 [x@y]: Recipient address rejected: Access denied',
    '550 Mailbox not found. http://service.mail.qq.com/',
    // What real servers say of an unknown local user
    '550 Unrouteable address',
    '550 Invalid recipient: <ann@example.org>',
    '550 5.1.1 <ann@example.org>... User unknown',
    '550 User <ann> unknown',
    '550 5.1.1 Destination address is unknown (user does not exist)',
    '550 <ann@example.org>: Unrouteable address',
    '551 5.1.1 recipient is not exist',
    '550 Local User [ann@example.org] not found.',
    '550 User not found: ann@example.org',
    "554 delivery error: dd This user doesn't have a yahoo.de account (ann@yahoo.de) [-5]",
    '554 Sorry, no mailbox here by that name. (#5.1.1)',
    '550 RC:LD The email account that you tried to reach does no exists.',
    '550 Unknown local part ann in <ann@example.org>',
    '550-5.1.1 The email account that you tried to reach does not exist. Please try\n5.1.1 double-checking the address',
    '550 Empfänger unbekannt',
    '550 收件人不存在',
    '550 Usuario desconocido',
  ],
  'address: refused mailbox-full': [
    '552 5.2.2 Mailbox full',
    '550 mailbox limit exceeded',
    '552 <ann@example.org>: user is over quota',
    '550 Quota Exceeded',
    '552 5.2.2 Over STORAGE quota',
    '550 5.2.2 STOREDRV.Deliver: mailbox full. MapiExceptionShutoffQuotaExceeded',
  ],
  'address: refused refused': [
    '550 Mailbox unavailable or access denied',
    '550 5.2.1 The email account that you tried to reach is disabled.',
    '550 user locked',
    '550 Something nobody has seen before',
    '550 Requested action not taken: mailbox unavailable',
    '554 Transaction failed',
    // An address says nothing of what is meant
    '550 <no-such-user@example.org>: cannot be reached',
    '550 <quota.exceeded@example.org> not today',
    '550 5.0.0 <spamhaus@blocklist.example> not today',
  ],
  'address: refused needs-smtputf8': ['553 5.6.7 the address needs SMTPUTF8', '550 5.6.7 SMTPUTF8 required'],
  'address: temporary': [
    '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents',
    '550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents',
    '550 5.7.1 Too many messages for this recipient. Please retry later',
    '451 4.5.1 The recipient <ann@example.org> has exceeded their message rate limit. Try again later.',
    '452 4.2.2 The recipient is over quota',
    '450 4.1.1 <ann@example.org>: Recipient address rejected: unverified address',
    '451 qq trouble in home directory',
    '451 Temporary local problem - please try later',
    '450 4.3.2 something new',
    '354 go on',
    // The milder of two codes that disagree
    '450 5.1.1 User unknown',
    '550 4.1.1 User unknown',
    '550 4.2.2 Mailbox full',
  ],
  'address: temporary greylisted': [
    '450 4.2.1 greylisted, try again later',
    '450 4.2.0 <ann@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/',
    '451 4.7.1 Try again later',
    '451 4.7.1 Service unavailable - try again later',
    '451 4.7.1 Greylisting in action, please come back in 00:05:00',
    '450 4.7.1 resources unavailable due to policy',
    '421 4.7.0 Try again later',
  ],
  'message: refused content': [
    '552 5.3.4 Message size exceeds fixed limit',
    '554 DT:SPM 163 smtp',
    '550 Mail content denied. http://service.mail.qq.com/',
    '550 5.7.1 Message content rejected, UBE',
  ],
  'provider: throttled 10 from one': [
    '421 4.7.28 Gmail has detected an unusual rate of unsolicited mail',
    '421 4.7.0 Try again later, closing connection. gsmtp',
    '421 HL:ICC 该IP同时并发连接数过大,超过了网易的限制',
  ],
  'provider: throttled 10': ['421 4.7.0 too many messages, slow down', '451 4.7.1 throttled'],
  'provider: throttled 15': [
    '451 4.7.500 Server busy. Please try again later from [192.0.2.1].',
    '421 4.7.1 [HCM1] Too many messages from your host, try again later',
    '451 DT:SPM 163 smtp,please try again',
  ],
  'provider: throttled 30': [
    '451 4.7.650 The mail server has been temporarily rate limited due to IP reputation',
  ],
  'provider: throttled 30 from one': ['421 4.7.1 [TS03] All messages from 192.0.2.1 will be deferred'],
  'provider: throttled 60': ['554 HL:ITC 163 smtp', '550 Ip frequency limited. http://service.mail.qq.com/'],
  'provider: throttled 120': [
    '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume',
  ],
  'relay: relay-busy minute': [
    '450 4.7.1 Error: too many recipients from 127.0.0.1',
    '450 4.7.1 Error: too much mail from 2001:db8::7',
    '421 4.7.0 mx.example.org Error: too many connections from 192.0.2.1',
    '450 4.7.1 Error: too many recipients from unknown[192.0.2.1]',
    '451 4.7.1 Ratelimit "by_ip" exceeded',
    '451 4.7.1 Ratelimit "user" exceeded',
    '451 Ratelimit exceeded for mailbox news@example.org. Try again later.',
    '451 Sender rate 24.6 / 1m',
    '454 Throttling failure: Maximum sending rate exceeded.',
    '421 Too many concurrent SMTP connections',
    '432 4.3.2 Concurrent connections limit exceeded',
    '421 4.4.2 Message submission rate for this client has exceeded the configured limit',
    '450 4.2.1 Peak SMTP relay limit exceeded',
    '450 4.7.1 <ann@example.org>: SASL login name rejected: You are sending too many emails too fast.',
    '421 4.7.0 Too many connections from your host',
    '421 4.7.0 too many messages from your host, slow down',
    '550 5.7.1 Your account is sending too fast',
    '452 4.3.1 Insufficient system storage',
  ],
  'relay: relay-busy hour': [
    '550 Domain example.org has exceeded the max emails per hour (101/100 (101%)) allowed. Message discarded.',
    '550 send spam mail rejected: exceeded hour limit',
    '554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing messages was exceeded.',
    '451 4.7.1 Hourly limit exceeded',
    '552 Message would take you over your relay quota of 500 Current quota used: 487',
    '554 5.7.1 <ann@example.org>: Recipient address rejected: You have exceeded your Outmail quota.',
    '554 5.7.1 <ann@example.org>: Recipient address rejected: Policy Rejection- SENDER_QUOTA_REJECTION.',
    '450 Requested mail action not taken: mailbox unavailable\nMail send limit exceeded.',
    "550 5.7.1 You've reached your sending limit. Don't worry you can send again soon.",
    '550 User has exceeded outgoing email quota',
    '550 5.4.6 Unusual sending activity detected. Please try after sometime.',
    '550 sending quota exceeded',
  ],
  'relay: relay-busy day': [
    '550 5.4.5 Daily user sending quota exceeded. 00-gsmtp',
    '550 5.4.5 Daily user sending limit exceeded.',
    '550 5.4.5 Daily SMTP relay limit exceeded for user.',
    '550 5.7.1 Daily SMTP relay sending limit exceeded for customer.',
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    "554 you've reached your daily limit for message recipients",
    '550 5.7.1 User news@example.org has exceeded its 24-hour sending limit. Messages to 250 recipients out of 250 allowed have been sent.',
    '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message',
    '454 Throttling failure: Daily message quota exceeded.',
    '451 Authentication failed: Maximum credits exceeded',
    '550 5.7.1 <DATA>: Data command rejected: only 10 messages per day',
    '550 Message was rejected, messages quota reached. Please retry later after recharge account',
    '535 5.7.8 Insufficient credits',
  ],
  'sender: refused policy': [
    '550 5.7.1 User unknown in our policy',
    '554 5.7.1 Service unavailable; Client host blocked using a list',
    '554 HL:IPB 该IP不在网易允许的发送地址列表里',
    '550 5.7.515 Access denied, sending domain example.org does not meet the required authentication level',
    '550 Administrative prohibition',
    '501 5.1.8 Sender address rejected',
  ],
  'sender: temporary': [
    '450 4.7.1 Client host rejected: cannot find your hostname',
    "421 5.7.32 Your email has been deferred because the From: header isn't aligned",
  ],
  'sender: sender-refused': [
    '454 4.7.1 <ann@example.org>: Relay access denied',
    '550 5.7.1 Relaying denied',
    '554 5.2.2 mailbox full',
    '530 5.7.1 Authentication required',
    '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
    '550 5.7.1 Unconfigured Sending Domain <example.org>',
    '553 5.7.1 <news@example.org>: Sender address rejected: not owned by user news',
    '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    '554 Message rejected: Email address is not verified. The following identities failed the check',
    '554 Sending paused for this account.',
  ],
};

for (const [meaning, lines] of Object.entries(says))
  test(`${meaning}: ${lines.length} replies`, () => {
    expect(lines.map((line) => `${inWords(judge(line))} <- ${line}`)).toEqual(
      lines.map((line) => `${meaning} <- ${line}`),
    );
  });

test('the same words at the dot are about the same', () => {
  for (const line of says['relay: relay-busy day']!)
    expect(inWords(judge(line, 'dot'))).toBe('relay: relay-busy day');
  expect(judge('550 something nobody has seen before', 'dot')).toMatchObject({ about: 'message' });
});

test('a 5xx to MAIL is about our sender, not about the reader; a 4xx is waited for; a quota rests the relay', () => {
  expect(judge('553 5.7.1 not your sender', 'mail')).toMatchObject({ kind: 'sender-refused', ofOne: null });
  expect(judge('451 4.3.0 later', 'mail')).toMatchObject({ about: 'relay', kind: 'temporary' });
  expect(judge('451 4.7.0 Too many connections', 'mail')).toMatchObject({ kind: 'relay-busy' });
  expect(judge('550 5.4.5 Daily user sending limit exceeded', 'mail')).toMatchObject({ span: 'day' });
  // Not "the connection is over, try another": it is used up on all of them
  const used = classifyReply(replyOf('550 5.4.5 Daily user sending limit exceeded'), 'mail', {
    taken: 9,
    refused: 0,
  });
  expect(used).toMatchObject({ about: 'relay', span: 'day' });
});

test('what may be about one recipient only says what it would mean of that one', () => {
  expect(judge('454 4.7.1 <ann@example.org>: Relay access denied')).toMatchObject({ ofOne: 'policy' });
  expect(judge('554 5.2.2 mailbox full', 'dot')).toMatchObject({ ofOne: 'mailbox-full' });
  expect(judge('530 5.7.1 Authentication required')).toMatchObject({ ofOne: null });
});

test.each([
  [
    '550 5.7.1 User x@y has exceeded its 24-hour sending limit. Relay quota will reset in 21.43 hours.',
    77_148,
  ],
  ['550 5.4.5 Daily user sending limit exceeded, try again in 24 hours', 86_400],
  ['451 4.7.1 Ratelimit exceeded, retry after 120', 120],
  ['451 4.7.1 Greylisting in action, please come back in 00:05:00', 300],
  ['450 4.2.0 Greylisted for 300 seconds', 300],
  ['422 try again in 15 seconds', 15],
  ['451 too many recipients from you, please wait 2 minutes', 120],
  ['450 请在10分钟后重试', 600],
  ['550 Domain x has exceeded the max emails per hour (101/100 (101%)) allowed.', null],
  ['550 5.7.1 User x@y has exceeded its 24-hour sending limit', null],
  ['451 4.7.1 Try again later', null],
  ['451 try again in 99 days', 86_400],
])('when to come back, as it is said: %s', (line, seconds) => {
  const verdict = judge(line);
  expect('saidMs' in verdict && (verdict.saidMs === null ? null : verdict.saidMs / 1_000)).toBe(seconds);
});

test.each(['Ip', 'Sender', 'Connection', 'Domain'])(
  "QQ's 550 frequency limited is a throttle: %s",
  (what) => {
    const said = `550 ${what} frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022`;
    expect(inWords(judge(said))).toBe('provider: throttled 60');
    expect(inWords(judge(said, 'dot'))).toBe('provider: throttled 60');
  },
);

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
