import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readReport } from '../../../src/feedback/reports/read-report.ts';
import { hostileMails } from './hostile-mails.ts';
import { inventedMails } from './invented-mails.ts';

const BUDGET_MS = 50;
const mails = inventedMails.map(({ source }) => Buffer.from(source));

/** The machine may be busy with something else, so the quickest of some tries counts. */
function quickest(bytes: Uint8Array): number {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 8 && best > BUDGET_MS / 2; tries += 1) {
    const start = performance.now();
    readReport(bytes);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

test.each(hostileMails)('reads $name within its time', ({ bytes }) => {
  expect(quickest(bytes)).toBeLessThan(BUDGET_MS);
});

test('takes any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => readReport(bytes).recipients.length > 0),
    { numRuns: 300 },
  );
});

test('takes reports that are cut off, torn, mixed or full of wrong bytes', () => {
  const mail = fc.constantFrom(...mails);
  const place = fc.nat(4_000);
  const broken = fc.oneof(
    fc.tuple(mail, place).map(([one, at]) => one.subarray(0, at)),
    fc.tuple(mail, place).map(([one, at]) => Buffer.concat([one.subarray(at), one.subarray(0, at)])),
    fc.tuple(mail, mail, place).map(([one, other, at]) => Buffer.concat([one.subarray(0, at), other])),
    fc.tuple(mail, fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 200 })).map(([one, changes]) => {
      const bytes = Buffer.from(one);
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      return bytes;
    }),
  );
  fc.assert(
    fc.property(broken, (bytes) => {
      const { recipients } = readReport(bytes);
      return (
        recipients.length > 0 && recipients.every(({ diagnostic }) => (diagnostic?.length ?? 0) <= 1_000)
      );
    }),
    { numRuns: 1_500 },
  );
});
