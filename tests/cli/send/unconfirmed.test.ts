import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Program } from '../../../src/bootstrap.ts';
import { unconfirmedFacts, unconfirmedOf } from '../../../src/cli/send/unconfirmed.ts';
import { relaySettings } from '../../helpers/relay-settings.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../../ledger/fixtures.ts';

const database = useTestDatabase();

const programWith = (...profiles: string[]) =>
  ({
    db: database.db,
    relays: profiles.map((name) => ({
      settings: relaySettings(0, { name, profile: { name, guessed: true } }),
    })),
  }) as unknown as Program;

test('counts what a relay took that says 250 to everything, until an event tells more', async () => {
  const { db } = database;
  const { issue } = await plannedIssue(db, 5);
  const [byPostmark, confirmed, bounced, bySes] = (await rowsOf(db, issue)).map(({ id }) => id);
  const set = (id: number, relay: string, reason: string | null, feedback: string | null) =>
    sql`UPDATE deliveries SET state = 'accepted', relay = ${relay}, reason = ${reason}, feedback = ${feedback}
      WHERE issue_id = ${issue} AND id = ${id}`.execute(db);
  await set(byPostmark!, 'postmark', null, null);
  await set(confirmed!, 'postmark', 'feedback', null);
  await set(bounced!, 'postmark', null, 'bounced');
  await set(bySes!, 'ses', null, null);
  const found = await unconfirmedOf(programWith('ses', 'postmark'), issue);
  expect(found).toMatchObject({ count: 1, relays: [{ relay: 'postmark' }] });
  expect(unconfirmedFacts(found)).toEqual([
    ['unconfirmed', expect.stringMatching(/^1 of the accepted; relay postmark: it takes every mail/)],
  ]);
  expect(await unconfirmedOf(programWith('ses'), issue)).toBeNull();
  expect(unconfirmedFacts(null)).toEqual([]);
});
