import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RecipientReport } from '../../../src/feedback/report.ts';
import { readReport } from '../../../src/feedback/reports/read-report.ts';
import { bouncesNote, type ExpectedReport, expectedReports } from '../../helpers/bounces.ts';

interface Scored {
  wanted: ExpectedReport;
  found: RecipientReport;
  named: boolean;
}

const rows = expectedReports().map(score);

function score(wanted: ExpectedReport): Scored {
  const { recipients } = readReport(readFileSync(wanted.path));
  const found = recipients.find((one) => isMeant(one, wanted));
  return { wanted, found: found ?? recipients[0]!, named: found !== undefined };
}

function isMeant({ recipient, original }: RecipientReport, wanted: ExpectedReport): boolean {
  if (wanted.recipient === null) return true;
  const right = [wanted.recipient, wanted.original].map((address) => address?.toLowerCase());
  return [recipient, original].some((address) => address !== null && right.includes(address.toLowerCase()));
}

const share = (some: readonly Scored[], of: readonly Scored[]): number =>
  of.length === 0 ? 1 : some.length / of.length;
const isRight = ({ wanted, found }: Scored): boolean => wanted.classes.includes(found.class);

test(`says what real mails mean: ${bouncesNote}`, () => {
  expect(share(rows.filter(isRight), rows)).toBeGreaterThanOrEqual(0.98);
  expect(
    share(
      rows.filter(({ named }) => named),
      rows,
    ),
  ).toBeGreaterThanOrEqual(0.98);
});

test(`calls an address bad only where it is: ${bouncesNote}`, () => {
  const calledHard = rows.filter(({ found }) => found.class === 'hard');
  const falseHard = calledHard.filter((row) => !isRight(row));
  expect(falseHard.map(({ wanted }) => wanted.name)).toEqual([]);
  const hard = rows.filter(({ wanted }) => wanted.classes[0] === 'hard');
  expect(share(hard.filter(isRight), hard)).toBeGreaterThanOrEqual(0.98);
});

test(`reads the same from LF, CRLF and CR: ${bouncesNote}`, () => {
  for (const { wanted } of rows.filter(({ wanted: { name } }) => /^(cr|crlf)\//.test(name))) {
    const base = wanted.path.replace(/\/(cr|crlf)\//, '/lf/');
    expect(readReport(readFileSync(wanted.path)).recipients).toEqual(
      readReport(readFileSync(base)).recipients,
    );
  }
});
