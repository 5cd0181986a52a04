import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { applyReport } from '../../src/feedback/apply-report.ts';
import { listReports } from '../../src/feedback/list-reports.ts';
import { isSuspect } from '../../src/feedback/provider-guard.ts';
import { discardQuarantined, suppressQuarantined } from '../../src/feedback/quarantine.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import {
  about,
  complaint,
  contextOf,
  feedbackOf,
  hard,
  mailReader,
  newSource,
  suppressionsOf,
} from './fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;
let newsletter: number;

beforeAll(async () => {
  newsletter = await insertNewsletter(db());
});

/** A provider that has just called sixty addresses unknown. */
beforeEach(async () => {
  await sql`DELETE FROM feedback_reports`.execute(db());
  await sql`INSERT INTO feedback_reports (digest, part, source, class, reason, proven, lane, action)
    SELECT sha256(n::text::bytea), 0, 'imap', 'hard', 'user-unknown', true, 'other', 'suppressed'
    FROM generate_series(1, 60) n`.execute(db());
});

const apply = (report: Parameters<typeof applyReport>[1]) =>
  applyReport(contextOf(db()), report, newSource());
const filter = { issueId: null, class: null, action: 'quarantined', limit: 10 };

test('a provider that suddenly calls everybody unknown suppresses nobody until somebody decides', async () => {
  const reader = await mailReader(db(), newsletter);
  expect(await apply(about(reader, hard))).toMatchObject([{ action: 'quarantined' }]);
  expect(await suppressionsOf(db(), reader)).toEqual([]);
  expect(await feedbackOf(db(), reader)).toMatchObject({ feedback: 'bounced' });
  expect(await listReports(db(), filter)).toMatchObject([
    { class: 'hard', delivery: expect.stringMatching(new RegExp(`/${reader.delivery}$`)) },
  ]);
});

test('an operator suppresses them when the provider was right', async () => {
  const reader = await mailReader(db(), newsletter);
  await apply(about(reader, hard));
  expect(await suppressQuarantined(contextOf(db()), 'google')).toBe(0);
  expect(await suppressQuarantined(contextOf(db()), 'other')).toBe(1);
  expect(await suppressionsOf(db(), reader)).toMatchObject([{ reason: 'bounce' }]);
  expect(await listReports(db(), filter)).toEqual([]);
});

test('and discards them when it was wrong', async () => {
  const reader = await mailReader(db(), newsletter);
  await apply(about(reader, hard));
  expect(await discardQuarantined(db(), null)).toBe(1);
  expect(await suppressQuarantined(contextOf(db()), null)).toBe(0);
  expect(await suppressionsOf(db(), reader)).toEqual([]);
});

test('a complaint is no matter of the provider', async () => {
  const reader = await mailReader(db(), newsletter);
  expect(await apply(about(reader, complaint))).toMatchObject([{ action: 'suppressed' }]);
});

test.each([
  ['a few', { hard: 49, sent: 60, usualHard: 0, usualSent: 0 }, false],
  ['a first list with one in fifty dead', { hard: 200, sent: 10_000, usualHard: 0, usualSent: 0 }, false],
  ['a first list with one in eight dead', { hard: 1_250, sent: 10_000, usualHard: 0, usualSent: 0 }, true],
  ['six times the usual share', { hard: 600, sent: 10_000, usualHard: 1_000, usualSent: 100_000 }, true],
  ['four times the usual share', { hard: 400, sent: 10_000, usualHard: 1_000, usualSent: 100_000 }, false],
])('%s', (_, counts, suspect) => {
  expect(isSuspect(counts)).toBe(suspect);
});
