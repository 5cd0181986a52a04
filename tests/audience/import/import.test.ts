import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Newsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { addSubscriber, countSubscriptions, showSubscriber } from '../../../src/audience/subscriber.ts';
import { readAddress } from '../../../src/consent/identity.ts';
import { suppress } from '../../../src/consent/suppress.ts';
import { unsubscribe } from '../../../src/consent/unsubscribe.ts';
import { clock, importFiles, importText, keys, useDatabase } from '../fixtures.ts';

const setting = useDatabase();

const nothing = { read: 0, added: 0, updated: 0, unchanged: 0, refused: [], keptOut: 0 };

async function leaves(newsletter: Newsletter, address: string): Promise<void> {
  const { db } = setting();
  const { id } = await db
    .selectFrom('subscribers')
    .select('id')
    .where('identity', '=', address)
    .executeTakeFirstOrThrow();
  const origin = { source: 'one-click', ipHash: null, page: null, userAgent: null, language: null };
  await unsubscribe(db, clock, { newsletter: newsletter.id, subscriber: id, by: 'reader', origin });
}

describe('an import', () => {
  it('adds confirmed people with a consent record that states the source', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const report = await importText(
      db,
      weekly,
      'email,name,language,city\nAnn@Example.org,Ann Lee,zh-hans,"Paris, France"\nbob@example.org,,,\n',
    );
    expect(report).toMatchObject({ ...nothing, read: 2, added: 2 });
    expect(await showSubscriber(db, keys, 'ann@example.org')).toEqual({
      email: 'Ann@Example.org',
      name: 'Ann Lee',
      language: 'zh-Hans',
      timezone: null,
      attributes: { city: 'Paris, France' },
      subscriptions: [{ newsletter: weekly.slug, state: 'confirmed', since: expect.any(Date), tags: [] }],
      suppressions: [],
      consent: [
        {
          step: 'imported',
          newsletter: weekly.slug,
          source: 'import: moved from elsewhere',
          wording: null,
          wordingVersion: null,
          language: null,
          page: null,
          ipHash: null,
          userAgent: null,
          mail: null,
          at: expect.any(Date),
        },
      ],
    });
  });

  it('done again changes nothing and proves nothing twice', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const file = 'email,name,city\ncat@example.org,Cat,Rome\ndan@example.org,Dan,\n';
    await importText(db, weekly, file);
    expect(await importText(db, weekly, file)).toMatchObject({ ...nothing, read: 2, unchanged: 2 });
    expect((await showSubscriber(db, keys, 'cat@example.org')).consent).toHaveLength(1);
  });

  it('updates what the file says and keeps what it leaves out', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    await importText(db, weekly, 'email,name,city,tea\neve@example.org,Eve,Rome,green\n');
    const report = await importText(db, weekly, 'email,name,city\nEVE@example.org,,Oslo\n');
    expect(report).toMatchObject({ ...nothing, read: 1, updated: 1 });
    expect(await showSubscriber(db, keys, 'eve@example.org')).toMatchObject({
      email: 'eve@example.org',
      name: 'Eve',
      attributes: { city: 'Oslo', tea: 'green' },
    });
  });

  it('without a source leaves people pending, and a later one with a source confirms them', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    await importText(db, weekly, 'email\nfay@example.org\n', null);
    expect(await countSubscriptions(db, weekly.id)).toEqual({ confirmed: 0, pending: 1, unsubscribed: 0 });
    expect((await showSubscriber(db, keys, 'fay@example.org')).consent).toEqual([]);
    expect(await importText(db, weekly, 'email\nfay@example.org\n')).toMatchObject({ updated: 1 });
    expect(await countSubscriptions(db, weekly.id)).toEqual({ confirmed: 1, pending: 0, unsubscribed: 0 });
    expect(await importText(db, weekly, 'email\nfay@example.org\n', null)).toMatchObject({ unchanged: 1 });
  });

  it('counts somebody once who is named by another case, an IDN domain or its A-label', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const report = await importText(
      db,
      weekly,
      'email\ngil@bücher.example\nGIL@BÜCHER.example\ngil@xn--bcher-kva.example\ngil+news@xn--bcher-kva.example\n',
    );
    expect(report).toMatchObject({ ...nothing, read: 4, added: 2, unchanged: 2 });
  });
});

