import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { applyReport } from '../../src/feedback/apply-report.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import {
  about,
  block,
  complaint,
  contextOf,
  feedbackOf,
  hard,
  mailAgain,
  mailReader,
  newSource,
  reportOf,
  soft,
  suppressionsOf,
  vacation,
} from './fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;
let newsletter: number;

beforeAll(async () => {
  newsletter = await insertNewsletter(db());
});

const apply = (report: Parameters<typeof applyReport>[1], source = newSource()) =>
  applyReport(contextOf(db()), report, source);

describe('a bad address', () => {
  test('is suppressed everywhere at once, and what waits for it is skipped', async () => {
    const reader = await mailReader(db(), newsletter);
    const next = await mailAgain(db(), newsletter, reader, 'planned');
    const [applied] = await apply(about(reader, hard));
    expect(applied).toMatchObject({ action: 'suppressed', class: 'hard', recipient: reader.email });
    expect(applied!.delivery).toMatch(new RegExp(`/${reader.delivery}$`));
    expect(await suppressionsOf(db(), reader)).toEqual([
      { reason: 'bounce', source: expect.stringMatching(/^imap report \d+$/), newsletter_id: null },
    ]);
    expect(await feedbackOf(db(), reader)).toMatchObject({ state: 'accepted', feedback: 'bounced' });
    expect(await feedbackOf(db(), next)).toMatchObject({ state: 'skipped', reason: 'bounce' });
  });

  test('is waited for again when the report is repeated: whoever stored it may have died before', async () => {
    const reader = await mailReader(db(), newsletter);
    const source = newSource();
    await apply(about(reader, hard), source);
    const inFlight = await mailAgain(db(), newsletter, reader, 'handing');
    const deferIt = async () => {
      await sql`UPDATE deliveries SET state = 'deferred', due_at = now()
        WHERE issue_id = ${inFlight.issue} AND id = ${inFlight.delivery}`.execute(db());
    };
    const clock = { ...contextOf(db()).clock, sleep: deferIt };
    const [applied] = await applyReport({ ...contextOf(db()), clock }, about(reader, hard), source);
    expect(applied).toMatchObject({ action: 'duplicate' });
    expect(await feedbackOf(db(), inFlight)).toMatchObject({ state: 'skipped', reason: 'bounce' });
  });

  test('leaves a consent record that names the report', async () => {
    const reader = await mailReader(db(), newsletter);
    await apply(about(reader, hard));
    const { rows } = await sql`SELECT step, source, delivery_id FROM consent_records
      WHERE subscriber_id = ${reader.subscriber}`.execute(db());
    expect(rows).toEqual([
      { step: 'bounced', source: expect.stringMatching(/^imap report \d+$/), delivery_id: reader.delivery },
    ]);
  });

  test('to which the reader only forwards mail suppresses nobody', async () => {
    const reader = await mailReader(db(), newsletter);
    const report = reportOf(
      { ...hard, recipient: 'other@elsewhere.example' },
      { deliveryTokens: [reader.token] },
    );
    expect(await apply(report)).toMatchObject([{ action: 'counted' }]);
    expect(await suppressionsOf(db(), reader)).toEqual([]);
  });
});

describe('a complaint', () => {
  test('suppresses everywhere and ends every subscription', async () => {
    const reader = await mailReader(db(), newsletter);
    expect(await apply(about(reader, complaint))).toMatchObject([{ action: 'suppressed' }]);
    expect(await suppressionsOf(db(), reader)).toMatchObject([{ reason: 'complaint' }]);
    const { rows } = await sql`SELECT state, left_by FROM subscriptions
      WHERE subscriber_id = ${reader.subscriber}`.execute(db());
    expect(rows).toEqual([{ state: 'unsubscribed', left_by: 'complaint' }]);
  });

  test('whose recipient was blacked out is found by the signed id', async () => {
    const reader = await mailReader(db(), newsletter);
    const report = reportOf({ ...complaint, recipient: null }, { deliveryTokens: [reader.token] });
    expect(await apply(report)).toMatchObject([{ action: 'suppressed' }]);
  });
});

test('a block never suppresses; it is noted on the delivery', async () => {
  const reader = await mailReader(db(), newsletter);
  expect(await apply(about(reader, block))).toMatchObject([{ action: 'counted' }]);
  expect(await suppressionsOf(db(), reader)).toEqual([]);
  expect(await feedbackOf(db(), reader)).toMatchObject({ state: 'accepted', feedback: 'blocked' });
});

test('a vacation reply changes nothing', async () => {
  const reader = await mailReader(db(), newsletter);
  expect(await apply(about(reader, vacation))).toMatchObject([{ action: 'none' }]);
  expect(await feedbackOf(db(), reader)).toMatchObject({ state: 'accepted', feedback: null });
});

test('whatever comes back settles an unknown: the relay had it', async () => {
  for (const what of [hard, soft, block, complaint, vacation]) {
    const reader = await mailReader(db(), newsletter, 'unknown');
    await apply(about(reader, what));
    expect(await feedbackOf(db(), reader)).toMatchObject({ state: 'accepted', reason: 'feedback' });
  }
});

describe('the same report again', () => {
  test('changes nothing, also at the same time', async () => {
    const reader = await mailReader(db(), newsletter);
    const source = newSource();
    const runs = await Promise.all([1, 2, 3].map(() => apply(about(reader, hard), source)));
    expect(
      runs
        .flat()
        .map(({ action }) => action)
        .sort(),
    ).toEqual(['duplicate', 'duplicate', 'suppressed']);
    expect(await suppressionsOf(db(), reader)).toHaveLength(1);
  });

  test('in any order: a bounce after a complaint lowers nothing', async () => {
    const reader = await mailReader(db(), newsletter);
    for (const what of [complaint, hard, block, soft]) await apply(about(reader, what));
    expect(await feedbackOf(db(), reader)).toMatchObject({ feedback: 'complained' });
  });
});

