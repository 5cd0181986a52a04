/** Why a delivery was refused; `needs-smtputf8`: the address has letters that some relay on the way cannot carry. */
export type RefusalReason = 'address' | 'mailbox-full' | 'policy' | 'content' | 'needs-smtputf8' | 'refused';

/**
 * What relays and mailbox providers say, as data: the real reply quoted, what to look for in it, and what it means.
 * The first rule that matches holds, so the narrow ones stand above the wide ones. To be added to by someone who
 * cannot program: copy a row, quote the reply, and put the words that are always in it between the slashes.
 *
 * A pattern is matched, whatever the case, against `code enhanced-code text`, e.g. `550 5.1.1 User unknown`.
 * `hold` is how long the provider's lane is held, in minutes (10 where nothing is said); `from: 'one'`: afterwards it
 * begins with one connection instead of half.
 *
 * Only `address` suppresses a reader, so it asks for words that cannot mean anything else.
 */
export interface ReplyRule {
  reply: string;
  pattern: RegExp;
  means: 'throttled' | 'temporary' | RefusalReason;
  hold?: number;
  from?: 'one';
}

/** About one mailbox only, though the words sound like a throttle or like a bad address. */
const mailboxes: readonly ReplyRule[] = [
  {
    reply:
      '550-5.2.1 The user you are trying to contact is receiving mail at a rate that 550-5.2.1 prevents additional messages from being delivered.',
    pattern: /user you are trying to contact is receiving mail (at a rate|too quickly)/,
    means: 'temporary',
  },
  {
    reply: '450 4.2.0 <x@y>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/',
    pattern: /^4\d\d .*(gr[ae]y-?list|first time sender)/,
    means: 'temporary',
  },
  {
    reply: '450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]',
    pattern: /^4\d\d .*(cannot find your|hostname|reverse dns|lookup|dns error)/,
    means: 'temporary',
  },
  {
    reply: '454 4.7.1 <x@y>: Relay access denied',
    pattern: /^4\d\d .*(relay(ing)? (access )?denied|not authori[sz]ed|authentication (required|failed))/,
    means: 'temporary',
  },
  {
    reply: '550 5.7.1 <x@y>: Recipient address rejected: User x@y temporary locked. Please try again later!',
    pattern: /^5\d\d .*temporar(y|ily) (locked|suspended|disabled|unavailable)/,
    means: 'refused',
  },
  {
    reply: '550 5.2.1 The email account that you tried to reach is disabled. g0000000000ggg.00',
    pattern:
      /^5\d\d .*(account|mailbox|user)\b.{0,40}\b(is |has been )?(disabled|suspended|inactive|hang ?up)/,
    means: 'refused',
  },
];

const google: readonly ReplyRule[] = [
  {
    reply:
      '421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address. To protect our users from spam, mail sent from your IP address has been temporarily rate limited.',
    pattern: /^4\d\d 4\.7\.28 /,
    means: 'throttled',
    from: 'one',
  },
  {
    reply:
      '421-4.7.26 Your email has been rate limited because it is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.',
    pattern: /^4\d\d 4\.7\.(2[35679]|3[0-2]|40) .*rate limited/,
    means: 'throttled',
    from: 'one',
  },
  {
    reply: '421-4.7.0 Try again later, closing connection.',
    pattern: /^421 4\.7\.0 .*try again later, closing connection/,
    means: 'throttled',
    from: 'one',
  },
];

const yahoo: readonly ReplyRule[] = [
  {
    reply:
      '421 4.7.0 [TSS05] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed. See https://postmaster.yahooinc.com/error-codes',
    pattern: /^4\d\d .*\[(TSS?05)\]/,
    means: 'throttled',
    hold: 240,
  },
  {
    reply:
      '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
    pattern: /^4\d\d .*\[(IP)?TSS?04\]/,
    means: 'throttled',
    hold: 120,
  },
  {
    reply:
      '421 4.7.1 [TS03] All messages from 192.0.2.1 will be deferred; see https://postmaster.yahooinc.com/error-codes',
    pattern: /^4\d\d .*\[TSS?\d\d\]/,
    means: 'throttled',
    hold: 30,
    from: 'one',
  },
];

