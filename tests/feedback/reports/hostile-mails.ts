/** Mails made to be slow or to break a reader, each as bytes; by name. */

const MB = 1024 * 1024;

const bounce = (contentType: string, body: string): string =>
  `From: MAILER-DAEMON@x\nSubject: failure notice\nContent-Type: ${contentType}\n\n${body}`;
const text = (body: string, type = 'text/plain'): string => bounce(type, `could not be delivered\n${body}`);
const multipart = (boundary: string, body: string): string =>
  bounce(`multipart/mixed; boundary="${boundary}"`, body);
const statusPart = (fields: string): string =>
  bounce('multipart/report; boundary=b', `--b\nContent-Type: message/delivery-status\n\n${fields}`);
const words = 'mailbox user address is not ';

const sources: Readonly<Record<string, string>> = {
  'one long line': 'x'.repeat(2 * MB),
  'empty lines': '\n'.repeat(2 * MB),
  'bare CR only': '\r'.repeat(2 * MB),
  blanks: ' '.repeat(2 * MB),
  'a header field of 2 MB': `Subject: ${'a'.repeat(2 * MB)}`,
  'a field folded 300,000 times': `Subject: a\n${' b\n'.repeat(300_000)}`,
  '100,000 fields': Array.from({ length: 100_000 }, (_, n) => `X-${n}: y`).join('\n'),
  '100,000 parts': multipart('b', '--b\n\nx\n'.repeat(100_000)),
  '30,000 returned mails': multipart(
    'b',
    '--b\nContent-Type: message/rfc822\n\nSubject: x\n\n'.repeat(30_000),
  ),
  '2,000 levels': Array.from(
    { length: 2_000 },
    (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`,
  ).join(''),
  '20,000 levels with one boundary': 'Content-Type: multipart/mixed; boundary=b\n\n--b\n'.repeat(20_000),
  'a boundary of dashes': multipart('-'.repeat(190), `${'-'.repeat(300)}\n`.repeat(4_000)),
  'lines that are nearly a boundary': multipart('bbbbbbbbbb', '--bbbbbbbbb\n'.repeat(90_000)),
  'tags that never close': text('<p '.repeat(MB / 3), 'text/html'),
  'comments that never close': text('<!--'.repeat(MB / 4), 'text/html'),
  'styles that never close': text('<style>'.repeat(MB / 7), 'text/html'),
  'broken entities': text('&#x'.repeat(MB / 3), 'text/html'),
  'broken quoted-printable': `Content-Transfer-Encoding: quoted-printable\n\n${'=   '.repeat(MB / 4)}`,
  'broken encoded words': `Subject: ${'=?utf-8?q?'.repeat(100_000)}\n\n`,
  'many encoded words': `From: MAILER-DAEMON@x\nSubject: ${'=?utf-8?b?w6Q=?= '.repeat(10_000)}\n\nfailure`,
  'escape sequences of ISO-2022-JP': text('\x1b$B'.repeat(300_000)),
  '170,000 addresses': text('a@b.c '.repeat(MB / 6)),
  'signs of addresses': text('@'.repeat(MB)),
  'an address of 1 MB': text(`${'a.'.repeat(MB / 2)}@x`),
  'quoted local parts': text('"a"@'.repeat(MB / 4)),
  '100,000 failed recipients': `From: MAILER-DAEMON@x\nX-Failed-Recipients: ${'a@b.cc,'.repeat(100_000)}\n\nfailed`,
  'a cause for each of 50,000 recipients': text(
    Array.from({ length: 50_000 }, (_, n) => `<u${n}@example.net>: ${words}`).join('\n'),
  ),
  'a report on 2,000 recipients': statusPart(
    Array.from(
      { length: 2_000 },
      (_, n) =>
        `Final-Recipient: rfc822; a${n}@example.net\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 ${words.repeat(30)}\n\n`,
    ).join(''),
  ),
  'a diagnostic of 1 MB': statusPart(
    `Final-Recipient: rfc822; a@b.cc\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; ${'550 user mailbox '.repeat(60_000)}`,
  ),
  '20,000 diagnostics': statusPart(
    `${'Diagnostic-Code: smtp; 550 user mailbox\n'.repeat(20_000)}Action: failed`,
  ),
  'tokens without a value': `\n${'X-Postrider-Id: \n'.repeat(60_000)}`,
  'lines that announce a returned mail, nearly': text(`${'>'.repeat(60)}original x\n`.repeat(12_000)),
  'lines that are nearly a header': text('Subject-x: a\n'.repeat(60_000)),
  references: `References: ${'<a@b> '.repeat(150_000)}\n\n`,
  'received lines that never end': 'Received: x\n  for <'.repeat(50_000),
  'JSON that never closes': text(`{"notificationType":${'['.repeat(60_000)}`),
  'a complaint about 30,000 people': bounce(
    'multipart/report; report-type=feedback-report; boundary=b',
    `--b\nContent-Type: message/feedback-report\n\n${'Original-Rcpt-To: a@b.cc\n'.repeat(30_000)}`,
  ),
};

export const hostileMails: readonly { name: string; bytes: Buffer }[] = Object.entries(sources).map(
  ([name, source]) => ({ name, bytes: Buffer.from(source, 'latin1') }),
);
