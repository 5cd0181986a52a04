/** Expressions against readers in the database: who is in them, what is refused, and how many they are. */
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { listSubscribers } from '../../../src/audience/list.ts';
import type { Newsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { declareAttribute, knownAttributes } from '../../../src/audience/segments/attributes.ts';
import { countReaders, estimateReaders } from '../../../src/audience/segments/count.ts';
import { resolveSegment } from '../../../src/audience/segments/resolve.ts';
import { storeSegment } from '../../../src/audience/segments/store.ts';
import { tagAddresses, tagSegment } from '../../../src/audience/tags.ts';
import { insertIssue } from '../../helpers/rows.ts';
import { importText, useDatabase } from '../fixtures.ts';

const setting = useDatabase();
let weekly: Newsletter;

const PEOPLE = `email,name,language,city,age,joined,paying,zip,First Name
ann@example.org,Ann,de-AT,Berlin,29,2026-01-31,yes,01067,Ann
bob@example.org,Bob,de,berlin,30,2026-02-01,no,10115,Bob
cat@other.example,Cat,en,New York,31.5,2026-02-28,true,"D-1",
dan@other.example,Dan,fr,,not told,2026-02-31,,,100%
eve@other.example,,,,,,,,
`;

beforeAll(async () => {
  const { db, newsletter } = setting();
  weekly = await newsletter('segments', { timezone: 'Europe/Berlin' });
  await importText(db, weekly, PEOPLE);
  await declareAttribute(db, weekly.id, 'age', 'number');
  await declareAttribute(db, weekly.id, 'joined', 'date');
  await tagAddresses(db, weekly.id, ['ann@example.org', 'BOB@example.org'], {
    add: ['VIP', 'Early bird'],
    remove: [],
  });
  await tagAddresses(db, weekly.id, ['bob@example.org'], { add: ['guest'], remove: ['early bird'] });
  await sql`UPDATE subscriptions s SET confirmed_at = r.at FROM subscribers p, (VALUES
      ('ann@example.org', '2026-11-22 22:59:59Z'::timestamptz), ('bob@example.org', '2026-11-22 23:00:00Z'))
    AS r(identity, at) WHERE p.identity = r.identity AND p.id = s.subscriber_id`.execute(db);
  const issue = await insertIssue(
    db,
    weekly.id,
    { slug: '2026-11-01', state: 'sent' },
    { sending_since: new Date() },
  );
  await sql`SELECT ensure_delivery_partition(${issue})`.execute(db).catch(() => undefined);
  await sql`INSERT INTO deliveries (issue_id, key, newsletter_id, subscriber_id, email, lane, state)
    SELECT ${issue}, p.identity, ${weekly.id}, p.id, p.email, 'other',
      (CASE p.identity WHEN 'ann@example.org' THEN 'accepted' ELSE 'refused' END)::delivery_state
    FROM subscribers p WHERE p.identity IN ('ann@example.org', 'bob@example.org')`.execute(db);
  await storeSegment(db, weekly.id, { name: 'berliners', expression: 'city = Berlin' }, false);
});

const resolved = (text: string) => resolveSegment(setting().db, weekly, text);

async function names(text: string): Promise<string> {
  const { db } = setting();
  const segment = await resolved(text);
  const { subscribers } = await listSubscribers(db, weekly.id, {
    state: 'confirmed',
    contains: '',
    limit: 50,
    segment,
  });
  expect((await countReaders(db, weekly.id, segment, 0)).readers).toBe(subscribers.length);
  return subscribers
    .map(({ email }) => email.slice(0, 3))
    .sort()
    .join(' ');
}

describe('readers in', () => {
  it.each([
    ['city = BERLIN', 'ann bob'],
    ['City = Berlin', 'ann bob'],
    ['city != Berlin', 'cat dan eve'],
    ['city in (Berlin, "new york")', 'ann bob cat'],
    ['city contains "w y"', 'cat'],
    ['city is set', 'ann bob cat'],
    ['city is empty', 'dan eve'],
    ['age > 29', 'bob cat'],
    ['age <= 30', 'ann bob'],
    ['age = 31.50', 'cat'],
    ['not age > 29', 'ann dan eve'],
    ['joined < 2026-02-01', 'ann'],
    ['joined since 2026-02-01', 'bob cat dan'],
    ['joined within 1 days', ''],
    ['joined before today', 'ann bob cat dan'],
    ['paying = true', 'ann cat'],
    ['paying is no', 'bob'],
    ['zip starts with 01', 'ann'],
    ['zip = D-1', 'cat'],
    ['"First Name" ends with "0%"', 'dan'],
    ['"First Name" contains _', ''],
    ['tag vip', 'ann bob'],
    ['tag vip and not tag guest', 'ann'],
    ['tag in ("early bird", guest)', 'ann bob'],
    ['tag is not set', 'cat dan eve'],
    ['tag starts with early', 'ann'],
    ['language = de', 'ann bob'],
    ['language = de-at', 'ann'],
    ['domain = other.example', 'cat dan eve'],
    ['email starts with ann', 'ann'],
    ['name is not set', 'eve'],
    ['confirmed = 2026-11-22', 'ann'],
    ['confirmed since 2026-11-23', 'bob cat dan eve'],
    ['confirmed before 2026-11-23', 'ann'],
    ['confirmed > 2026-11-22 and confirmed <= 2026-11-23', 'bob'],
    ['confirmed within 1 day', 'cat dan eve'],
    ['got 2026-11-01', 'ann'],
    ['not got issue segments/2026-11-01', 'bob cat dan eve'],
    ['berliners', 'ann bob'],
    ['segment berliners and age = 30', 'bob'],
    ['city = Berlin or language = en and age > 31', 'ann bob cat'],
    ['city = "\'; DROP TABLE subscribers; --"', ''],
  ])('%s: %s', async (text, expected) => {
    expect(await names(text)).toBe(expected);
  });
});

describe('is refused, with the place and a suggestion:', () => {
  it.each([
    ['town = Berlin', 'no reader has an attribute "town" (character 1)'],
    ['citty = Berlin', 'did you mean "city"'],
    ['age = Berlin', 'expected a number such as 30 or 1.5, found "Berlin" (character 7)'],
    ['joined = 31.12.2026', 'expected a date such as 2026-11-23'],
    ['joined = 2026-02-30', 'expected a date'],
    ['age contains 3', '"contains" does not fit here'],
    ['city > 3', 'postrider attribute set'],
    ['language < de', 'does not fit here'],
    ['got 2026-11-02', 'did you mean "2026-11-01"?'],
    ['segment berlin', 'did you mean "berliners"?'],
    ['berliner', 'has no segment called "berliner"; did you mean "berliners"?'],
    ['clicked 2026-11-01', 'does not count who opens or clicks'],
  ])('%s', async (text, message) => {
    await expect(resolved(text)).rejects.toThrow(message);
  });

  it('a segment that contains itself, at any distance', async () => {
    const { db } = setting();
    await storeSegment(db, weekly.id, { name: 'first', expression: 'segment second' }, false);
    await storeSegment(db, weekly.id, { name: 'second', expression: 'tag vip or segment first' }, false);
    await expect(resolved('first')).rejects.toThrow('the segment "first" would contain itself');
    await expect(resolved('segment first')).rejects.toThrow('would contain itself');
  });

  it('an issue whose ledger was compacted', async () => {
    const { db } = setting();
    const gone = {
      slug: 'old',
      state: 'sent',
      compacting_since: new Date(),
      compacted_at: new Date(),
    } as const;
    await insertIssue(db, weekly.id, gone, { sending_since: new Date() });
    await expect(resolved('got old')).rejects.toThrow('nobody knows who got it');
  });
});

describe('types', () => {
  it('are inferred from the values, text as soon as one does not fit; a declared one stays', async () => {
    const { db, newsletter } = setting();
    const monthly = await newsletter();
    const types = async () =>
      Object.fromEntries((await knownAttributes(db, monthly.id)).map((one) => [one.name, one.type]));
    await importText(
      db,
      monthly,
      'email,size,since,paid,plz,tel\nt1@example.org,3,2026-01-01,yes,01067,+49 30 1\n',
    );
    expect(await types()).toEqual({
      size: 'number',
      since: 'date',
      paid: 'boolean',
      plz: 'text',
      tel: 'text',
    });
    await declareAttribute(db, monthly.id, 'since', 'date');
    await importText(db, monthly, 'email,size,since,paid\nt2@example.org,XL,soon,no\n');
    expect(await types()).toMatchObject({ size: 'text', since: 'date', paid: 'boolean' });
    expect(await declareAttribute(db, monthly.id, 'since', null)).toMatchObject({
      type: 'text',
      declared: false,
    });
    const row = await db
      .selectFrom('subscribers')
      .select('attributes')
      .where('identity', '=', 't1@example.org')
      .executeTakeFirst();
    expect(row?.attributes, 'values stay what they were').toMatchObject({ size: '3', since: '2026-01-01' });
  });
});

describe('tags', () => {
  it('are given to a segment, each reader once, and never more than 100', async () => {
    const { db } = setting();
    const segment = await resolved('city = Berlin');
    const add = ['local'];
    expect(await tagSegment(db, weekly.id, segment, { add, remove: [] })).toEqual({
      changed: 2,
      unchanged: 0,
    });
    expect(await tagSegment(db, weekly.id, segment, { add, remove: [] })).toEqual({
      changed: 0,
      unchanged: 2,
    });
    const many = Array.from({ length: 100 }, (_, at) => `t${at}`);
    expect(await tagSegment(db, weekly.id, segment, { add: many, remove: [] })).toEqual({
      changed: 0,
      unchanged: 2,
    });
    expect(await tagSegment(db, weekly.id, segment, { add: [], remove: add })).toEqual({
      changed: 2,
      unchanged: 0,
    });
  });

  it('of an address that never subscribed are refused, and nothing changes', async () => {
    const { db } = setting();
    const both = ['eve@other.example', 'nobody@example.org'];
    await expect(tagAddresses(db, weekly.id, both, { add: ['x'], remove: [] })).rejects.toThrow(
      '1 of these 2 addresses',
    );
    expect(await names('tag x')).toBe('');
    await expect(
      tagAddresses(db, weekly.id, ['eve@other.example'], { add: ['a,b'], remove: [] }),
    ).rejects.toThrow('without commas');
  });
});

describe('a count that takes too long', () => {
  it('is an estimate, which is exact where the sample is the whole table', async () => {
    const { db } = setting();
    const berliners = await resolved('city = Berlin');
    expect(await estimateReaders(db, weekly.id, berliners)).toEqual({ readers: 2, exact: false, margin: 0 });
    expect(await countReaders(db, weekly.id, berliners)).toEqual({ readers: 2, exact: true, margin: 0 });
  });
});
