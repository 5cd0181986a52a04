import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { confirm } from '../../../src/consent/signup/confirm.ts';
import { suppress } from '../../../src/consent/suppress.ts';
import type { SuppressionReason } from '../../../src/consent/suppressions.ts';
import { unsubscribe } from '../../../src/consent/unsubscribe.ts';
import type { Db } from '../../../src/db/connection.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import {
  confirmationsTo,
  fromPage,
  hoursLater,
  keys,
  linkTo,
  recordsOf,
  requestSubscription,
  subscriptionOf,
} from '../fixtures.ts';

const database = useTestDatabase();
let db: Db;
let weekly: number;
let daily: number;
let people = 0;

beforeAll(async () => {
  db = database.db;
  weekly = await insertNewsletter(db, { slug: 'weekly' });
  daily = await insertNewsletter(db, { slug: 'daily' });
});

const suppressBy = (email: string, reason: SuppressionReason, until: Date | null = null) =>
  db
    .transaction()
    .execute((trx) =>
      suppress(trx, keys, { identity: email, newsletterId: null, reason, source: 'test', until }),
    );

/** As if so many confirmations had been asked for a moment ago. */
const insertRequests = (n: number, { network = 'x', wide = '', newsletter = weekly }) =>
  sql`INSERT INTO confirmation_requests (identity, mailbox, newsletter_id, network, wide_network)
    SELECT 'flood' || n, 'flood' || n, ${newsletter}, CASE ${network} WHEN 'x' THEN 'x' || n ELSE ${network} END, ${wide}
    FROM generate_series(1, ${n}::int) n`.execute(db);

test('a stranger becomes pending, with one confirmation mail and a record of what was agreed to', async () => {
  const answer = await requestSubscription(db, 'New.Reader@Example.org', weekly, {
    name: 'Ada',
    language: 'zh',
  });
  expect(answer).toEqual({ outcome: 'asked', lane: 'service' });
  expect(await confirmationsTo(db, 'new.reader@example.org')).toEqual(['New.Reader@Example.org']);
  const subscription = await subscriptionOf(db, 'new.reader@example.org', weekly);
  expect(subscription?.state).toBe('pending');
  const [record] = await recordsOf(db, subscription!.subscriber_id);
  expect(record).toMatchObject({ step: 'asked', wording: 'I want it.', source: 'form', language: 'en' });
  expect(record?.wording_version).toMatch(/^[0-9a-f]{12}$/);
});

test('asking again, also in another spelling, sends nothing more for 24 hours', async () => {
  await requestSubscription(db, 'twice@example.org', weekly);
  expect(await requestSubscription(db, 'TWICE@example.org', weekly)).toEqual({
    outcome: 'capped',
    budget: 'perAddressAndNewsletter',
    lane: null,
  });
  expect(await confirmationsTo(db, 'twice@example.org')).toHaveLength(1);
  await hoursLater(db, 25);
  expect((await requestSubscription(db, 'Twice@Example.org', weekly)).outcome).toBe('asked');
  expect(await confirmationsTo(db, 'twice@example.org'), 'the spelling first given').toEqual([
    'twice@example.org',
    'twice@example.org',
  ]);
});

test('three mails in seven days are the most for one address, over all newsletters', async () => {
  const many = await Promise.all(
    ['a', 'b', 'c', 'd'].map((slug) => insertNewsletter(db, { slug: `many-${slug}` })),
  );
  const outcomes: string[] = [];
  for (const newsletter of many)
    outcomes.push((await requestSubscription(db, 'bombed@example.org', newsletter)).outcome);
  expect(outcomes).toEqual(['asked', 'asked', 'asked', 'capped']);
  await hoursLater(db, 7 * 24 + 1);
  expect(await requestSubscription(db, 'bombed@example.org', many[3]!), 'none was answered').toMatchObject({
    budget: 'unanswered',
  });
});