const microsoft: readonly ReplyRule[] = [
  {
    reply:
      '451 4.7.650 The mail server [192.0.2.25] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S3113)',
    pattern: /^4\d\d .*temporarily rate limited/,
    means: 'throttled',
    hold: 30,
  },
  {
    reply: '451 4.7.652 The mail server [192.0.2.25] has exceeded the maximum number of connections.',
    pattern: /^4\d\d .*exceeded the maximum number of connections/,
    means: 'throttled',
    from: 'one',
  },
  {
    reply: '451 4.7.500 Server busy. Please try again later from [192.0.2.25]. (AS77712)',
    pattern: /^4\d\d .*server busy/,
    means: 'throttled',
    hold: 15,
  },
  {
    reply:
      "421 RP-001 Unfortunately, some messages from 192.0.2.25 weren't sent. Please try again. We have limits for how many messages can be sent per hour and per day.",
    pattern: /^421 .*\bRP-00\d\b/,
    means: 'throttled',
    hold: 30,
  },
  {
    reply:
      '550 5.4.1 [x@y]: Recipient address rejected: Access denied [AM0EUR02FT019.eop-EUR02.prod.protection.outlook.com]',
    pattern: /^550 5\.4\.1 .*recipient address rejected: access denied/,
    means: 'address',
  },
];

const apple: readonly ReplyRule[] = [
  {
    reply: '421 4.7.1 [HCM1] Too many messages from your host, try again later',
    pattern: /^4\d\d .*\[(HCM|BS)\d+\]/,
    means: 'throttled',
    hold: 15,
  },
];

/** QQ answers a rate limit with 550, and its words for a bad address share that code with those for policy. */
const tencent: readonly ReplyRule[] = [
  {
    reply:
      '550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725',
    pattern: /^[45]\d\d .*\b(sender|ip|connection|domain)?\s*frequency (is )?limited/,
    means: 'throttled',
    hold: 60,
  },
  {
    reply: '550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726',
    pattern: /^55\d .*mail content denied/,
    means: 'content',
  },
  {
    reply: '550 DMARC check failed. http://service.mail.qq.com/cgi-bin/help?subtype=1&&no=1001508&&id=16.',
    pattern: /^55\d .*\b(spf|dkim|dmarc) check failed/,
    means: 'policy',
  },
  {
    reply: '550 Suspected spam ip. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022',
    pattern: /^55\d .*(suspected (spam|bounce)|ip in blacklist|domain in blacklist)/,
    means: 'policy',
  },
  {
    reply: '550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728',
    pattern: /^55\d .*\bmailbox not found\b/,
    means: 'address',
  },
  {
    reply: '550 Mailbox unavailable or access denied',
    pattern: /^55\d .*mailbox unavailable or access denied/,
    means: 'refused',
  },
];

/** Two letters, a colon, three letters: whose rule it was and which. */
const netease: readonly ReplyRule[] = [
  {
    reply: '421 HL:ICC 该IP同时并发连接数过大,超过了网易的限制,被临时禁止连接。',
    pattern: /^4\d\d .*\b(HL:ICC|MI:DMC|RP:DRC)\b|^4\d\d .*并发连接数/u,
    means: 'throttled',
    from: 'one',
  },
  {
    reply: '421 HL:IFC 该IP短期内发送了大量信件,超过了网易的限制,被临时禁止连接。',
    pattern: /^4\d\d .*\b(HL:(IFC|REP|MEP)|(RP|MI):(CEL|CCL|RCL|TRC|SFQ|QMC))\b/,
    means: 'throttled',
    hold: 60,
  },
  {
    reply: '451 DT:SPM 163 smtp,please try again',
    pattern: /^4\d\d .*\bDT:SPM\b/,
    means: 'throttled',
    hold: 15,
  },
  {
    reply: '554 HL:ITC 该IP短期内发送了大量信件，超过了网易的限制，被临时禁止连接。',
    pattern: /^5\d\d .*\b(HL:ITC|RP:(ORQ|TRC)|MI:SFQ)\b/,
    means: 'throttled',
    hold: 60,
  },
  { reply: '554 DT:SPM 163 smtp', pattern: /^5\d\d .*\b(DT:(SPM|SUM)|MI:SPB)\b/, means: 'content' },
  {
    reply: '554 HL:IPB 该IP不在网易允许的发送地址列表里',
    pattern: /^5\d\d .*\b(HL|DT|MI|WM|RP):[A-Z]{3}\b/,
    means: 'policy',
  },
];

