/** Mails as servers and people write them, invented after their manner: dialects that no corpus here holds. */
import type { FeedbackClass } from '../../../src/feedback/report.ts';

export interface InventedMail {
  name: string;
  source: string;
  /** One for each recipient. */
  expected: readonly { recipient: string | null; class: FeedbackClass; original?: string; reason?: string }[];
}

export const ann = 'ann@example.net';
const bounce = 'bounce+abc@news.example.org';

interface Draft {
  from?: string;
  subject?: string;
  headers?: readonly string[];
  body: readonly string[];
}

export const mail = ({
  from = 'MAILER-DAEMON@mx.example.com',
  subject = '',
  headers = [],
  body,
}: Draft): string =>
  [
    `From: ${from}`,
    `To: ${bounce}`,
    `Subject: ${subject}`,
    'Date: Tue, 1 Dec 2026 10:00:00 +0000',
    ...headers,
    '',
    ...body,
  ].join('\n');

export const original = [
  'Received: from news.example.org by mx.example.com; Tue, 1 Dec 2026 09:59:00 +0000',
  'From: Weekly <news@example.org>',
  `To: ${ann}`,
  'Subject: Weekly 12',
  'Message-ID: <12.ann@news.example.org>',
  'X-Postrider-Id: kid.token.mac',
  '',
  'Mailboxes full of user unknown spam, as every newsletter about mail says.',
];

export const report = (
  status: readonly string[],
  { text = [''], type = 'message/delivery-status', returned = original } = {},
): string =>
  mail({
    subject: 'Delivery Status Notification (Failure)',
    headers: [
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status;',
      '\tboundary="=_b"',
    ],
    body: [
      '--=_b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      ...text,
      '',
      '--=_b',
      `Content-Type: ${type}`,
      '',
      ...status,
      '',
      '--=_b',
      'Content-Type: message/rfc822',
      '',
      ...returned,
      '--=_b--',
    ],
  });

const one = (feedbackClass: FeedbackClass, recipient: string | null = ann) => [
  { recipient, class: feedbackClass },
];

