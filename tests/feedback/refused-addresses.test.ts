import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { applyRefusals, firstRefusals } from '../../src/feedback/refused-addresses.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { contextOf, feedbackOf, type Mailed, mailReader, suppressionsOf } from './fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;
let newsletter: number;

beforeAll(async () => {
  newsletter = await insertNewsletter(db());
});

async function refused(reason: string, reply: string): Promise<Mailed> {
  const reader = await mailReader(db(), newsletter, 'refused');
  await sql`UPDATE deliveries SET reason = ${reason}, reply = ${reply}
    WHERE issue_id = ${reader.issue} AND id = ${reader.delivery}`.execute(db());
  await sql`INSERT INTO attempts (issue_id, delivery_id, fence, outcome, stage, reply)
    VALUES (${reader.issue}, ${reader.delivery}, 1, 'refused', 'rcpt', ${reply})`.execute(db());
  return reader;
}

const never = new AbortController().signal;

test('an address that the relay refused at once is suppressed, and stays counted as refused', async () => {
  const reader = await refused('address', '550 5.1.1 no such user');
  const other = await refused('policy', '550 5.7.1 not from you');
  const full = await refused('mailbox-full', '552 5.2.2 mailbox full');
  const cursor = firstRefusals();
  expect(await applyRefusals(contextOf(db()), cursor, 60_000, never)).toBe(2);
  expect(await suppressionsOf(db(), reader)).toMatchObject([
    { reason: 'bounce', source: expect.stringMatching(/^smtp-reply report \d+$/) },
  ]);
  expect(await feedbackOf(db(), reader)).toMatchObject({ state: 'refused', feedback: null });
  for (const kept of [other, full]) expect(await suppressionsOf(db(), kept)).toEqual([]);
  expect(await applyRefusals(contextOf(db()), cursor, 60_000, never)).toBe(0);
  expect(await applyRefusals(contextOf(db()), firstRefusals(), 60_000, never)).toBe(0);
});

test('a rehearsal suppresses nobody', async () => {
  const reader = await refused('address', '550 5.1.1 no such user');
  await sql`UPDATE sends SET rehearsal = true WHERE issue_id = ${reader.issue}`.execute(db());
  expect(await applyRefusals(contextOf(db()), firstRefusals(), 60_000, never)).toBe(0);
});