describe('nobody comes back by an import', () => {
  it('who unsubscribed', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    await importText(db, weekly, 'email,name\nhal@example.org,Hal\n');
    await leaves(weekly, 'hal@example.org');
    expect(await importText(db, weekly, 'email,name\nHal@example.org,Changed\n')).toMatchObject({
      ...nothing,
      read: 1,
      keptOut: 1,
    });
    expect(await showSubscriber(db, keys, 'hal@example.org')).toMatchObject({
      name: 'Hal',
      subscriptions: [{ state: 'unsubscribed' }],
    });
  });

  it('who left, asked by the form again and has not confirmed', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    await importText(db, weekly, 'email\nida@example.org\n');
    await leaves(weekly, 'ida@example.org');
    await db
      .updateTable('subscriptions')
      .set({ state: 'pending' })
      .where('newsletter_id', '=', weekly.id)
      .execute();
    expect(await importText(db, weekly, 'email\nida@example.org\n')).toMatchObject({ keptOut: 1 });
  });

  it('who left another newsletter may be imported into this one', async () => {
    const { db, newsletter } = setting();
    const [weekly, monthly] = [await newsletter(), await newsletter()];
    await importText(db, weekly, 'email\njim@example.org\n');
    await leaves(weekly, 'jim@example.org');
    expect(await importText(db, monthly, 'email\njim@example.org\n')).toMatchObject({ added: 1 });
  });

  it.each([
    ['everywhere', null],
    ['for this newsletter', 'here'],
  ])('who is suppressed %s, known or not', async (_, scope) => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const known = `known-${scope}@example.org`;
    await importText(db, weekly, `email\n${known}\n`);
    for (const email of [known, `stranger-${scope}@example.org`]) {
      const ask = {
        reason: 'bounce',
        source: 'dsn',
        until: null,
        newsletterId: scope ? weekly.id : null,
      } as const;
      await db.transaction().execute((trx) => suppress(trx, keys, { ...ask, identity: email }));
    }
    const report = await importText(db, weekly, `email\n${known}\nSTRANGER-${scope}@example.org\n`);
    expect(report).toMatchObject({ ...nothing, read: 2, keptOut: 2 });
  });

  it('who was erased, also when the hash was made with an older secret', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const [, older] = keys.hashes('kim@example.org');
    await db
      .insertInto('suppressions')
      .values({ identity_hash: older!.hash, hash_kid: older!.kid, reason: 'erased', source: 'cli' })
      .execute();
    expect(await importText(db, weekly, 'email\nkim@example.org\n')).toMatchObject({
      ...nothing,
      read: 1,
      keptOut: 1,
    });
    await expect(addSubscriber(db, keys, weekly.id, { email: 'Kim@example.org' }, 'by phone')).resolves.toBe(
      'keptOut',
    );
  });

  it('and a suppression for another newsletter is tied to the person who is made', async () => {
    const { db, newsletter } = setting();
    const [weekly, monthly] = [await newsletter(), await newsletter()];
    const { identity } = readAddress('lou@example.org');
    const ask = {
      identity,
      reason: 'by-hand',
      source: 'cli',
      until: null,
      newsletterId: monthly.id,
    } as const;
    await db.transaction().execute((trx) => suppress(trx, keys, ask));
    expect(await importText(db, weekly, 'email\nlou@example.org\n')).toMatchObject({ added: 1 });
    const { rows } = await sql<{ tied: boolean }>`
      SELECT x.subscriber_id = p.id AS tied FROM suppressions x, subscribers p
      WHERE x.identity = ${identity} AND p.identity = ${identity}`.execute(db);
    expect(rows).toEqual([{ tied: true }]);
    expect(await importText(db, monthly, 'email\nlou@example.org\n')).toMatchObject({ keptOut: 1 });
  });
});

describe('a large file', () => {
  it('of 20,000 lines streams: the reader is never more than a few batches ahead of the database', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const total = 20_000;
    let written = 0;
    let stored = 0;
    let ahead = 0;
    async function* open() {
      // The files are read once before, to know them again.
      written = 0;
      ahead = 0;
      yield Buffer.from('email,name\n');
      for (; written < total; written += 500) {
        ahead = Math.max(ahead, written - stored);
        yield Buffer.from(
          Array.from(
            { length: 500 },
            (_, at) => `reader${written + at}@example.org,Reader ${written + at}\n`,
          ).join(''),
        );
      }
    }
    const report = await importFiles(db, weekly, [{ name: '', open }], {
      progress: ({ added }) => {
        stored = added;
      },
    });
    expect(report).toMatchObject({ ...nothing, read: total, added: total });
    // The first 256 KB (some 8,000 lines) are looked at together, to find out the encoding.
    expect(ahead).toBeLessThan(16_000);
  });
});