const standard: InventedMail[] = [
  {
    name: 'Exim 4.9x with a report: status 5.0.0, the truth in the diagnostic',
    source: report(
      [
        'Reporting-MTA: dns; mx.example.com',
        '',
        'Action: failed',
        `Final-Recipient: rfc822;${ann}`,
        'Status: 5.0.0',
        'Remote-MTA: dns; mx.example.net',
        'Diagnostic-Code: smtp; 552 5.2.2 <ann@example.net> quota exceeded',
      ],
      {
        text: [
          'The following address(es) failed:',
          '',
          `  ${ann}`,
          '    host mx.example.net [192.0.2.1]',
          '    SMTP error from remote mail server after RCPT TO:<ann@example.net>:',
          '    552 5.2.2 <ann@example.net> quota exceeded',
        ],
      },
    ),
    expected: one('soft'),
  },
  {
    name: 'a domain that is gone, as Postfix reports it',
    source: report([
      'Reporting-MTA: dns; mx.example.com',
      '',
      `Final-Recipient: rfc822; ${ann}`,
      `Original-Recipient: rfc822;${ann}`,
      'Action: failed',
      'Status: 5.4.4',
      'Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error',
      '    for name=example.net type=AAAA: Host not found',
    ]),
    expected: one('hard'),
  },
  {
    name: 'a final report that carries 4.x.x',
    source: report([
      'Reporting-MTA: dns; mx.example.com',
      '',
      `Final-Recipient: rfc822; ${ann}`,
      'Action: failed',
      'Status: 4.4.1',
      'Diagnostic-Code: X-Postfix; connect to example.net[192.0.2.1]:25: Connection',
      '    timed out',
    ]),
    expected: one('soft'),
  },
  {
    name: 'a delay is no bounce, whatever it quotes',
    source: report([
      `Final-Recipient: rfc822; ${ann}`,
      'Action: delayed',
      'Status: 4.4.1',
      'Diagnostic-Code: smtp; 450 4.1.1 user unknown',
      'Will-Retry-Until: Sun, 6 Dec 2026 10:00:00 +0000',
    ]),
    expected: [{ recipient: ann, class: 'other', reason: 'delayed' }],
  },
  {
    name: 'a report of success',
    source: report([`Final-Recipient: rfc822; ${ann}`, 'Action: relayed', 'Status: 2.0.0']),
    expected: one('other'),
  },
  {
    name: 'RFC 6533 with an address in UTF-8',
    source: report(
      [
        'Reporting-MTA: dns; mx.example.com',
        '',
        'Final-Recipient: utf-8; änn@exämple.net',
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
      ],
      { type: 'message/global-delivery-status' },
    ),
    expected: one('hard', 'änn@exämple.net'),
  },
  {
    name: 'RFC 6533 with the address encoded in ASCII',
    source: report(['Final-Recipient: utf-8; \\x{E4}nn@example.net', 'Action: failed', 'Status: 5.2.2']),
    expected: one('soft', 'änn@example.net'),
  },
  {
    name: 'an alias names whom we wrote to',
    source: report([
      'Final-Recipient: rfc822; inbox@host.example.net',
      `Original-Recipient: rfc822;${ann}`,
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: x-unix; user unknown',
    ]),
    expected: [{ recipient: 'inbox@host.example.net', class: 'hard', original: ann }],
  },
  {
    name: 'xtext in Original-Recipient',
    source: report([
      'Final-Recipient: rfc822; inbox@host.example.net',
      'Original-Recipient: rfc822;ann+40example.net',
      'Action: failed',
      'Status: 5.1.1',
    ]),
    expected: [{ recipient: 'inbox@host.example.net', class: 'hard', original: ann }],
  },
  {
    name: 'fields of a recipient torn by an empty line',
    source: report([
      'Reporting-MTA: dns; mx.example.com',
      '',
      `Final-Recipient: rfc822; ${ann}`,
      '',
      'Action: failed',
      'Status: 5.7.1',
      'Diagnostic-Code: smtp; 550 5.7.1 Spam message rejected',
    ]),
    expected: one('block'),
  },
  {
    name: 'the report in base64',
    source: report(
      [
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from(
          `Reporting-MTA: dns; a\r\n\r\nFinal-Recipient: rfc822; ${ann}\r\nAction: failed\r\nStatus: 5.1.1\r\n`,
        ).toString('base64'),
      ],
      { type: 'message/delivery-status\nX-Part: 2' },
    ).replace('X-Part: 2\n\n', 'X-Part: 2\n'),
    expected: one('hard'),
  },
  {
    name: 'several recipients, each for its own cause',
    source: report([
      `Final-Recipient: rfc822; ${ann}`,
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 user unknown',
      '',
      'Final-Recipient: rfc822; bob@example.net',
      'Action: failed',
      'Status: 5.2.2',
      'Diagnostic-Code: smtp; 552 5.2.2 mailbox full',
      '',
      'Final-Recipient: rfc822; eve@example.net',
      'Action: delayed',
      'Status: 4.0.0',
    ]),
    expected: [
      { recipient: ann, class: 'hard' },
      { recipient: 'bob@example.net', class: 'soft' },
      { recipient: 'eve@example.net', class: 'other' },
    ],
  },
  {
    name: 'Exchange Online with a German text',
    source: report(
      [
        'Reporting-MTA: dns;AM0PR01.eurprd01.prod.exchangelabs.com',
        '',
        `Final-Recipient: rfc822;${ann}`,
        'Action: failed',
        'Status: 5.1.10',
        'Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ann@example.net not found by SMTP address lookup',
      ],
      {
        text: [
          'Ihre Nachricht an ann@example.net konnte nicht zugestellt werden.',
          'Ann wurde bei example.net nicht gefunden.',
        ],
      },
    ),
    expected: one('hard'),
  },
  {
    name: 'Exchange Online: a rule of the organization',
    source: report([
      `Final-Recipient: rfc822;${ann}`,
      'Action: failed',
      'Status: 5.7.1',
      'Diagnostic-Code: smtp;550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy',
    ]),
    expected: one('block'),
  },
  {
    name: 'Microsoft says expired and quotes why',
    source: report([
      `Final-Recipient: rfc822;${ann}`,
      'Action: failed',
      'Status: 5.4.300',
      'Diagnostic-Code: smtp;550 5.4.300 Message expired -> 421 4.4.1 Connection timed out',
    ]),
    expected: one('soft'),
  },
  {
    name: 'Google, with its reply in several lines',
    source: report([
      `Final-Recipient: rfc822; ${ann}`,
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.1, the server for the domain gmail.com.)',
      'Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try',
      " 550-5.1.1 double-checking the recipient's email address for typos or",
      ' 550-5.1.1 unnecessary spaces. Learn more at',
      ' 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser a1si1 - gsmtp',
    ]),
    expected: one('hard'),
  },
  {
    name: 'Amazon SES on a list of suppressed addresses',
    source: report([
      `Final-Recipient: rfc822; ${ann}`,
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.',
    ]),
    expected: one('hard'),
  },
  {
    name: 'a report without From, To or Subject',
    source: report([`Final-Recipient: rfc822; ${ann}`, 'Action: failed', 'Status: 5.1.1']).replace(
      /^From: .*\nTo: .*\nSubject: .*\n/,
      '',
    ),
    expected: one('hard'),
  },
  {
    name: 'a report whose text is HTML only',
    source: report(
      [
        'Reporting-MTA: dns; mx.example.com',
        '',
        `Final-Recipient: rfc822; ${ann}`,
        'Action: failed',
        'Status: 5.0.0',
      ],
      {
        text: [
          '<html><body><p>Delivery to <b>&lt;ann@example.net&gt;</b> failed:<br>550 No such user</p></body></html>',
        ],
      },
    ).replace('text/plain', 'text/html'),
    expected: one('hard'),
  },
  {
    name: 'the returned mail says "user unknown", the report does not',
    source: report([`Final-Recipient: rfc822; ${ann}`, 'Action: failed', 'Status: 5.0.0']),
    expected: one('soft'),
  },
];

