/** What an export says, an import takes over: nobody is more mailable than before. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { exportCsv, exportSubscribers } from '../../src/audience/export.ts';
import { importSuppressions } from '../../src/audience/import-suppressions.ts';
import type { Newsletter } from '../../src/audience/newsletters/newsletter.ts';
import { addSubscriber } from '../../src/audience/subscriber.ts';
import { listSuppressions } from '../../src/audience/suppressions.ts';
import { tagAddresses } from '../../src/audience/tags.ts';
import { suppress } from '../../src/consent/suppress.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { clock, file, importFiles, importText, keys, useDatabase } from './fixtures.ts';

const setting = useDatabase();

async function gathered<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

const everybody = async (newsletter: Newsletter, db = setting().db) =>
  (await gathered(exportSubscribers(db, newsletter.id, 'all'))).flat();

const exported = async (newsletter: Newsletter) =>
  (await gathered(exportCsv(setting().db, newsletter.id, 'all'))).join('');

/** A newsletter in whatever states, with attributes that an import could misread. */
async function lively(): Promise<Newsletter> {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const answers = { statusColumns: [], attributeColumns: ['mood'], ignoreColumns: [], treat: new Map() };
  await importFiles(
    db,
    weekly,
    [
      file(
        'email,name,language,timezone,attribute:state,attribute:uuid,attribute:email disabled,First Name,城市,phone,mood\n' +
          "-ann@example.org,Ann,en,Europe/Berlin,Texas,u-1,yes,An,上海,+49 30 1234567,unsubscribed\n'-ann@example.org,'=Ann,,,,,,,,'+49 30,\n" +
          '=bob@example.org,=Bob,zh,asia/shanghai,,,,,,+1-555-0100,"-1\n=2"\n',
      ),
    ],
    { answers },
  );
  await importText(db, weekly, 'email\nleft@example.org\n');
  await importFiles(db, weekly, [file('email,unsubscribed_at\nleft@example.org,2021-02-03 04:05:06\n')], {
    unsubscribed: true,
  });
  await importText(db, weekly, 'email\npending@example.org\n', null);
  await addSubscriber(db, keys, weekly.id, { email: 'bounced@example.org' }, 'by phone');
  await tagAddresses(db, weekly.id, ['-ann@example.org', '=bob@example.org'], {
    add: ['VIP', '=sum'],
    remove: [],
  });
  await tagAddresses(db, weekly.id, ['left@example.org'], {
    add: ['once here'],
    remove: [],
  });
  await sql`UPDATE subscriptions s SET frequency = 'first', paused_until = '2099-02-03T04:05:06Z' FROM subscribers p
    WHERE p.id = s.subscriber_id AND p.identity IN ('=bob@example.org', 'left@example.org')`.execute(db);
  const ask = { identity: 'bounced@example.org', reason: 'bounce', source: 'dsn', until: null } as const;
  await db.transaction().execute((trx) => suppress(trx, keys, { ...ask, newsletterId: null }));
  await addSubscriber(db, keys, weekly.id, { email: 'by-hand@example.org' }, 'by phone');
  const here = {
    ...ask,
    identity: 'by-hand@example.org',
    reason: 'by-hand',
    newsletterId: weekly.id,
  } as const;
  await db.transaction().execute((trx) => suppress(trx, keys, { ...here, until: new Date('2099-01-01') }));
  return weekly;
}

it('an export of all states into an empty newsletter of another server is the same people, as before', async () => {
  const weekly = await lively();
  const text = await exported(weekly);
  const before = await everybody(weekly);
  const other = await createTestDatabase();
  try {
    const there = { id: await insertNewsletter(other.db, { slug: 'w' }), slug: 'w' } as Newsletter;
    const report = await importFiles(other.db, there, [file(text)], { source: 'our old server' });
    expect(report.refused).toEqual([]);
    const plain = (people: typeof before) =>
      people
        .map(({ since: _, suppressions, consent, ...rest }) => ({
          ...rest,
          // To the millisecond.
          consent: consent && { ...consent, at: new Date(consent.at) },
          suppressions: suppressions.map((one) => ({ ...one, since: new Date(one.since) })),
        }))
        .sort((a, b) => a.email.localeCompare(b.email));
    expect(plain(await everybody(there, other.db))).toEqual(plain(before));
    const again = (await gathered(exportCsv(other.db, there.id, 'all'))).join('');
    const lines = (csv: string) => csv.split('\r\n').sort();
    expect(lines(again), 'exported once more, the text is the same to the letter').toEqual(lines(text));
  } finally {
    await other.drop();
  }
});

it("addresses go out as they are, so '-ann@ stays another person than -ann@; phone numbers and formulas come back", async () => {
  const text = await exported(await lively());
  expect(text).toMatch(/^-ann@example\.org,Ann,en,Europe\/Berlin,confirmed,/m);
  expect(text).toMatch(/^'-ann@example\.org,'=Ann,/m);
  expect(text).toMatch(/^=bob@example\.org,'=Bob,zh,Asia\/Shanghai,/m);
  expect(text, 'a tag may look like a formula, too').toContain(',each,,"\'=sum, vip",');
  expect(text).toMatch(/,\+49 30 1234567,/);
  const [head] = text.split('\r\n');
  expect(head).toMatch(
    /,First Name,attribute:email disabled,mood,phone,attribute:state,attribute:uuid,城市$/,
  );
});

it('a file of people who left, exported and imported elsewhere, confirms nobody', async () => {
  const { db, newsletter } = setting();
  const [weekly, monthly] = [await lively(), await newsletter()];
  const text = (await gathered(exportCsv(db, weekly.id, 'unsubscribed'))).join('');
  expect(await importText(db, monthly, text)).toMatchObject({ read: 1, unsubscribed: 1, added: 0 });
});

it('suppressions go out as CSV and come in again, with reason, scope, source and dates', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const parts = { db, keys, clock };
  const content = `email,reason,newsletter,source,since,until\ns1@example.org,bounce,,dsn,2020-01-02T03:04:05.000Z,\ns2@example.org,by-hand,${weekly.slug},'=us,2020-01-02T03:04:05.000Z,2099-01-01T00:00:00.000Z\ns3@example.org,550 no such user,,,,\nnobody,,,,,\ns4@example.org,,absent,,,\n`;
  const order = { newsletterId: null, reason: null, source: 'moved' };
  const dry = await importSuppressions(parts, [file(content)], { ...order, dryRun: true });
  const report = await importSuppressions(parts, [file(content)], order);
  expect(report).toEqual({ ...dry, dryRun: false });
  expect(report).toMatchObject({ read: 5, added: 3, refusedLines: 2, reasons: { bounce: 1, 'by-hand': 2 } });
  expect(await importSuppressions(parts, [file(content)], order)).toMatchObject({ added: 0, unchanged: 3 });
  const all = (await gathered(listSuppressions(db, { newsletterId: null, reason: null }))).flat();
  const since = new Date('2020-01-02T03:04:05.000Z');
  expect(all.filter(({ email }) => /^s\d@/.test(email ?? ''))).toMatchObject([
    { email: 's1@example.org', reason: 'bounce', newsletter: null, source: 'dsn', since, until: null },
    { email: 's2@example.org', reason: 'by-hand', newsletter: weekly.slug, source: '=us', since },
    { email: 's3@example.org', reason: 'by-hand', source: 'import: moved (550 no such user)' },
  ]);
  expect(await importText(db, weekly, 'email\ns1@example.org\ns2@example.org\n')).toMatchObject({
    keptOut: 2,
  });
});
