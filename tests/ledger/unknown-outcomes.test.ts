import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { audience, recount, tally, waiting } from '../../src/ledger/counts.ts';
import { people } from '../../src/ledger/per-person.ts';
import { planServiceMail, SERVICE } from '../../src/ledger/service-mail.ts';
import {
  markOrphansUnknown,
  resendUnknownsByPolicy,
  settleUnknown,
} from '../../src/ledger/unknown-outcomes.ts';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import { finishIssue } from '../../src/sends/finish.ts';
import { cancelIssue } from '../../src/sends/resume-cancel.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { mark, plannedIssue, rowsOf, settle, store } from './fixtures.ts';

const database = useTestDatabase();
let worker: number;
beforeAll(async () => {
  worker = await registerWorker(db(), 'w', 60_000);
});
const db = () => database.db;

const unknown = { state: 'unknown', reason: 'no-reply', reply: null } as const;

/** All of the issue's deliveries in doubt. */
async function unknownIssue(readers: number) {
  const planned = await plannedIssue(db(), readers);
  const rows = await rowsOf(db(), planned.issue);
  for (const row of rows) {
    await mark(db(), planned.issue, worker, row.id);
    await store(db(), planned.issue, worker, settle(row.id, 1, unknown));
  }
  return { ...planned, rows };
}

const policy = (newsletter: number, word: string) =>
  sql`UPDATE newsletters SET on_unknown = ${word} WHERE id = ${newsletter}`.execute(db());

test('the editor settles one by its identity, and the others stay in doubt', async () => {
  const { issue, rows } = await unknownIssue(3);
  expect(await settleUnknown(db(), issue, 'accept', 'editor', [rows[0]!.key, 'nobody@example.org'])).toBe(1);
  expect(await settleUnknown(db(), issue, 'resend', 'editor', [rows[1]!.key])).toBe(1);
  expect((await rowsOf(db(), issue)).map(({ state, reason, due }) => [state, reason, due])).toEqual([
    ['accepted', 'editor', false],
    ['planned', 'editor', true],
    ['unknown', 'no-reply', false],
  ]);
});

test('hold: an unknown stays, and does not hold the send open', async () => {
  const { issue } = await unknownIssue(1);
  await resendUnknownsByPolicy(db(), [1_000]);
  expect(await finishIssue(db(), issue)).toBe(true);
  expect(await tally(db(), issue)).toMatchObject({ unknown: 1 });
});

test('resend: an unknown goes out again by the schedule of retries, and the send is not over before', async () => {
  const { issue, newsletter } = await unknownIssue(1);
  await policy(newsletter, 'resend');
  expect(await finishIssue(db(), issue)).toBe(false);
  expect(await resendUnknownsByPolicy(db(), [60_000, 120_000])).toContain(issue);
  const { rows } = await sql<{ state: string; ms: number }>`
    SELECT state, extract(epoch FROM due_at - clock_timestamp())::float8 * 1000 AS ms FROM deliveries WHERE issue_id = ${issue}`.execute(
    db(),
  );
  expect(rows[0]).toEqual({ state: 'planned', ms: expect.closeTo(60_000, -4) });
});

test('a service mail in doubt is resent whatever the newsletter says', async () => {
  const { newsletter, people: readers } = await plannedIssue(db(), 1);
  const mail = await db()
    .transaction()
    .execute((trx) =>
      planServiceMail(trx, {
        kind: 'notice',
        notice: 'data-link',
        key: 'n1',
        newsletterId: newsletter,
        subscriberId: readers[0]!,
        subscriptionId: null,
        email: 'r@example.org',
      }),
    );
  await mark(db(), SERVICE, worker, mail!.id);
  await store(db(), SERVICE, worker, settle(mail!.id, 1, unknown));
  expect(await resendUnknownsByPolicy(db(), [1_000])).toContain(SERVICE);
  expect((await rowsOf(db(), SERVICE)).find((row) => row.id === mail!.id)).toMatchObject({
    state: 'planned',
    due: true,
  });
});

test('a mark that nobody remembers becomes a doubt, but not while a window of its issue is open', async () => {
  const { issue } = await plannedIssue(db(), 1);
  const [row] = await rowsOf(db(), issue);
  await mark(db(), issue, worker, row!.id);
  await sql`INSERT INTO batches (issue_id, lane, worker_id, ids) VALUES (${issue}, 'other', ${worker}, '{}')`.execute(
    db(),
  );
  expect(await markOrphansUnknown(db(), 0)).toBe(0);
  await sql`DELETE FROM batches WHERE issue_id = ${issue}`.execute(db());
  expect(await markOrphansUnknown(db(), 60_000)).toBe(0);
  expect(await markOrphansUnknown(db(), 0)).toBe(1);
  expect((await rowsOf(db(), issue))[0]).toMatchObject({ state: 'unknown', reason: 'worker-died' });
});

test('the numbers add up over every state, and a recount agrees', async () => {
  const { issue } = await plannedIssue(db(), 7);
  const ids = (await rowsOf(db(), issue)).map((row) => row.id);
  const ends = [{}, { state: 'refused' }, unknown, { state: 'deferred', dueInMs: 1 }] as const;
  for (const [n, end] of ends.entries()) {
    await mark(db(), issue, worker, ids[n]!);
    await store(db(), issue, worker, settle(ids[n]!, 1, end));
  }
  await mark(db(), issue, worker, ids[4]!);
  const counts = await tally(db(), issue);
  expect(counts).toEqual({
    planned: 2,
    handing: 1,
    deferred: 1,
    accepted: 1,
    refused: 1,
    skipped: 0,
    unknown: 1,
  });
  expect(await recount(db(), issue)).toEqual(counts);
  expect([audience(counts), waiting(counts)]).toEqual([7, 4]);
  await cancelIssue(db(), issue);
  expect(await tally(db(), issue)).toMatchObject({ planned: 0, deferred: 0, handing: 1, skipped: 3 });
});

test('the ledger streams one line a person, page by page, whole or of one outcome', async () => {
  const { issue } = await plannedIssue(db(), 4_100);
  await sql`UPDATE deliveries SET state = 'skipped', reason = 'cancelled' WHERE issue_id = ${issue} AND id % 2 = 0`.execute(
    db(),
  );
  const count = async (outcome: 'skipped' | 'waiting' | null) => {
    const seen = new Set<string>();
    for await (const line of people(db(), issue, outcome)) {
      expect(outcome ?? line.outcome).toBe(line.outcome);
      seen.add(line.email);
    }
    return seen.size;
  };
  expect(await count(null)).toBe(4_100);
  expect(await count('skipped')).toBe(2_050);
  expect(await count('waiting')).toBe(2_050);
});