test('after three unanswered mails a mailbox gets one in 30 days, until it answers', async () => {
  const ask = async () => {
    await hoursLater(db, 8 * 24);
    return requestSubscription(db, 'silent@example.org', weekly);
  };
  for (let n = 0; n < 3; n++) expect((await ask()).outcome).toBe('asked');
  expect(await ask()).toMatchObject({ outcome: 'capped', budget: 'unanswered' });
  await hoursLater(db, 23 * 24);
  expect((await ask()).outcome, 'more than 30 days after the last').toBe('asked');
  expect(await ask()).toMatchObject({ budget: 'unanswered' });
  const { subscriber_id: subscriber } = (await subscriptionOf(db, 'silent@example.org', weekly))!;
  const link = await linkTo(db, weekly, subscriber);
  await db.transaction().execute((trx) => confirm(trx, keys, { ...link, wording: 'yes', origin: fromPage }));
  expect((await requestSubscription(db, 'silent@example.org', daily)).outcome).toBe('asked');
});

test('what the budgets keep names nobody: neither address, mailbox nor network', async () => {
  await requestSubscription(db, 'no.name+tag@gmail.com', weekly, { ip: '2001:db8:77::1' });
  const rows = await db
    .selectFrom('confirmation_requests')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(1)
    .execute();
  expect(JSON.stringify(rows)).not.toMatch(/no\.?name|gmail|2001/);
});

test('rows of 0.1.0, which are plain, still count', async () => {
  await sql`INSERT INTO confirmation_requests (identity, mailbox, newsletter_id, network)
    VALUES ('plain@example.org', 'plain@example.org', ${weekly}, '203.0.113.0/24')`.execute(db);
  expect(await requestSubscription(db, 'plain@example.org', weekly)).toMatchObject({
    budget: 'perAddressAndNewsletter',
  });
});

describe('several newsletters in one form', () => {
  const many = (slugs: string[]) => Promise.all(slugs.map((slug) => insertNewsletter(db, { slug })));
  const ask = (email: string, newsletterIds: number[]) =>
    requestSubscription(db, email, newsletterIds[0]!, { newsletterIds });

  test('one mail asks about all of them, and its one link confirms all', async () => {
    const ids = await many(['joint-a', 'joint-b', 'joint-c']);
    expect((await ask('joint@example.org', ids)).outcome).toBe('asked');
    expect(await confirmationsTo(db, 'joint@example.org')).toHaveLength(1);
    const { subscriber_id: subscriber } = (await subscriptionOf(db, 'joint@example.org', ids[0]!))!;
    const { about } = await db
      .selectFrom('deliveries')
      .select('about')
      .where('subscriber_id', '=', subscriber)
      .executeTakeFirstOrThrow();
    const link = { ...(await linkTo(db, ids[0]!, subscriber)), requestKey: about! };
    expect(
      await db
        .transaction()
        .execute((trx) => confirm(trx, keys, { ...link, wording: 'yes', origin: fromPage })),
    ).toBe(true);
    for (const id of ids)
      expect((await subscriptionOf(db, 'joint@example.org', id))?.state).toBe('confirmed');
    expect((await recordsOf(db, subscriber)).map(({ step }) => step)).toEqual([
      ...Array(3).fill('asked'),
      ...Array(3).fill('confirmed'),
    ]);
  });

  test('each has its own day of rest: only those that were not asked about are', async () => {
    const ids = await many(['rest-a', 'rest-b']);
    await requestSubscription(db, 'rest@example.org', ids[0]!);
    expect((await ask('rest@example.org', ids)).outcome).toBe('asked');
    const { subscriber_id: subscriber } = (await subscriptionOf(db, 'rest@example.org', ids[1]!))!;
    const mails = await db
      .selectFrom('deliveries')
      .select(['newsletter_id', 'about'])
      .where('subscriber_id', '=', subscriber)
      .orderBy('id')
      .execute();
    expect(mails).toEqual([
      { newsletter_id: ids[0], about: null },
      { newsletter_id: ids[1], about: null },
    ]);
    expect(await ask('rest@example.org', ids)).toMatchObject({ outcome: 'capped' });
  });

  test('those that they read already are left out', async () => {
    const ids = await many(['known-a', 'known-b']);
    await insertSubscriber(db, 'half@example.org', ids[0]!, 'confirmed');
    expect((await ask('half@example.org', ids)).outcome).toBe('asked');
    expect((await subscriptionOf(db, 'half@example.org', ids[0]!))?.state).toBe('confirmed');
    expect((await subscriptionOf(db, 'half@example.org', ids[1]!))?.state).toBe('pending');
  });
});

