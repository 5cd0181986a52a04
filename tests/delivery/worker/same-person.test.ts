import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { eraseSubscriber } from '../../../src/audience/erase.ts';
import { readAddress } from '../../../src/consent/identity.ts';
import { confirm } from '../../../src/consent/signup/confirm.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { catchUp } from '../../../src/sends/catch-up.ts';
import { startSending } from '../../../src/sends/start.ts';
import {
  fromPage,
  hoursLater,
  keys,
  linkTo,
  requestSubscription,
  subscriptionOf,
} from '../../consent/fixtures.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { addReaders, draftWithReaders, plan } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

/** One mailbox, written in many ways: case, composed and decomposed letters, the domain in letters or in ASCII. */
const spelling = fc
  .record({
    local: fc.constantFrom('jörg+news', 'Jörg+News', 'JÖRG+NEWS'),
    form: fc.constantFrom('NFC', 'NFD'),
    domain: fc.constantFrom(
      'bücher.example',
      'BÜCHER.example',
      'xn--bcher-kva.example',
      'XN--BCHER-KVA.EXAMPLE',
    ),
  })
  .map(({ local, form, domain }) => `${local.normalize(form)}@${domain}`);

async function joins(email: string, newsletterId: number): Promise<void> {
  await requestSubscription(db(), email, newsletterId);
  await hoursLater(db(), 200);
  const subscription = await subscriptionOf(db(), email, newsletterId);
  const link = await linkTo(db(), newsletterId, subscription!.subscriber_id);
  await db()
    .transaction()
    .execute((trx) =>
      confirm(trx, keys, {
        ...link,
        wording: 'I want it.',
        origin: fromPage,
      }),
    );
}

async function sending(newsletterId: number, order: Awaited<ReturnType<typeof draftWithReaders>>['order']) {
  await startSending(db(), { wake: async () => {} } as never, {} as never, {
    ...order,
    catchUpSeconds: 3_600,
  });
  await plan(db(), order.issueId);
  return { newsletterId, issueId: order.issueId };
}

const keysOf = async (issueId: number) => {
  const rows = await db().selectFrom('deliveries').select('key').where('issue_id', '=', issueId).execute();
  return rows.map((row) => row.key);
};

test('however a person is written, and on however many lists, they have one row an issue', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(spelling, { minLength: 2, maxLength: 4 }), async (spellings) => {
      expect(new Set(spellings.map((one) => readAddress(one).identity)).size).toBe(1);
      const [weekly, daily] = [await draftWithReaders(db(), 0), await draftWithReaders(db(), 0)];
      for (const email of spellings)
        for (const { newsletterId } of [weekly, daily]) await joins(email, newsletterId);
      for (const { newsletterId, order } of [weekly, daily]) {
        const { issueId } = await sending(newsletterId, order);
        await catchUp(db());
        expect(await keysOf(issueId)).toEqual(['jörg+news@xn--bcher-kva.example']);
      }
    }),
    { numRuns: 8 },
  );
});

test('erased in the middle of a send and back by confirming anew, they are not sent it a second time', async () => {
  const { newsletterId, order } = await draftWithReaders(db(), 1);
  await joins('ada@example.org', newsletterId);
  const { issueId } = await sending(newsletterId, order);
  await sql`UPDATE deliveries SET state = 'accepted' WHERE issue_id = ${issueId}`.execute(db());
  await eraseSubscriber(db(), keys, systemClock, 'ada@example.org');
  await joins('Ada@example.org', newsletterId);
  expect((await subscriptionOf(db(), 'ada@example.org', newsletterId))?.state).toBe('confirmed');
  await addReaders(db(), newsletterId, 1, 2);
  expect((await catchUp(db())).get(issueId), 'a stranger who comes late is planned').toBe(1);
  const planned = await keysOf(issueId);
  expect(planned).toHaveLength(3);
  expect(planned).not.toContain('ada@example.org');
});
