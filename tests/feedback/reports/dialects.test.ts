import { expect, test } from 'vitest';
import { readReport } from '../../../src/feedback/reports/read-report.ts';
import { inventedMails } from './invented-mails.ts';

const lineEnds = { LF: '\n', CRLF: '\r\n', 'bare CR': '\r' };

test.each(inventedMails)('understands $name', ({ source, expected }) => {
  expect(readReport(Buffer.from(source)).recipients).toMatchObject(
    expected.map(({ recipient, class: feedbackClass, ...more }) => ({
      recipient,
      class: feedbackClass,
      ...more,
    })),
  );
});

test.each(Object.entries(lineEnds))('lines that end in %s make no difference', (_, end) => {
  for (const { source } of inventedMails) {
    const usual = readReport(Buffer.from(source));
    expect(readReport(Buffer.from(source.replaceAll('\n', end)))).toEqual(usual);
  }
});
