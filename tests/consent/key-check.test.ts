/** A start with another secret: what would die is told before anything does. */
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { eraseSubscriber } from '../../src/audience/erase.ts';
import { adoptKeys, checkKeys } from '../../src/consent/key-check.ts';
import { Keys } from '../../src/consent/keys.ts';
import { subscribe } from '../../src/consent/signup/subscribe.ts';
import { suppress } from '../../src/consent/suppress.ts';
import type { SuppressionReason } from '../../src/consent/suppressions.ts';
import { systemClock } from '../../src/io/clock.ts';
import { insertDelivery, insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { subscribeRequest } from './fixtures.ts';

const OLD = 'an old secret that is long enough for a key';
const NEW = 'a new secret that is long enough for a key!';
const old = new Keys([OLD]);
const fresh = new Keys([NEW]);
const both = new Keys([NEW, OLD]);

const database = useTestDatabase();
let weekly: number;

beforeAll(async () => {
  weekly = await insertNewsletter(database.db, { slug: 'weekly' });
});

const emptied = () =>
  sql`TRUNCATE signing_keys, suppressions, deliveries, tallies, issues, subscriptions, subscribers, consent_records, confirmation_requests CASCADE`.execute(
    database.db,
  );

async function mailSent(email: string, rehearsal = false) {
  const subscriber = await insertSubscriber(database.db, email, weekly, 'confirmed');
  const mail = await insertDelivery(database.db, weekly, subscriber, 'accepted');
  await sql`UPDATE sends SET sending_since = now(), rehearsal = ${rehearsal} WHERE issue_id = ${mail.issue}`.execute(
    database.db,
  );
  return mail;
}

test('nothing was sent or hashed: any secret may begin', async () => {
  await emptied();
  await adoptKeys(database.db, old, []);
  await adoptKeys(database.db, fresh, []);
});

test('a start without the secret of sent links says how many mails lose theirs, and how to go on', async () => {
  const { db } = database;
  await emptied();
  await adoptKeys(db, old, []);
  await mailSent('one@example.org');
  await mailSent('two@example.org');
  await mailSent('rehearsed@example.org', true);
  const refused = adoptKeys(db, fresh, []);
  await expect(refused).rejects.toMatchObject({ code: 'secret-missing' });
  await expect(refused).rejects.toThrow(`key ${old.kids[0]}: the links of up to 2 mails stop working`);
  await expect(refused).rejects.toThrow(`POSTRIDER_FORGET_KEYS=${old.kids[0]}`);
  await expect(refused).rejects.toThrow('POSTRIDER_SECRET=new,old');
  await expect(refused).rejects.not.toThrow(OLD);
  await expect(checkKeys(db, fresh, []), 'a single command too').rejects.toThrow('up to 2 mails');
  await adoptKeys(db, both, []);
});

test('mails from before key ids were noted count for the secrets of the first start', async () => {
  const { db } = database;
  await emptied();
  await mailSent('before@example.org');
  await adoptKeys(db, both, []);
  await expect(checkKeys(db, fresh, [])).rejects.toThrow(`key ${old.kids[0]}: the links of up to 1 mail`);
});

test('what was said to be forgotten need not be said again, and is remembered when it comes back', async () => {
  const { db } = database;
  await emptied();
  await adoptKeys(db, old, []);
  await mailSent('forgotten@example.org');
  await adoptKeys(db, fresh, old.kids);
  await adoptKeys(db, fresh, []);
  await adoptKeys(db, both, []);
  await expect(adoptKeys(db, fresh, [])).rejects.toThrow(`key ${old.kids[0]}`);
});

test('a thinned ledger still tells how many mails went out', async () => {
  const { db } = database;
  await emptied();
  await adoptKeys(db, old, []);
  const { issue } = await mailSent('thinned@example.org');
  await sql`DELETE FROM deliveries WHERE issue_id = ${issue}`.execute(db);
  await sql`DELETE FROM tallies WHERE issue_id = ${issue}`.execute(db);
  await sql`INSERT INTO compacted_counts (issue_id, lane, state, reason, count) VALUES (${issue}, 'other', 'accepted', '', 7)`.execute(
    db,
  );
  await expect(checkKeys(db, fresh, [])).rejects.toThrow('up to 7 mails');
});

test('a start without the secret that erased people are known by says how many', async () => {
  const { db } = database;
  await emptied();
  await insertSubscriber(db, 'erased@example.org', weekly, 'confirmed');
  await eraseSubscriber(db, old, systemClock, 'erased@example.org');
  await expect(checkKeys(db, fresh, [])).rejects.toThrow('1 erased person is no longer recognised');
  await checkKeys(db, both, []);
  await checkKeys(db, fresh, old.kids);
});

test.each(['not-me', 'by-hand'] as const)(
  'somebody suppressed (%s) is planned no confirmation under a new secret, and does not hold up its start',
  async (reason: SuppressionReason) => {
    const { db } = database;
    await emptied();
    const identity = `${reason}@example.org`;
    const ask = { identity, newsletterId: null, reason, source: 'reader', until: null };
    await db.transaction().execute((trx) => suppress(trx, old, ask));
    await adoptKeys(db, fresh, []);
    const result = await db
      .transaction()
      .execute((trx) => subscribe(trx, fresh, subscribeRequest(identity, weekly)));
    expect(result).toEqual({ outcome: 'suppressed', lane: null });
  },
);

test('twenty starts at once take up the same keys', async () => {
  await emptied();
  await Promise.all(Array.from({ length: 20 }, () => adoptKeys(database.db, both, [])));
  const { rows } = await sql<{ kid: string }>`SELECT kid FROM signing_keys WHERE until IS NULL`.execute(
    database.db,
  );
  expect(rows).toEqual([{ kid: fresh.kids[0] }]);
});
