/** Mails that come back, as text. */
import type { Mailed } from '../fixtures.ts';

export const mail = (headers: Readonly<Record<string, string>>, lines: readonly string[]): string =>
  [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ...lines, ''].join('\r\n');

/** A bounce as Postfix writes it. */
export function bounceMail(
  reader: Pick<Mailed, 'email' | 'token' | 'returnPath'>,
  reply = '550 5.1.1 User unknown',
): string {
  const status = /\d\.\d\.\d/.exec(reply)![0];
  return mail(
    {
      From: 'MAILER-DAEMON@mx.example (Mail Delivery System)',
      To: reader.returnPath,
      Subject: 'Undelivered Mail Returned to Sender',
      'Auto-Submitted': 'auto-replied',
      'MIME-Version': '1.0',
      'Content-Type': 'multipart/report; report-type=delivery-status; boundary="b"',
      'Message-Id': `<${reader.token}.${status}@mx.example>`,
    },
    [
      '--b',
      'Content-Type: text/plain',
      '',
      `<${reader.email}>: host mx.example said: ${reply}`,
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      `Final-Recipient: rfc822; ${reader.email}`,
      'Action: failed',
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${reply}`,
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `To: ${reader.email}`,
      `X-Postrider-Id: ${reader.token}`,
      'Subject: Issue',
      '--b--',
    ],
  );
}