test('twenty forms sent at once make one person and one mail', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => requestSubscription(db, 'at-once@example.org', weekly)),
  );
  expect(outcomes.filter((one) => one.outcome === 'asked')).toHaveLength(1);
  expect(await confirmationsTo(db, 'at-once@example.org')).toHaveLength(1);
});

test.each([
  ['plus tags', (n: number) => `victim+${n}@example.org`],
  [
    'dots',
    (n: number) => `v.${'ictims'.slice(0, n + 1)}.${'ictims'.slice(n + 1)}x@gmail.com`.replaceAll('..', '.'),
  ],
  ['another name of the domain', (n: number) => `aliased@${['gmail.com', 'googlemail.com'][n % 2]}`],
  ['tags at both names', (n: number) => `both.names+${n}@${['gmail.com', 'googlemail.com'][n % 2]}`],
  ['hyphen tags at Yahoo', (n: number) => `hyphen-${n}@yahoo.co.uk`],
  ['subdomains at Fastmail', (n: number) => `anything${n}@subdomain.fastmail.com`],
  [
    'full-width letters',
    (n: number) => `${['wide', 'ｗide', 'wｉde', 'widｅ', 'ｗｉde', 'ｗｉｄｅ'][n]}@example.org`,
  ],
  ['upper case', (n: number) => `${['cased', 'Cased', 'CASED', 'cAsed', 'caSed', 'casEd'][n]}@example.org`],
])(
  'one mailbox gets three mails in seven days, however its address is written (%s)',
  async (_how, address) => {
    const outcomes: string[] = [];
    const slug = `mailbox-${people++}`;
    for (let n = 0; n < 6; n++) {
      const newsletter = await insertNewsletter(db, { slug: `${slug}-${n}` });
      outcomes.push(
        (await requestSubscription(db, address(n), newsletter, { ip: `2001:db8:f00:${n}00::1` })).outcome,
      );
    }
    expect(outcomes).toEqual(['asked', 'asked', 'asked', 'capped', 'capped', 'capped']);
  },
);

test('500 tagged addresses of one mailbox, each from another /64, put three mails into the relay', async () => {
  for (let n = 0; n < 500; n += 20)
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        requestSubscription(db, `bomb+${n + at}@example.org`, weekly, {
          ip: `2001:db8:b0b:${(n + at).toString(16)}::1`,
        }),
      ),
    );
  const { rows } = await sql`SELECT FROM deliveries WHERE email LIKE 'bomb+%'`.execute(db);
  expect(rows).toHaveLength(3);
});

test('addresses that share a budget stay two subscribers', async () => {
  await requestSubscription(db, 'two.people@example.org', weekly);
  await requestSubscription(db, 'twopeople@example.org', weekly);
  const first = await subscriptionOf(db, 'two.people@example.org', weekly);
  const second = await subscriptionOf(db, 'twopeople@example.org', weekly);
  expect(first?.subscriber_id).not.toBe(second?.subscriber_id);
});

test('a /48 asks for 60 mails an hour, over all its /56s', async () => {
  await insertRequests(59, { wide: '2001:db8:48::/48' });
  expect(
    (await requestSubscription(db, 'wide1@example.org', weekly, { ip: '2001:db8:48:100::1' })).outcome,
  ).toBe('asked');
  expect(
    await requestSubscription(db, 'wide2@example.org', weekly, { ip: '2001:db8:48:200::1' }),
  ).toMatchObject({
    budget: 'perWideNetwork',
  });
  expect(
    (await requestSubscription(db, 'beside@example.org', weekly, { ip: '2001:db8:49::1' })).outcome,
  ).toBe('asked');
});

