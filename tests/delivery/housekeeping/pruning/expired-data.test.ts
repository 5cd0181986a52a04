import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { defaultRetention } from '../../../../src/audience/retention.ts';
import { expiredData } from '../../../../src/delivery/housekeeping/pruning/expired-data.ts';
import { keys } from '../../../consent/fixtures.ts';
import { insertNewsletter, insertSubscriber } from '../../../helpers/rows.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('deletes by the settings of the installation, and says how much', async () => {
  await sql`INSERT INTO audit_log (who, act, at) VALUES ('cli', 'x', now() - interval '20 days')`.execute(
    db(),
  );
  const retention = { keys, keep: { ...defaultRetention, audit: 10 } };
  const { context, lines } = makeContext(db(), { retention });
  await expiredData.run(context);
  expect(JSON.stringify(lines)).toContain('"audit":1');
});

test('address changes that nobody can confirm any more go without a setting', async () => {
  const reader = await insertSubscriber(db(), 'reader@example.org', await insertNewsletter(db()));
  await sql`INSERT INTO address_changes (subscriber_id, email, identity, at)
    SELECT ${reader}, 'new@example.org', 'new@example.org', now() - age * interval '1 day'
    FROM unnest(ARRAY[1, 8]) AS age`.execute(db());
  await expiredData.run(makeContext(db()).context);
  expect(await db().selectFrom('address_changes').select('id').execute()).toHaveLength(1);
});
