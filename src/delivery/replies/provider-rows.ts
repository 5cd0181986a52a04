/**
 * Replies of the large mailbox providers, passed on by the relay: their rate limits, what they think of us and of the
 * message, and their words for an address that does not exist.
 */
import type { ReplyRow } from './row.ts';

const google: readonly ReplyRow[] = [
  {
    reply:
      '421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address. To protect our users from spam, mail sent from your IP address has been temporarily rate limited.',
    source: 'Google, Gmail SMTP errors and codes',
    pattern: /^4\d\d 4\.7\.28 /,
    about: 'provider',
    means: 'throttled',
    from: 'one',
  },
  {
    reply:
      '421-4.7.26 Your email has been rate limited because it is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.',
    source: 'Google, Gmail SMTP errors and codes',
    pattern: /^4\d\d [45]\.7\.(2[35679]|3[0-2]|40) .*rate limited/,
    about: 'provider',
    means: 'throttled',
    from: 'one',
  },
  {
    reply:
      "421 5.7.32 Your email has been temporarily deferred because the From: header in this message isn't aligned with either the authenticated SPF or DKIM organizational domain.",
    source: 'Google, Gmail SMTP errors and codes',
    pattern: /^4\d\d [45]\.7\.(2[35679]|3[0-2]|40) /,
    about: 'sender',
    means: 'temporary',
  },
  {
    reply: '421-4.7.0 Try again later, closing connection.',
    source: 'Google, Gmail SMTP errors and codes',
    pattern: /^421 4\.7\.0 .*try again later, closing connection/,
    about: 'provider',
    means: 'throttled',
    from: 'one',
  },
  {
    reply:
      '550 5.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address. To protect our users from spam, mail sent from your IP address has been blocked.',
    source: 'Google, Gmail SMTP errors and codes',
    pattern: /^5\d\d 5\.7\.28 /,
    about: 'provider',
    means: 'throttled',
    hold: 60,
    from: 'one',
  },
];

const yahoo: readonly ReplyRow[] = [
  {
    reply:
      '421 4.7.0 [TSS05] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed. See https://postmaster.yahooinc.com/error-codes',
    source: 'Yahoo, Sender Hub error codes',
    pattern: /^4\d\d .*\[(TSS?05)\]/,
    about: 'provider',
    means: 'throttled',
    hold: 240,
  },
  {
    reply:
      '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
    source: 'Yahoo, Sender Hub error codes',
    pattern: /^4\d\d .*\[(IP)?TSS?04\]/,
    about: 'provider',
    means: 'throttled',
    hold: 120,
  },
  {
    reply:
      '421 4.7.1 [TS03] All messages from 192.0.2.1 will be deferred; see https://postmaster.yahooinc.com/error-codes',
    source: 'Yahoo, Sender Hub error codes',
    pattern: /^4\d\d .*\[TSS?\d\d\]/,
    about: 'provider',
    means: 'throttled',
    hold: 30,
    from: 'one',
  },
];

const microsoft: readonly ReplyRow[] = [
  {
    reply:
      '451 4.7.650 The mail server [192.0.2.25] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S3113)',
    source: 'Sisimai, set of emails, rhost-microsoft-05',
    pattern: /^4\d\d .*temporarily rate limited/,
    about: 'provider',
    means: 'throttled',
    hold: 30,
  },
  {
    reply: '451 4.7.652 The mail server [192.0.2.25] has exceeded the maximum number of connections.',
    source: 'Microsoft, Outlook.com postmaster',
    pattern: /^4\d\d .*mail server \S+ has exceeded the maximum number of connections/,
    about: 'provider',
    means: 'throttled',
    from: 'one',
  },
  {
    reply: '451 4.7.500 Server busy. Please try again later from [192.0.2.25]. (AS77712)',
    source: 'KumoMTA, assets/community/shaping.toml',
    pattern: /^4\d\d .*server busy/,
    about: 'provider',
    means: 'throttled',
    hold: 15,
  },
  {
    reply:
      "421 RP-001 Unfortunately, some messages from 192.0.2.25 weren't sent. Please try again. We have limits for how many messages can be sent per hour and per day.",
    source: 'Microsoft, Outlook.com postmaster',
    pattern: /^421 .*\bRP-00\d\b/,
    about: 'provider',
    means: 'throttled',
    hold: 30,
  },
  {
    reply:
      '550 5.4.1 [x@y]: Recipient address rejected: Access denied [AM0EUR02FT019.eop-EUR02.prod.protection.outlook.com]',
    source: 'Sisimai, set of emails, rhost-microsoft-02',
    pattern: /^550 5\.4\.1 .*recipient address rejected: access denied/,
    about: 'address',
    means: 'address',
  },
];