const words: InventedMail[] = [
  {
    name: 'qmail',
    source: mail({
      subject: 'failure notice',
      body: [
        'Hi. This is the qmail-send program at mx.example.com.',
        "I'm afraid I wasn't able to deliver your message to the following addresses.",
        "This is a permanent error; I've given up. Sorry it didn't work out.",
        '',
        `<${ann}>:`,
        'Sorry, no mailbox here by that name. (#5.1.1)',
        '',
        '--- Below this line is a copy of the message.',
        '',
        ...original,
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'qmail, behind a server that answers 4xx for days',
    source: mail({
      subject: 'failure notice',
      body: [
        'Hi. This is the qmail-send program at mx.example.com.',
        '',
        `<${ann}>:`,
        '192.0.2.1 does not like recipient.',
        'Remote host said: 450 4.2.2 mailbox is over quota',
        'Giving up on 192.0.2.1.',
        "I'm not going to try again; this message has been in the queue too long.",
        '',
        '--- Below this line is a copy of the message.',
        '',
        ...original,
      ],
    }),
    expected: one('soft'),
  },
  {
    name: 'Apache James',
    source: mail({
      subject: '[BOUNCE]',
      body: [
        'Hi. This is the James mail server at mx.example.com.',
        "I'm afraid I wasn't able to deliver your message to the following addresses.",
        "This is a permanent error; I've given up. Sorry it didn't work out. Below",
        'I include the list of recipients and the reason why I was unable to deliver',
        'your message.',
        '',
        `Failed recipient(s):`,
        ann,
        '',
        'Error message:',
        '550 5.1.1 <ann@example.net>: Recipient address rejected: User unknown',
        '',
        'Original message:',
        '',
        ...original,
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'Novell GroupWise',
    source: mail({
      from: 'System Administrator <postmaster@example.net>',
      subject: 'Message status - undeliverable',
      body: [
        'The message that you sent was undeliverable to the following:',
        '',
        `\t${ann} (user not found)`,
        '',
        'Possibly truncated original message follows:',
        '',
        ...original,
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'MDaemon',
    source: mail({
      from: 'MDaemon@example.net',
      subject: 'Permanent Delivery Failure',
      body: [
        'The attached message had PERMANENT fatal delivery errors!',
        '',
        'After one or more unsuccessful delivery attempts the attached message has',
        'been removed from the mail queue on this server.',
        '',
        `Failed address: ${ann}`,
        '',
        '--- Session Transcript ---',
        ' Tue 2026-12-01 10:00:00: [1] --> RCPT To:<ann@example.net>',
        ' Tue 2026-12-01 10:00:00: [1] <-- 550 5.1.1 Recipient unknown',
        '--- End Transcript ---',
        '',
        ': Message contains [1] file attachments',
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'hMailServer',
    source: mail({
      from: 'mailer-daemon@example.com',
      subject: 'Message undeliverable: Weekly 12',
      body: [
        'Your message did not reach some or all of the intended recipients.',
        '',
        '   Sent: Tue, 01 Dec 2026 10:00:00',
        '   Subject: Weekly 12',
        '',
        'The following recipient(s) could not be reached:',
        '',
        ann,
        '   Error Type: SMTP',
        '   Remote server (192.0.2.1) issued an error.',
        '   hMailServer sent: RCPT TO:<ann@example.net>',
        '   Remote server replied: 552 Mailbox full',
        '',
        'hMailServer',
      ],
    }),
    expected: one('soft'),
  },
  {
    name: 'MailEnable',
    source: mail({
      from: 'postmaster@example.com',
      subject: 'Message Delivery Failure',
      body: [
        'Message could not be delivered to some recipients.',
        'The following recipient(s) could not be reached:',
        '',
        `\tRecipient: [SMTP:${ann}]`,
        '\tReason: Remote SMTP Server Returned: 550 Unknown user',
        '',
        'Message headers follow:',
        '',
        ...original,
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'SmarterMail',
    source: mail({
      from: 'System Administrator <sysadmin@example.com>',
      subject: 'Delivery Failure',
      body: [
        'Could not deliver message to the following recipient(s):',
        '',
        `Failed Recipient: ${ann}`,
        'Reason: Remote host said: 554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org',
        '',
        '   -- The header and top 20 lines of the message follows --',
        '',
        ...original,
      ],
    }),
    expected: one('block'),
  },
  {
    name: 'Kerio Connect',
    source: mail({
      from: 'postmaster@example.com',
      subject: 'Delivery failed',
      body: [
        'Your message could not be delivered to following recipients:',
        '',
        `<${ann}>`,
        '',
        'Reason:',
        '550 5.1.1 User unknown',
        '',
        'The message has been returned.',
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'Mercury',
    source: mail({
      from: 'Electronic Postmaster <postmaster@example.com>',
      subject: 'Postmaster Notify: Delivery Failure.',
      body: [
        'With reference to your message with the subject:',
        '   "Weekly 12"',
        '',
        'The local mail transport system has reported the following problems',
        'it encountered while trying to deliver your message:',
        '',
        '-----------------------------------------------------------------',
        `*** ${ann}`,
        '5.1.1 User unknown.',
        '-----------------------------------------------------------------',
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'Exchange 2003 in words',
    source: mail({
      from: 'System Administrator <postmaster@example.net>',
      subject: 'Undeliverable: Weekly 12',
      body: [
        'Your message',
        '',
        '  To:      ann@example.net',
        '  Subject: Weekly 12',
        '  Sent:    Tue, 1 Dec 2026 10:00:00 +0000',
        '',
        'did not reach the following recipient(s):',
        '',
        `${ann} on Tue, 1 Dec 2026 10:00:01 +0000`,
        '    The e-mail account does not exist at the organization this message was',
        '    sent to.  Check the e-mail address, or contact the recipient directly.',
        '      <mx.example.net #5.1.1>',
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'Domino: the router gives up',
    source: mail({
      from: 'Postmaster@example.com',
      subject: 'DELIVERY FAILURE: Error transferring to example.net; Maximum hop count exceeded',
      body: [
        'Your message',
        '',
        '  Subject: Weekly 12',
        '',
        'was not delivered to:',
        '',
        `  ${ann}`,
        '',
        'because:',
        '',
        '  Error transferring to EXAMPLE.NET; Maximum hop count exceeded.  Message probably in a routing loop.',
      ],
    }),
    expected: one('soft'),
  },
  {
    name: 'old Sendmail without MIME',
    source: mail({
      from: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>',
      subject: 'Returned mail: User unknown',
      body: [
        'The original message was received at Tue, 1 Dec 2026 10:00:00 GMT',
        'from news.example.org [192.0.2.9]',
        '',
        '   ----- The following addresses had permanent fatal errors -----',
        `<${ann}>`,
        '',
        '   ----- Transcript of session follows -----',
        '... while talking to mx.example.net.:',
        '>>> RCPT To:<ann@example.net>',
        '<<< 550 5.1.1 <ann@example.net>... User unknown',
        '550 <ann@example.net>... User unknown',
        '',
        '   ----- Original message follows -----',
        '',
        ...original,
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'Sendmail warns that it still tries',
    source: mail({
      from: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>',
      subject: 'Warning: could not send message for past 4 hours',
      body: [
        '    **********************************************',
        '    **      THIS IS A WARNING MESSAGE ONLY      **',
        '    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **',
        '    **********************************************',
        '',
        '   ----- Transcript of session follows -----',
        `<${ann}>... Deferred: Connection timed out with mx.example.net.`,
        'Warning: message still undelivered after 4 hours',
        'Will keep trying until message is 5 days old',
      ],
    }),
    expected: [{ recipient: ann, class: 'other', reason: 'delayed' }],
  },
  {
    name: 'Exim warns that it still tries',
    source: mail({
      from: 'Mail Delivery System <Mailer-Daemon@mx.example.com>',
      subject: 'Warning: message 1abc-0001-AB delayed 24 hours',
      headers: ['Auto-Submitted: auto-replied'],
      body: [
        'This message was created automatically by mail delivery software.',
        'A message that you sent has not yet been delivered to one or more of its',
        'recipients after more than 24 hours on the queue on mx.example.com.',
        '',
        'The address to which the message has not yet been delivered is:',
        '',
        `  ${ann}`,
        '    host mx.example.net [192.0.2.1]',
        '    SMTP error from remote mail server after RCPT TO: 452 4.2.2 mailbox full',
        '',
        'No action is required on your part. Delivery attempts will continue for',
        'some time, and this warning may be repeated at intervals if the message',
        'remains undelivered.',
      ],
    }),
    expected: [{ recipient: ann, class: 'other', reason: 'delayed' }],
  },
  {
    name: 'Sun Java Messaging Server',
    source: mail({
      from: 'Internet Mail Delivery <postmaster@example.com>',
      subject: 'Delivery Notification: Delivery has failed',
      body: [
        'This report relates to a message you sent with the following header fields:',
        '',
        '  Message-id: <12.ann@news.example.org>',
        '  Date: Tue, 01 Dec 2026 10:00:00 +0000',
        '  From: Weekly <news@example.org>',
        '  To: ann@example.net',
        '  Subject: Weekly 12',
        '',
        'Your message cannot be delivered to the following recipients:',
        '',
        `  Recipient address: ${ann}`,
        '  Reason: Remote SMTP server has rejected address',
        '  Diagnostic code: smtp;550 5.1.1 unknown or illegal alias: ann@example.net',
        '  Remote system: dns;mx.example.net (TCP|192.0.2.1|25)',
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'QQ Mail in Chinese and HTML',
    source: mail({
      from: 'PostMaster@qq.com',
      subject: '=?utf-8?B?57O757uf6YCA5L+h?=',
      headers: [
        'MIME-Version: 1.0',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: base64',
      ],
      body: [
        Buffer.from(
          '<div>抱歉，您的邮件被退回来了……</div><p>原邮件信息：</p><p>无法发送到 ann@example.net</p><p>退信原因：收件人邮件地址（ann@example.net）不存在，邮件无法送达。</p><p>host mx.example.net said: 550 Mailbox not found</p>',
        ).toString('base64'),
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'NetEase in Chinese and GB18030: the mailbox is full',
    source: mail({
      from: 'Postmaster@163.com',
      subject: '=?gb2312?B?z7XNs83L0MU=?=',
      headers: [
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=gb18030',
        'Content-Transfer-Encoding: base64',
      ],
      body: [
        'safHuKOsxPq1xNPKvP6xu83Lu9jAtMHLo6zS1M/Cyse4w9PKvP61xM/gudjQxc+io7oKCsrVvP7Iy6O6IGFubkBleGFtcGxlLm5ldArNy9DF1K3S8qO6ILbUt73Tys/k0tHC+qOszt63qL3TytXTyrz+oaM=',
      ],
    }),
    expected: one('soft'),
  },
  {
    name: 'docomo, in words',
    source: mail({
      from: 'Mail Administrator <mail-error@docomo.ne.jp>',
      subject: 'Mail System Error - Returned Mail',
      body: [
        'This Message was undeliverable due to the following reason:',
        '',
        'The user(s) account is not known here.',
        '',
        `<ann@docomo.ne.jp>`,
        '',
        'Please reply to Postmaster@docomo.ne.jp if you feel this message to be in error.',
      ],
    }),
    expected: one('hard', 'ann@docomo.ne.jp'),
  },
  {
    name: 'T-Online, in German',
    source: mail({
      from: 'Mail Delivery System <MAILER-DAEMON@t-online.de>',
      subject: 'Unzustellbar: Weekly 12',
      body: [
        'Ihre Nachricht konnte nicht zugestellt werden:',
        '',
        `  ${ann}`,
        '    Das Postfach des Empfängers ist voll.',
        '',
        '--- Ursprüngliche Nachricht ---',
        ...original,
      ],
    }),
    expected: one('soft'),
  },
  {
    name: 'a French provider',
    source: mail({
      from: 'MAILER-DAEMON@example.fr',
      subject: 'Message non remis',
      body: [
        "Votre message n'a pas pu être remis à son destinataire :",
        '',
        `<${ann}> : adresse inconnue`,
        '',
        "Message d'origine :",
        ...original,
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'a Spanish provider',
    source: mail({
      from: 'postmaster@example.es',
      subject: 'No se pudo entregar el mensaje',
      body: [
        'No se pudo entregar su mensaje a los siguientes destinatarios:',
        '',
        ann,
        'El usuario no existe en este servidor.',
        '',
        ...original,
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'a gateway that rejects for its content',
    source: mail({
      from: 'MailMarshal <postmaster@example.net>',
      subject: 'Message rejected',
      body: [
        'Your message to the following recipient was rejected:',
        '',
        `   ${ann}`,
        '',
        'because it was classified as spam (score 12.1).',
      ],
    }),
    expected: one('block'),
  },
  {
    name: 'Amazon SES by SNS, as mail',
    source: mail({
      from: 'AWS Notifications <no-reply@sns.amazonaws.com>',
      subject: 'AWS Notification Message',
      headers: ['Content-Type: text/plain; charset=UTF-8'],
      body: [
        JSON.stringify({
          notificationType: 'Bounce',
          bounce: {
            bounceType: 'Permanent',
            bounceSubType: 'General',
            bouncedRecipients: [
              {
                emailAddress: ann,
                action: 'failed',
                status: '5.1.1',
                diagnosticCode: 'smtp; 550 5.1.1 user unknown',
              },
            ],
          },
          mail: { messageId: 'x', destination: [ann] },
        }),
        '',
        '--',
        'If you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:',
      ],
    }),
    expected: one('hard'),
  },
  {
    name: 'Amazon SES by SNS, a complaint',
    source: mail({
      from: 'AWS Notifications <no-reply@sns.amazonaws.com>',
      subject: 'AWS Notification Message',
      headers: ['Content-Type: text/plain; charset=UTF-8'],
      body: [
        JSON.stringify({
          notificationType: 'Complaint',
          complaint: { complainedRecipients: [{ emailAddress: ann }], complaintFeedbackType: 'abuse' },
          mail: { destination: [ann] },
        }),
      ],
    }),
    expected: one('feedback'),
  },
];

const arf = (fields: readonly string[], returned: readonly string[] = original): string =>
  mail({
    from: 'Feedback Loop <fbl@provider.example>',
    subject: 'FW: Weekly 12',
    headers: [
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=feedback-report; boundary="a"',
    ],
    body: [
      '--a',
      'Content-Type: text/plain',
      '',
      'This is an email abuse report for a message received from IP 192.0.2.9.',
      '',
      '--a',
      'Content-Type: message/feedback-report',
      '',
      ...fields,
      '',
      '--a',
      'Content-Type: message/rfc822',
      '',
      ...returned,
      '--a--',
    ],
  });

const complaints: InventedMail[] = [
  {
    name: 'a complaint that names the reader',
    source: arf(['Feedback-Type: abuse', 'User-Agent: X/1.0', 'Version: 1', `Original-Rcpt-To: <${ann}>`]),
    expected: one('feedback'),
  },
  {
    name: 'a complaint that names nobody: the returned mail does',
    source: arf(['Feedback-Type: abuse', 'User-Agent: X/1.0', 'Version: 1']),
    expected: one('feedback'),
  },
  {
    name: 'a reader who opts out by feedback loop',
    source: arf(['Feedback-Type: opt-out', 'User-Agent: X/1.0', 'Version: 1', `Removal-Recipient: ${ann}`]),
    expected: one('feedback'),
  },
  {
    name: 'Microsoft JMRP: no machine-readable part',
    source: mail({
      from: 'staff@hotmail.com',
      subject: 'complaint about message from 192.0.2.9',
      headers: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="m"'],
      body: [
        '--m',
        'Content-Type: message/rfc822',
        '',
        `X-HmXmrOriginalRecipient: ${ann}`,
        ...original,
        '--m--',
      ],
    }),
    expected: one('feedback'),
  },
];

const replies: InventedMail[] = [
  {
    name: 'a vacation notice of Sieve',
    source: mail({
      from: ann,
      subject: 'Away until January',
      headers: ['Auto-Submitted: auto-replied (vacation)'],
      body: ['I am away. My mailbox is full of mail, user unknown to me may wait.'],
    }),
    expected: one('vacation'),
  },
  {
    name: 'an out-of-office reply of Outlook',
    source: mail({
      from: `Ann <${ann}>`,
      subject: 'Automatic reply: Weekly 12',
      headers: ['X-Auto-Response-Suppress: All'],
      body: ['I will be out of the office until Monday.'],
    }),
    expected: one('vacation'),
  },
  {
    name: 'an out-of-office reply in German',
    source: mail({
      from: ann,
      subject: 'Automatische Antwort: Weekly 12',
      body: ['Ich bin bis Montag nicht im Büro.'],
    }),
    expected: one('vacation'),
  },
  {
    name: 'an automatic reply of QQ Mail',
    source: mail({
      from: ann,
      subject: '=?utf-8?B?6Ieq5Yqo5Zue5aSNOldlZWtseQ==?=',
      body: ['您好，邮件已收到。'],
    }),
    expected: one('vacation'),
  },
  {
    name: 'an automatic reply in Japanese',
    source: mail({
      from: ann,
      subject: '=?utf-8?B?6Ieq5YuV5b+c562UOiBXZWVrbHk=?=',
      body: ['ただいま不在にしております。'],
    }),
    expected: one('vacation'),
  },
  {
    name: 'a vacation notice of the old vacation(1)',
    source: mail({
      from: ann,
      subject: 'away from my mail',
      headers: ['Precedence: bulk', 'X-Autoreply: yes'],
      body: ['I will not be reading my mail for a while.'],
    }),
    expected: one('vacation'),
  },
  {
    name: 'a challenge',
    source: mail({
      from: ann,
      subject: 'Please confirm your message to ann@example.net',
      headers: ['Auto-Submitted: auto-replied'],
      body: ['To deliver your message, please confirm that you are a human by clicking the link.'],
    }),
    expected: [{ recipient: ann, class: 'other', reason: 'challenge' }],
  },
  {
    name: 'a reader who answers',
    source: mail({
      from: ann,
      subject: 'Re: Weekly 12',
      headers: ['In-Reply-To: <12.ann@news.example.org>'],
      body: [
        'Great issue! My mother says her mailbox is full, though.',
        '',
        '> ----- Original message -----',
        '> Hello',
      ],
    }),
    expected: one('other', null),
  },
  {
    name: 'a read receipt',
    source: mail({
      from: ann,
      subject: 'Read: Weekly 12',
      headers: [
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="d"',
      ],
      body: [
        '--d',
        'Content-Type: text/plain',
        '',
        'Your message was read.',
        '--d',
        'Content-Type: message/disposition-notification',
        '',
        `Final-Recipient: rfc822; ${ann}`,
        'Original-Message-ID: <12.ann@news.example.org>',
        'Disposition: manual-action/MDN-sent-manually; displayed',
        '--d--',
      ],
    }),
    expected: one('other'),
  },
  {
    name: 'a DMARC report',
    source: mail({
      from: 'noreply-dmarc-support@google.com',
      subject: 'Report domain: example.org Submitter: google.com Report-ID: 1',
      headers: [
        'MIME-Version: 1.0',
        'Content-Type: application/zip; name="r.zip"',
        'Content-Transfer-Encoding: base64',
      ],
      body: ['UEsDBA=='],
    }),
    expected: one('other', null),
  },
  {
    name: 'spam to the bounce address',
    source: mail({
      from: 'winner@lottery.example',
      subject: 'You have won',
      body: ['Contact claims@lottery.example to receive your prize. Delivery is free.'],
    }),
    expected: one('other', null),
  },
  { name: 'an empty mail', source: '', expected: one('other', null) },
];

export const inventedMails: readonly InventedMail[] = [...standard, ...words, ...complaints, ...replies];
