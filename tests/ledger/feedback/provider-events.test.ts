import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createKey } from '../../../src/feedback/events/keys.ts';
import { claimEvents, deleteOldEvents, markApplied } from '../../../src/ledger/feedback/provider-events.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const database = useTestDatabase();
const event = (id: string, content: string | null = null) => ({ id, content });
const newKey = async () => (await createKey(database.db, 'postmark', null)).id;

test('an event is open until it was applied', async () => {
  const key = await newKey();
  expect([...(await claimEvents(database.db, key, [event('a'), event('b')])).open].sort()).toEqual([
    'a',
    'b',
  ]);
  await markApplied(database.db, key, ['a']);
  expect(
    [...(await claimEvents(database.db, key, [event('a'), event('b'), event('c')])).open].sort(),
  ).toEqual(['b', 'c']);
});

test('the ids of one key say nothing about those of another', async () => {
  const [first, second] = [await newKey(), await newKey()];
  await claimEvents(database.db, first, [event('a')]);
  await markApplied(database.db, first, ['a']);
  expect((await claimEvents(database.db, second, [event('a')])).open.size).toBe(1);
});

test('other content under the same id is a forgery', async () => {
  const key = await newKey();
  await claimEvents(database.db, key, [event('a', 'one')]);
  expect((await claimEvents(database.db, key, [event('a', 'one')])).forged.size).toBe(0);
  expect([...(await claimEvents(database.db, key, [event('a', 'two')])).forged]).toEqual(['a']);
});

test('ids are deleted after two weeks', async () => {
  const key = await newKey();
  await claimEvents(database.db, key, [event('old'), event('new')]);
  await sql`UPDATE provider_events SET received_at = now() - interval '15 days' WHERE event_id = 'old'`.execute(
    database.db,
  );
  expect(await deleteOldEvents(database.db)).toBe(1);
  expect(await deleteOldEvents(database.db)).toBe(0);
});