const apple: readonly ReplyRow[] = [
  {
    reply: '421 4.7.1 [HCM1] Too many messages from your host, try again later',
    source: 'KumoMTA, assets/community/shaping.toml',
    pattern: /^4\d\d .*\[(HCM|BS)\d+\]/,
    about: 'provider',
    means: 'throttled',
    hold: 15,
  },
];

/** QQ answers a rate limit with 550, and uses the same code for bad addresses and for policy. */
const tencent: readonly ReplyRow[] = [
  {
    reply:
      '550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725',
    source: 'KumoMTA, assets/community/shaping.toml',
    pattern: /^[45]\d\d .*\b(sender|ip|connection|domain)?\s*frequency (is )?limited/,
    about: 'provider',
    means: 'throttled',
    hold: 60,
  },
  {
    reply: '550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726',
    source: 'Tencent, QQ Mail help 20022',
    pattern: /^55\d .*mail content denied/,
    about: 'message',
    means: 'content',
  },
  {
    reply: '550 DMARC check failed. http://service.mail.qq.com/cgi-bin/help?subtype=1&&no=1001508&&id=16.',
    source: 'Sisimai, set of emails, rhost-tencent-03',
    pattern: /^55\d .*\b(spf|dkim|dmarc) check failed/,
    about: 'sender',
    means: 'policy',
  },
  {
    reply: '550 Suspected spam ip. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022',
    source: 'Tencent, QQ Mail help 20022',
    pattern: /^55\d .*(suspected (spam|bounce)|ip in blacklist|domain in blacklist)/,
    about: 'sender',
    means: 'policy',
  },
  {
    reply: '550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728',
    source: 'Tencent, QQ Mail help 20022',
    pattern: /^55\d .*\bmailbox not found\b/,
    about: 'address',
    means: 'address',
  },
  {
    reply: '550 Mailbox unavailable or access denied',
    source: 'Tencent, QQ Mail help 20022',
    pattern: /^55\d .*mailbox unavailable or access denied/,
    about: 'address',
    means: 'refused',
  },
];

/** Two letters, a colon, three letters: the group of the rule, and the rule. */
const netease: readonly ReplyRow[] = [
  {
    reply: '421 HL:ICC 该IP同时并发连接数过大,超过了网易的限制,被临时禁止连接。',
    source: 'NetEase, 163 Mail bounce codes',
    pattern: /^4\d\d .*\b(HL:ICC|MI:DMC|RP:DRC)\b|^4\d\d .*并发连接数/u,
    about: 'provider',
    means: 'throttled',
    from: 'one',
  },
  {
    reply: '421 HL:IFC 该IP短期内发送了大量信件,超过了网易的限制,被临时禁止连接。',
    source: 'NetEase, 163 Mail bounce codes',
    pattern: /^4\d\d .*\b(HL:(IFC|REP|MEP)|(RP|MI):(CEL|CCL|RCL|TRC|SFQ|QMC))\b/,
    about: 'provider',
    means: 'throttled',
    hold: 60,
  },
  {
    reply: '451 DT:SPM 163 smtp,please try again',
    source: 'KumoMTA, assets/community/shaping.toml',
    pattern: /^4\d\d .*\bDT:SPM\b/,
    about: 'provider',
    means: 'throttled',
    hold: 15,
  },
  {
    reply: '554 HL:ITC 该IP短期内发送了大量信件，超过了网易的限制，被临时禁止连接。',
    source: 'NetEase, 163 Mail bounce codes',
    pattern: /^5\d\d .*\b(HL:ITC|RP:(ORQ|TRC)|MI:SFQ)\b/,
    about: 'provider',
    means: 'throttled',
    hold: 60,
  },
  {
    reply: '554 DT:SPM 163 smtp',
    source: 'NetEase, 163 Mail bounce codes',
    pattern: /^5\d\d .*\b(DT:(SPM|SUM)|MI:SPB)\b/,
    about: 'message',
    means: 'content',
  },
  {
    reply: '554 HL:IPB 该IP不在网易允许的发送地址列表里',
    source: 'NetEase, 163 Mail bounce codes',
    pattern: /^5\d\d .*\b(HL|DT|MI|WM|RP):[A-Z]{3}\b/,
    about: 'sender',
    means: 'policy',
  },
];

export const providerRows: readonly ReplyRow[] = [
  ...google,
  ...yahoo,
  ...microsoft,
  ...apple,
  ...tencent,
  ...netease,
];