test('a newsletter as a whole sends 500 confirmations an hour, wherever they are asked from', async () => {
  const busy = await insertNewsletter(db, { slug: 'flooded' });
  await insertRequests(499, { newsletter: busy });
  expect((await requestSubscription(db, 'last@example.org', busy, { ip: '198.18.0.1' })).outcome).toBe(
    'asked',
  );
  expect(await requestSubscription(db, 'too-late@example.org', busy, { ip: '198.18.1.1' })).toMatchObject({
    budget: 'perNewsletter',
  });
  expect((await requestSubscription(db, 'too-late@example.org', daily, { ip: '198.18.1.1' })).outcome).toBe(
    'asked',
  );
});

test.each([
  ['192.0.2.', '203.0.113.9'],
  ['2001:db8:1:2::', '2001:db8:1:103::1'],
  ['::ffff:198.51.100.', '198.51.101.1'],
])(
  'one network (%s0) asks for 30 mails an hour, the next one has its own budget',
  async (ownNetwork, otherNetwork) => {
    const outcomes = await Promise.all(
      Array.from({ length: 35 }, (_, i) =>
        requestSubscription(db, `${ownNetwork.length}n${i}@example.org`, weekly, { ip: ownNetwork + i }),
      ),
    );
    expect(outcomes.filter((one) => one.outcome === 'asked')).toHaveLength(30);
    expect(
      (await requestSubscription(db, `${ownNetwork.length}far@example.org`, weekly, { ip: otherNetwork }))
        .outcome,
    ).toBe('asked');
  },
);

test('whoever comes from no network that can be told shares one budget: this machine, nonsense, nothing', async () => {
  await sql`DELETE FROM confirmation_requests WHERE network = 'unknown'`.execute(db);
  await insertRequests(93, { network: 'unknown' });
  const froms = ['127.0.0.1', '::1', '::ffff:127.0.0.9', 'fe80::1', '0.0.0.0', '127.8.8.8', undefined];
  for (const [i, ip] of froms.entries())
    expect((await requestSubscription(db, `local${i}@example.org`, weekly, { ip })).outcome, `${ip}`).toBe(
      'asked',
    );
  for (const [i, ip] of froms.entries())
    expect(await requestSubscription(db, `locals${i}@example.org`, weekly, { ip })).toMatchObject({
      budget: 'unknownNetwork',
    });
  expect(
    (await requestSubscription(db, 'from-afar@example.org', weekly, { ip: '203.0.113.200' })).outcome,
  ).toBe('asked');
  await sql`DELETE FROM confirmation_requests WHERE network = 'unknown'`.execute(db);
});

test('a subscriber who asks again stays one, and is told so under the same caps', async () => {
  await insertSubscriber(db, 'reader@example.org', weekly, 'confirmed');
  expect((await requestSubscription(db, 'reader@example.org', weekly)).outcome).toBe('already-reader');
  expect(await requestSubscription(db, 'reader@example.org', weekly)).toMatchObject({ outcome: 'capped' });
  expect((await subscriptionOf(db, 'reader@example.org', weekly))?.state).toBe('confirmed');
  expect(await confirmationsTo(db, 'reader@example.org')).toEqual([]);
  expect((await requestSubscription(db, 'reader@example.org', daily)).outcome, 'another newsletter').toBe(
    'asked',
  );
});

test('who left may come back, by a new confirmation only', async () => {
  const subscriber = await insertSubscriber(db, 'back@example.org', weekly, 'unsubscribed');
  expect((await requestSubscription(db, 'back@example.org', weekly)).outcome).toBe('asked');
  expect(await subscriptionOf(db, 'back@example.org', weekly)).toMatchObject({
    state: 'pending',
    left_by: 'reader',
    unsubscribed_at: expect.any(Date),
  });
  const link = await linkTo(db, weekly, subscriber);
  await db.transaction().execute((trx) => confirm(trx, keys, { ...link, wording: 'yes', origin: fromPage }));
  expect(await subscriptionOf(db, 'back@example.org', weekly)).toMatchObject({
    state: 'confirmed',
    left_by: null,
    unsubscribed_at: null,
  });
});

