import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { partitionOf } from '../../src/db/partitions.ts';
import type { WorkerContext } from '../../src/delivery/worker/context.ts';
import { tally } from '../../src/ledger/counts.ts';
import { PLAN_LANE } from '../../src/sends/wake.ts';
import { planIssue } from '../../workers/plan.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { makeIssue, makeReaders } from '../ledger/fixtures.ts';

const database = useTestDatabase();

/** A clock by which a slice is over after one page. */
function slice(issue: number): Promise<void> {
  let now = 0;
  const monotonic = () => {
    now += 1_500;
    return now;
  };
  const context = {
    db: database.db,
    wakeUps: { wake: async () => {} },
    clock: { monotonic },
    mxClassifier: { classify: async () => {} },
    draining: new AbortController().signal,
  } as unknown as WorkerContext;
  return planIssue(context, { v: 1, issue, lane: PLAN_LANE, slot: 0, turn: 'a' });
}

async function issueFor(readers: number): Promise<number> {
  const newsletter = await insertNewsletter(database.db);
  await makeReaders(database.db, newsletter, readers);
  return makeIssue(database.db, newsletter);
}

const planned = async (issue: number) => (await tally(database.db, issue)).planned;

/** How many rows the database's planner takes the partition to have. */
async function known(issue: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT reltuples::int AS n FROM pg_class WHERE oid = ${partitionOf(issue)}::regclass`.execute(
    database.db,
  );
  return rows[0]!.n;
}

test('statistics are gathered when a plan has doubled, not with every slice of it', async () => {
  const issue = await issueFor(990);
  await slice(issue);
  expect([await planned(issue), await known(issue)]).toEqual([500, 500]);
  await slice(issue);
  expect([await planned(issue), await known(issue)]).toEqual([990, 500]);
});

test('only the first page of a plan is small, not that of every slice', async () => {
  const issue = await issueFor(1_100);
  await slice(issue);
  expect(await planned(issue)).toBe(500);
  await slice(issue);
  expect(await planned(issue)).toBe(1_100);
});