describe('a report without a signed clue', () => {
  test('by Message-ID or address is shown, and suppresses nobody', async () => {
    const reader = await mailReader(db(), newsletter);
    for (const what of [hard, complaint]) {
      const forged = reportOf({ ...what, recipient: reader.email });
      expect(await apply(forged)).toMatchObject([{ action: 'unproven' }]);
    }
    expect(await suppressionsOf(db(), reader)).toEqual([]);
    expect(await feedbackOf(db(), reader)).toMatchObject({ feedback: null });
  });

  test('settles no unknown', async () => {
    const reader = await mailReader(db(), newsletter, 'unknown');
    await apply(reportOf({ ...hard, recipient: reader.email }));
    expect(await feedbackOf(db(), reader)).toMatchObject({ state: 'unknown' });
  });

  test('about a stranger finds nothing', async () => {
    expect(await apply(reportOf({ ...hard, recipient: 'nobody@nowhere.example' }))).toMatchObject([
      { action: 'unmatched', delivery: null },
    ]);
  });

  test('suppresses when it is the word of a provider that proved who it is', async () => {
    const reader = await mailReader(db(), newsletter);
    const report = reportOf({ ...hard, recipient: reader.email });
    expect(await apply(report, newSource('ses', true))).toMatchObject([{ action: 'suppressed' }]);
  });
});

test('the relay’s own id finds the delivery whose reply gave it', async () => {
  const reader = await mailReader(db(), newsletter);
  await mailAgain(db(), newsletter, reader);
  await sql`UPDATE deliveries SET reply = '250 Ok 0100018c-7f2a-000000'
    WHERE issue_id = ${reader.issue} AND id = ${reader.delivery}`.execute(db());
  const report = reportOf({ ...hard, recipient: reader.email }, { relayIds: ['0100018c-7f2a-000000'] });
  const [applied] = await apply(report, newSource('ses', true));
  expect(applied!.delivery).toMatch(new RegExp(`/${reader.delivery}$`));
});

test('the return path finds the delivery, whatever a server did to its case', async () => {
  const reader = await mailReader(db(), newsletter);
  const report = reportOf(hard, { returnPaths: [reader.returnPath.toUpperCase()] });
  expect(await apply(report)).toMatchObject([{ action: 'suppressed' }]);
});

test('a token of another database names nobody here', async () => {
  const reader = await mailReader(db(), newsletter);
  await sql`UPDATE subscribers SET link_key = link_key + 1 WHERE id = ${reader.subscriber}`.execute(db());
  const report = reportOf(hard, { deliveryTokens: [reader.token], returnPaths: [reader.returnPath] });
  expect(await apply(report)).toMatchObject([{ action: 'unmatched' }]);
});

test('a full mailbox is suppressed after three issues over two weeks', async () => {
  let reader = await mailReader(db(), newsletter);
  const actions: string[] = [];
  for (const days of [20, 12, 0]) {
    await sql`UPDATE deliveries SET moved_at = now() - ${days} * interval '1 day'
      WHERE issue_id = ${reader.issue} AND id = ${reader.delivery}`.execute(db());
    for (const { action } of await apply(about(reader, soft))) actions.push(action);
    if (days > 0) reader = await mailAgain(db(), newsletter, reader);
  }
  expect(actions).toEqual(['counted', 'counted', 'suppressed']);
});

test('a row of the database corrects the classifier', async () => {
  const reader = await mailReader(db(), newsletter);
  await db()
    .insertInto('feedback_rules')
    .values({ words: 'parked at the moon', class: 'block', note: '550 parked at the moon' })
    .execute();
  const report = about(reader, { ...hard, diagnostic: '550 Parked at the Moon' });
  expect(await apply(report)).toMatchObject([{ action: 'counted', class: 'block' }]);
});

test('no address is stored with a report', async () => {
  const reader = await mailReader(db(), newsletter);
  await apply(
    about(reader, { ...hard, diagnostic: `550 <${reader.email}>: unknown, see https://x.example/u/1` }),
  );
  const { rows } = await sql<{ all: string }>`SELECT string_agg(r::text, ' ') AS all FROM feedback_reports r
    WHERE subscriber_id = ${reader.subscriber}`.execute(db());
  expect(rows[0]!.all).toContain('unknown');
  expect(rows[0]!.all.toLowerCase()).not.toContain(reader.email.toLowerCase());
});

test('strangers cannot fill the table: of reports without a proof a thousand an hour are kept', async () => {
  await sql`INSERT INTO feedback_reports (digest, part, source, class, reason, proven, action)
    SELECT sha256(n::text::bytea), 0, 'smtp', 'hard', 'user-unknown', false, 'unmatched'
    FROM generate_series(1, 1000) n`.execute(db());
  const count = async () =>
    (await sql<{ n: number }>`SELECT count(*)::int AS n FROM feedback_reports`.execute(db())).rows[0]!.n;
  const before = await count();
  expect(await apply(reportOf({ ...hard, recipient: 'nobody@nowhere.example' }))).toMatchObject([
    { action: 'unmatched' },
  ]);
  expect(await count()).toBe(before);
  const reader = await mailReader(db(), newsletter);
  expect(await apply(about(reader, hard))).toMatchObject([{ action: 'suppressed' }]);
});
