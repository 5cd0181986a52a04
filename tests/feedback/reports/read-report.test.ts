import { expect, test } from 'vitest';
import { readReport } from '../../../src/feedback/reports/read-report.ts';

const read = (...lines: readonly string[]) => readReport(Buffer.from(lines.join('\n')));

const postfix = (recipient: readonly string[]): string[] => [
  'Return-Path: <>',
  'From: MAILER-DAEMON@mx.example.org (Mail Delivery System)',
  'To: bounce+token@news.example.org',
  'Subject: Undelivered Mail Returned to Sender',
  'MIME-Version: 1.0',
  'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
  '',
  '--B',
  'Content-Type: text/plain',
  '',
  'I am sorry to have to inform you that your message could not be delivered.',
  '',
  '--B',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example.org',
  '',
  ...recipient,
  '',
  '--B',
  'Content-Type: message/rfc822',
  '',
  'Message-ID: <one@news.example.org>',
  'X-Postrider-Id: signed.id',
  'To: ann@example.net',
  'Subject: Weekly',
  '',
  'Hello',
  '--B--',
];

test('a report of RFC 3464 names the recipient, the class, and the delivery', () => {
  const report = read(
    ...postfix([
      'Final-Recipient: rfc822; ann@example.net',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 <ann@example.net>: User unknown',
    ]),
  );
  expect(report.recipients).toEqual([
    {
      recipient: 'ann@example.net',
      original: null,
      class: 'hard',
      reason: 'user-unknown',
      status: '5.1.1',
      diagnostic: '550 5.1.1 <ann@example.net>: User unknown',
    },
  ]);
  expect(report.clues).toEqual({
    deliveryTokens: ['signed.id'],
    returnPaths: ['bounce+token@news.example.org'],
    messageIds: ['one@news.example.org'],
  });
});

test('a mail of a person reports nothing', () => {
  const { recipients } = read(
    'From: Ann <ann@example.net>',
    'Subject: Thanks',
    '',
    'I liked the last issue.',
  );
  expect(recipients).toMatchObject([{ recipient: null, class: 'other', reason: 'no-report' }]);
});
