/** Who may come back, by the form and by an import: the table of docs/consent.md, row by row. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { eraseSubscriber } from '../../src/audience/erase.ts';
import type { Newsletter } from '../../src/audience/newsletters/newsletter.ts';
import { readAddress } from '../../src/consent/identity.ts';
import { reject } from '../../src/consent/reject.ts';
import { confirm } from '../../src/consent/signup/confirm.ts';
import { subscribe } from '../../src/consent/signup/subscribe.ts';
import { suppress } from '../../src/consent/suppress.ts';
import type { SuppressionReason } from '../../src/consent/suppressions.ts';
import { unsubscribe } from '../../src/consent/unsubscribe.ts';
import { fromPage, hoursLater, linkTo, subscribeRequest, subscriptionOf } from '../consent/fixtures.ts';
import { insertSubscriber } from '../helpers/rows.ts';
import { clock, importText, keys, useDatabase } from './fixtures.ts';

const setting = useDatabase();

interface Gone {
  email: string;
  id: number;
  newsletter: Newsletter;
  other: Newsletter;
}

const suppressed =
  (reason: SuppressionReason) =>
  async ({ email }: Gone) => {
    const { db } = setting();
    const everywhere = { identity: readAddress(email).identity, newsletterId: null, reason, source: 'test' };
    await db.transaction().execute((trx) => suppress(trx, keys, { ...everywhere, until: null }));
  };

/** How people go away. */
const WAYS = {
  left: async ({ id, newsletter }: Gone) =>
    unsubscribe(setting().db, clock, {
      newsletter: newsletter.id,
      subscriber: id,
      by: 'reader',
      origin: fromPage,
    }),
  bounced: suppressed('bounce'),
  complained: suppressed('complaint'),
  erased: async ({ email }: Gone) => eraseSubscriber(setting().db, keys, clock, email),
  'not me': async ({ id, newsletter }: Gone) => {
    const ref = await linkTo(setting().db, newsletter.id, id);
    await reject(setting().db, keys, clock, { ...ref, origin: fromPage });
  },
  'by hand': suppressed('by-hand'),
};

type Way = keyof typeof WAYS;

/** A reader of one newsletter, in a database with another, who went away. */
async function gone(way: Way): Promise<Gone> {
  const { db, newsletter } = setting();
  const [theirs, other] = [await newsletter(), await newsletter()];
  const email = `${way.replace(' ', '-')}-${theirs.slug}@example.org`;
  const id = await insertSubscriber(db, email, theirs.id);
  const person = { email, id, newsletter: theirs, other };
  await WAYS[way](person);
  return person;
}

const ask = (email: string, { id }: Newsletter) =>
  setting()
    .db.transaction()
    .execute((trx) => subscribe(trx, keys, subscribeRequest(email, id)));

async function mayBeMailed(email: string, { id }: Newsletter): Promise<boolean> {
  const { rows } = await sql`SELECT FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
    WHERE p.identity = ${readAddress(email).identity} AND s.newsletter_id = ${id} AND s.state = 'confirmed'
      AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.subscriber_id = p.id AND x.lifted_at IS NULL
        AND (x.until IS NULL OR x.until > now()))`.execute(setting().db);
  return rows.length > 0;
}

describe('by the form', () => {
  test.each([
    ['left', 'asked', 'asked'],
    ['bounced', 'asked', 'capped'],
    ['complained', 'asked', 'capped'],
    ['erased', 'asked', 'asked'],
    ['not me', 'suppressed', 'suppressed'],
    ['by hand', 'suppressed', 'suppressed'],
  ] as const)(
    '%s: %s, and eight days later %s; a confirmation brings back whom it may',
    async (way, first, later) => {
      const { db } = setting();
      const { email, newsletter, other } = await gone(way);
      expect((await ask(email, newsletter)).outcome).toBe(first);
      expect(await mayBeMailed(email, newsletter), 'asking is no yes').toBe(false);
      await hoursLater(db, 8 * 24);
      expect((await ask(email, other)).outcome).toBe(later);
      const found = await subscriptionOf(db, email, newsletter.id);
      if (first === 'asked') {
        const link = await linkTo(db, newsletter.id, found!.subscriber_id);
        await db
          .transaction()
          .execute((trx) => confirm(trx, keys, { ...link, wording: 'yes', origin: fromPage }));
      }
      expect(await mayBeMailed(email, newsletter)).toBe(first === 'asked');
    },
  );

  test.each(['bounced', 'complained'] as const)('%s: asked once in 30 days', async (way) => {
    const { email, newsletter } = await gone(way);
    const outcomes: string[] = [];
    for (const days of [0, 29, 2]) {
      await hoursLater(setting().db, days * 24);
      outcomes.push((await ask(email, newsletter)).outcome);
    }
    expect(outcomes).toEqual(['asked', 'capped', 'asked']);
  });

  test('not me: like a stranger after 12 months', async () => {
    const { email, newsletter } = await gone('not me');
    const { rows } = await sql<{
      months: number;
    }>`SELECT round(extract(epoch FROM until - now()) / 86400 / 30.4)::int AS months
      FROM suppressions WHERE reason = 'not-me' ORDER BY id DESC LIMIT 1`.execute(setting().db);
    expect(rows[0]!.months).toBe(12);
    await sql`UPDATE suppressions SET until = now() - interval '1 second' WHERE reason = 'not-me'`.execute(
      setting().db,
    );
    expect((await ask(email, newsletter)).outcome).toBe('asked');
  });
});

describe('by an import of confirmed people', () => {
  test.each(Object.keys(WAYS) as Way[])('%s: stays away from the newsletter', async (way) => {
    const { email, newsletter } = await gone(way);
    const report = await importText(setting().db, newsletter, `email\n${email}\n`);
    expect(report.keptOut).toBe(1);
    expect(await mayBeMailed(email, newsletter)).toBe(false);
  });

  test.each([
    ['left', true],
    ['bounced', false],
    ['complained', false],
    ['erased', false],
    ['not me', false],
    ['by hand', false],
  ] as const)('%s: taken into another newsletter: %s', async (way, taken) => {
    const { email, other } = await gone(way);
    await importText(setting().db, other, `email\n${email}\n`);
    expect(await mayBeMailed(email, other)).toBe(taken);
  });

  test('a second import changes nothing about that', async () => {
    const { email, newsletter } = await gone('bounced');
    for (let n = 0; n < 2; n += 1) await importText(setting().db, newsletter, `email\n${email}\n`);
    expect(await mayBeMailed(email, newsletter)).toBe(false);
  });
});