test.each(['bounce', 'complaint'] as const)(
  'after a %s the form sends one confirmation in 30 days, and confirming lifts it',
  async (reason) => {
    const email = `${reason}@example.org`;
    const subscriber = await insertSubscriber(db, email, weekly, 'confirmed');
    await suppressBy(email, reason);
    expect((await requestSubscription(db, email, weekly)).outcome).toBe('asked');
    await hoursLater(db, 29 * 24);
    expect((await requestSubscription(db, email, daily)).outcome).toBe('capped');
    await hoursLater(db, 2 * 24);
    expect((await requestSubscription(db, email, weekly)).outcome).toBe('asked');
    const link = await linkTo(db, weekly, subscriber);
    const yes = await db
      .transaction()
      .execute((trx) => confirm(trx, keys, { ...link, wording: 'yes', origin: fromPage }));
    expect(yes).toBe(true);
    expect(await statesOf(email)).toEqual([]);
  },
);

test('"not me" holds for its time everywhere, then the person may be asked like a stranger', async () => {
  await suppressBy('not-me@example.org', 'not-me', new Date(Date.now() + 3_600_000));
  expect((await requestSubscription(db, 'not-me@example.org', weekly)).outcome).toBe('suppressed');
  expect((await requestSubscription(db, 'not-me@example.org', daily)).outcome).toBe('suppressed');
  await db
    .updateTable('suppressions')
    .set({ until: new Date(Date.now() - 1000) })
    .where('identity', '=', 'not-me@example.org')
    .execute();
  expect((await requestSubscription(db, 'not-me@example.org', weekly)).outcome).toBe('asked');
});

test('who was kept out by hand comes back by hand only', async () => {
  await suppressBy('by-hand@example.org', 'by-hand');
  expect((await requestSubscription(db, 'By-Hand@example.org', weekly)).outcome).toBe('suppressed');
});

test('a suppression older than the person is tied to the row that the form makes', async () => {
  await suppressBy('erased@example.org', 'erased');
  expect((await requestSubscription(db, 'erased@example.org', weekly)).outcome).toBe('asked');
  const row = await db
    .selectFrom('suppressions')
    .select('subscriber_id')
    .where('identity', '=', 'erased@example.org')
    .executeTakeFirstOrThrow();
  expect(row.subscriber_id).toBe((await subscriptionOf(db, 'erased@example.org', weekly))?.subscriber_id);
});

test('the form never overwrites what is known of a person', async () => {
  await insertSubscriber(db, 'known@example.org', weekly, 'confirmed');
  await db
    .updateTable('subscribers')
    .set({ name: 'Grace', language: 'en' })
    .where('identity', '=', 'known@example.org')
    .execute();
  await requestSubscription(db, 'KNOWN@example.org', daily, { name: 'Mallory', language: 'zh' });
  const person = await db
    .selectFrom('subscribers')
    .selectAll()
    .where('identity', '=', 'known@example.org')
    .executeTakeFirstOrThrow();
  expect(person).toMatchObject({ email: 'known@example.org', name: 'Grace', language: 'en' });
});

test('forms, confirmations and departures at once never end in an error or in two states of mind', async () => {
  const email = 'busy@example.org';
  await requestSubscription(db, email, weekly);
  const { subscriber_id: subscriber } = (await subscriptionOf(db, email, weekly))!;
  const ref = await linkTo(db, weekly, subscriber);
  const acts = Array.from({ length: 30 }, (_, i) => {
    if (i % 3 === 0) return requestSubscription(db, email, weekly);
    if (i % 3 === 1)
      return db
        .transaction()
        .execute((trx) => confirm(trx, keys, { ...ref, wording: 'yes', origin: fromPage }));
    return unsubscribe(db, systemClock, { ...ref, by: 'reader', origin: fromPage });
  });
  await Promise.all(acts);
  await unsubscribe(db, systemClock, { ...ref, by: 'reader', origin: fromPage });
  expect((await subscriptionOf(db, email, weekly))?.state).toBe('unsubscribed');
});

async function statesOf(email: string): Promise<string[]> {
  const rows = await db
    .selectFrom('suppressions')
    .select('reason')
    .where('identity', '=', email)
    .where('lifted_at', 'is', null)
    .execute();
  return rows.map((row) => row.reason);
}