/** Servers of Chinese firms and universities, as lists of their replies quote them. */
const chinese: readonly ReplyRule[] = [
  { reply: '550 user not exist', pattern: /^55\d .*\buser not exist/, means: 'address' },
  { reply: '550 mailbox limit exceeded', pattern: /^55\d .*mailbox limit exceeded/, means: 'mailbox-full' },
  { reply: '550 user locked', pattern: /^55\d .*\buser (is )?(locked|rejected)/, means: 'refused' },
];

/** What any server may say. */
const anybody: readonly ReplyRule[] = [
  {
    reply: '421 4.7.0 Too many connections from your host',
    pattern: /^4\d\d .*too many (concurrent |simultaneous )?(connections|sessions)/,
    means: 'throttled',
    from: 'one',
  },
  {
    reply: '451 4.7.1 Too many messages, slow down',
    pattern:
      /^4\d\d .*(too many (messages|mails|emails|recipients this|unsolicited)|too (fast|much mail)|slow down|throttl|rate limit|rate-limit|ratelimit|limit exceeded|exceeded.{0,20}(limit|rate|quota for)|unusual rate|temporarily deferred)/,
    means: 'throttled',
  },
  {
    reply: '421 4.7.0 Connection refused, resources temporarily unavailable due to policy',
    pattern: /^4\d\d 4\.7\.\d+ /,
    means: 'throttled',
  },
  { reply: '452 4.2.2 Mailbox full', pattern: /^5\d\d 5\.2\.2( |$)/, means: 'mailbox-full' },
  {
    reply: '552 <x@y>: user is over quota',
    pattern: /^5\d\d .*(mailbox (is )?full|over ?quota|quota exceed|mailbox size limit|insufficient storage)/,
    means: 'mailbox-full',
  },
  {
    reply: '553 5.6.7 the address needs SMTPUTF8 (RFC 6531), which the relay does not offer',
    pattern: /^5\d\d (5\.6\.7( |$)|.*\bsmtputf8\b)/,
    means: 'needs-smtputf8',
  },
  {
    reply: '552 5.3.4 Message size exceeds fixed limit',
    pattern: /^5\d\d (5\.3\.4|5\.6\.\d+)( |$)|^5\d\d .*(message (size|too large|is too (big|long)))/,
    means: 'content',
  },
  {
    reply: '550 Virus Detected; Content Rejected',
    pattern:
      /^5\d\d .*(virus|malware|content reject|message content|considered (as )?spam|looks like spam|spam message|spamsignature)/,
    means: 'content',
  },
  {
    reply: '501 5.1.8 Sender address rejected',
    pattern: /^5\d\d 5\.1\.[78]( |$)|^5\d\d .*\bsender( address)? (was )?(rejected|denied|blocked|invalid)/,
    means: 'policy',
  },
  {
    reply: '550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
    pattern: /^5\d\d 5\.7\.\d+( |$)/,
    means: 'policy',
  },
  {
    reply: '553 http://www.spamhaus.org/query/bl?ip=192.0.2.222',
    pattern:
      /^5\d\d .*(spamhaus|black ?list|block ?list|blocked|\brbl\b|\(BL\)|reputation|protocol violation|polic(y|ies)|not authori[sz]ed|relay(ing)? (access )?denied|\bptr\b|rejected by destination domain)/,
    means: 'policy',
  },
  {
    reply: '550 5.1.1 <x@y>: Recipient address rejected: User unknown in virtual mailbox table',
    pattern: /^5\d\d 5\.1\.([1-46]|10|351)( |$)/,
    means: 'address',
  },
  {
    reply: '550 5.2.1 <x@y>... User Unknown',
    pattern:
      /^55[0134] .*(user unknown|unknown (user|recipient)|no such (user|recipient|mailbox)|user (does )?not (exist|found)|(mailbox|recipient|address|account) (does not|doesn't) exist|(mailbox|recipient) not found|invalid recipient|host unknown)/,
    means: 'address',
  },
];

export const replyRules: readonly ReplyRule[] = [
  ...mailboxes,
  ...google,
  ...yahoo,
  ...microsoft,
  ...apple,
  ...tencent,
  ...netease,
  ...chinese,
  ...anybody,
].map((rule) => ({
  ...rule,
  pattern: new RegExp(rule.pattern.source, `i${rule.pattern.flags.replace('i', '')}`),
}));
