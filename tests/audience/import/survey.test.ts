/** People who left never get mail because of an import, whatever column says so. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { importSubscribers } from '../../../src/audience/import/import.ts';
import { UnknownWords } from '../../../src/audience/import/questions.ts';
import type { Newsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { readAnswers } from '../../../src/audience/status/answers.ts';
import { addSubscriber, showSubscriber } from '../../../src/audience/subscriber.ts';
import { deliveryState } from '../../consent/fixtures.ts';
import { insertDelivery } from '../../helpers/rows.ts';
import { file, importFiles, importText, keys, useDatabase } from '../fixtures.ts';

const setting = useDatabase();

/** address -> state and reasons of suppression, e.g. `unsubscribed`, `- bounce`. */
async function statesOf(newsletter: Newsletter, ...addresses: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const address of addresses) {
    const view = await showSubscriber(setting().db, keys, address).catch(() => null);
    const state = view?.subscriptions.find((one) => one.newsletter === newsletter.slug)?.state ?? '-';
    found.push([state, ...(view?.suppressions ?? []).map(({ reason }) => reason)].join(' '));
  }
  return found;
}

const answers = (...treat: string[]) => ({
  statusColumns: [],
  attributeColumns: [],
  ignoreColumns: [],
  treat: readAnswers(treat),
});

it('--confirmed goes behind the columns of the file: left, bounced, complained and unconfirmed people', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const report = await importText(
    db,
    weekly,
    'email,status,unsubscribed_at\na1@example.org,active,\na2@example.org,unsubscribed,2020-02-03T04:05:06Z\na3@example.org,cleaned,\na4@example.org,complained,\na5@example.org,pending,\n',
  );
  expect(report).toMatchObject({ read: 5, added: 2, unsubscribed: 1, suppressed: 2, refusedLines: 0 });
  expect(report.cameIn).toEqual([
    { as: 'confirmed', column: 'status', word: 'active', rows: 1 },
    { as: 'pending', column: 'status', word: 'pending', rows: 1 },
    { as: 'unsubscribed', column: 'status', word: 'unsubscribed', rows: 1 },
    { as: 'suppressed', column: 'status', word: 'cleaned', rows: 1 },
    { as: 'suppressed', column: 'status', word: 'complained', rows: 1 },
  ]);
  const people = ['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => `${name}@example.org`);
  expect(await statesOf(weekly, ...people)).toEqual([
    'confirmed',
    'unsubscribed',
    '- bounce',
    'unsubscribed complaint',
    'pending',
  ]);
  const left = await showSubscriber(db, keys, 'a2@example.org');
  expect(left.subscriptions[0]?.since).toEqual(new Date('2020-02-03T04:05:06Z'));
  expect(left.consent).toMatchObject([
    {
      step: 'unsubscribed',
      source: expect.stringMatching(/^import: moved from elsewhere \(unsubscribed_at 2020/),
    },
  ]);
  // Nobody is revived by the next file, which knows nothing of it.
  const again = await importText(db, weekly, `email\n${people.join('\n')}\n`);
  expect(again).toMatchObject({ unchanged: 1, keptOut: 3, updated: 1 });
});

it('an unknown word stops the import before anything is written, and names the column, the words and the way out', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const content =
    'email,status\nb1@example.org,active\nb2@example.org,disabled\nb3@example.org,disabled\nb4@example.org,\n';
  const failure = await importText(db, weekly, content).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UnknownWords);
  expect((failure as UnknownWords).questions).toEqual([
    { column: 'status', word: 'disabled', rows: 2, attribute: false },
    { column: 'status', word: 'blank', rows: 1, attribute: false },
  ]);
  expect((failure as Error).message).toMatch(
    /column "status": "disabled" \(2\), blank \(1\)[\s\S]*--treat disabled=left[\s\S]*--attribute-column status/,
  );
  expect(await statesOf(weekly, 'b1@example.org')).toEqual(['-']);
  const importOptions = { answers: answers('disabled=left', 'blank=skip') };
  const report = await importFiles(db, weekly, [file(content)], importOptions);
  expect(report).toMatchObject({ added: 1, unsubscribed: 2, skipped: 1 });
  expect(await statesOf(weekly, 'b1@example.org', 'b2@example.org', 'b4@example.org')).toEqual([
    'confirmed',
    'unsubscribed',
    '-',
  ]);
});

it('a cell that can only mean a departure is asked about, in whatever column it stands', async () => {
  const { db, newsletter } = setting();
  const content = 'email,Zustellung,city\nc1@example.org,ok,Rome\nc2@example.org,Abgemeldet,Rome\n';
  await expect(importText(db, await newsletter(), content)).rejects.toThrow(
    /Zustellung.*abgemeldet[\s\S]*--status-column/,
  );
});

it('the strongest word of an address wins over all its rows and files, in whatever order', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const files = [
    file(
      'Email Address,LEID\nd1@example.org,1\nd2@example.org,2\nd3@example.org,3\nd4@example.org,4\n',
      'subscribed_email_audience_export_1.csv',
    ),
    file(
      'Email Address,UNSUB_TIME,LEID\nD1@example.org,2018-02-12 10:54:27,1\n',
      'unsubscribed_email_audience_export_1.csv',
    ),
    file('Email Address,CLEAN_TIME,LEID\nd2@example.org,2018-02-12 10:54:27,1\n', 'renamed.csv'),
    file(
      'email,status\nd3@example.org,subscribed\nd3@example.org,unsubscribed\nd3@example.org,subscribed\n',
      'list.csv',
    ),
  ];
  const report = await importFiles(db, weekly, files);
  expect(report).toMatchObject({ read: 9, added: 1, unsubscribed: 2, suppressed: 1, unchanged: 5 });
  expect(
    await statesOf(weekly, 'd1@example.org', 'd2@example.org', 'd3@example.org', 'd4@example.org'),
  ).toEqual(['unsubscribed', '- bounce', 'unsubscribed', 'confirmed']);
});

it('--dry-run says the same and writes nothing', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const content = 'email,status\ne1@example.org,active\ne2@example.org,left\ne3@example.org,bounced\n';
  const dry = await importFiles(db, weekly, [file(content)], { dryRun: true });
  expect(await statesOf(weekly, 'e1@example.org', 'e2@example.org', 'e3@example.org')).toEqual([
    '-',
    '-',
    '-',
  ]);
  const real = await importText(db, weekly, content);
  expect(dry).toEqual({ ...real, dryRun: true });
});

it('--unsubscribed: a list of people who left, of whom one reads here today and one was erased', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  await addSubscriber(db, keys, weekly.id, { email: 'f1@example.org' }, 'by phone');
  const erased = keys.hash('f3@example.org');
  await db
    .insertInto('suppressions')
    .values({ identity_hash: erased.hash, hash_kid: erased.kid, reason: 'erased', source: 'cli' })
    .execute();
  const content = 'f1@example.org\nKeeper, Ann <f2@example.org>\nf3@example.org\n';
  const report = await importFiles(db, weekly, [file(content)], { unsubscribed: true, source: null });
  expect(report).toMatchObject({ read: 3, unsubscribed: 2, keptOut: 1 });
  expect(await statesOf(weekly, 'f1@example.org', 'f2@example.org', 'f3@example.org')).toEqual([
    'unsubscribed',
    'unsubscribed',
    '- erased',
  ]);
  expect(await importFiles(db, weekly, [file(content)], { unsubscribed: true, source: null })).toMatchObject({
    unchanged: 2,
    keptOut: 1,
  });
});

it('somebody who left comes in by the address alone where the rest of the row cannot be taken', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const report = await importText(
    db,
    weekly,
    `email,name,status\ng1@example.org,${'x'.repeat(300)},unsubscribed\n`,
  );
  expect(report).toMatchObject({ unsubscribed: 1, refusedLines: 0 });
});

it('without --confirmed nobody is asked about, and nobody is confirmed', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const content = 'email,status\nh1@example.org,cold\nh2@example.org,active\nh3@example.org,unsubscribed\n';
  await importText(db, weekly, content, null);
  expect(await statesOf(weekly, 'h1@example.org', 'h2@example.org', 'h3@example.org')).toEqual([
    'pending',
    'pending',
    'unsubscribed',
  ]);
});

it('people whom Substack deleted are refused', async () => {
  const { db, newsletter } = setting();
  const content = 'email,email_disabled\nx-1@deletion-request.substack.com,false\n';
  expect(await importText(db, await newsletter(), content)).toMatchObject({ refusedLines: 1, added: 0 });
});

const exports = fileURLToPath(new URL('../../../../shared/exports', import.meta.url));
const real = (name: string) => join(exports, name);
const note = existsSync(exports) ? '' : ' (skipped: ../shared/exports is not there)';

it.skipIf(!existsSync(real('listmonk-all.csv')))(
  `listmonk's own export: disabled is asked about, blocklisted left, JSON is spread, and what it cannot tell is said${note}`,
  async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const listmonk = file(readFileSync(real('listmonk-all.csv')), 'listmonk-all.csv');
    await expect(importFiles(db, weekly, [listmonk])).rejects.toThrow(/column "status": "disabled" \(1\)/);
    const report = await importFiles(db, weekly, [listmonk], { answers: answers('disabled=left') });
    expect(report).toMatchObject({ read: 12, added: 10, unsubscribed: 2, refused: [] });
    expect(report.notes).toEqual([
      expect.stringMatching(/^listmonk: .*people who left the list.*--unsubscribed/),
    ]);
    expect(report.columns.leftOut.map(({ column }) => column)).toEqual(['uuid', 'created_at', 'updated_at']);
    expect(await statesOf(weekly, 'blocked@harbour.test', 'disabled@harbour.test')).toEqual([
      'unsubscribed',
      'unsubscribed',
    ]);
    const ada = await showSubscriber(db, keys, 'ada@harbour.test');
    expect(ada.attributes).toEqual({ 'n.x': '1', city: 'Port', tags: 'a, b' });
    const zh = await showSubscriber(db, keys, 'zh@harbour.test');
    expect(zh.attributes).toEqual({ 城市: '上海' });
  },
);

it.skipIf(!existsSync(real('ghost-members.csv')))(
  `Ghost's own export: subscribed_to_emails=false left${note}`,
  async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const ghost = file(readFileSync(real('ghost-members.csv')), 'ghost-members.csv');
    const report = await importFiles(db, weekly, [ghost]);
    expect(report.cameIn).toContainEqual({
      as: 'unsubscribed',
      column: 'subscribed_to_emails',
      word: 'false',
      rows: 1,
    });
    expect(await statesOf(weekly, 'bob@harbour.test')).toEqual(['unsubscribed']);
    expect(report.columns.leftOut.map(({ column }) => column)).toEqual(
      expect.arrayContaining(['id', 'note', 'stripe_customer_id', 'created_at']),
    );
  },
);

it("Mailman's `Name <addr>` lines without a header are read, with what they cannot tell", async () => {
  const { db, newsletter } = setting();
  const content =
    '"Ann Lee" <i1@example.org>\nKeeper, Bob <i2@example.org>\ni3@example.org\ni4@example.org Sympa Name\nnobody\n';
  const report = await importText(db, await newsletter(), content);
  expect(report).toMatchObject({ read: 5, added: 4, refused: [{ line: 5 }] });
  expect(report.notes).toEqual([expect.stringMatching(/members --nomail enabled/)]);
  expect((await showSubscriber(db, keys, 'i2@example.org')).name).toBe('Keeper, Bob');
  expect((await showSubscriber(db, keys, 'i4@example.org')).name).toBe('Sympa Name');
});

it('in the middle of a send, what waits for people whom a file calls gone is skipped, and a mail on the wire is waited for', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const people = ['j1', 'j2', 'j3', 'j4'].map((name) => `${name}@example.org`);
  await importText(db, weekly, `email\n${people.join('\n')}\n`);
  const waiting: { issue: number; delivery: number }[] = [];
  for (const [at, email] of people.entries()) {
    const { id } = await db
      .selectFrom('subscribers')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    waiting.push(await insertDelivery(db, weekly.id, id, at === 3 ? 'handing' : 'planned'));
  }
  let slept = 0;
  const patient = {
    monotonic: () => slept,
    sleep: async (ms: number) => {
      slept += ms;
    },
  };
  const content = `email,status\n${people.map((email, at) => `${email},${['unsubscribed', 'bounced', 'complained', 'left'][at]}`).join('\n')}\n`;
  await importSubscribers({ db, keys, clock: patient }, [file(content)], {
    newsletterId: weekly.id,
    source: 'x',
  });
  const states = await Promise.all(waiting.map((one) => deliveryState(db, one)));
  expect(states).toEqual([
    { state: 'skipped', reason: 'unsubscribed' },
    { state: 'skipped', reason: 'bounce' },
    { state: 'skipped', reason: 'unsubscribed' },
    { state: 'handing', reason: null },
  ]);
  expect(slept).toBeGreaterThanOrEqual(2_000);
});

it('a column timezone sets the clock of quiet hours; a zone that nobody knows is left out with a remark', async () => {
  const { db, newsletter } = setting();
  const content =
    'email,TIMEZONE\nk1@example.org,europe/berlin\nk2@example.org,America/New York\nk3@example.org,Eastern Time\nk4@example.org,+02:00\nk5@example.org,\n';
  const report = await importText(db, await newsletter(), content);
  expect(report).toMatchObject({ added: 5, remarks: [{ line: 4 }, { line: 5 }] });
  expect(report.remarks[0]?.text).toBe(
    'no time zone is called "Eastern Time": expected a name such as Europe/Berlin',
  );
  const zones = await db
    .selectFrom('subscribers')
    .select(['email', 'timezone'])
    .where('email', 'like', 'k_@%')
    .orderBy('email')
    .execute();
  expect(zones.map(({ timezone }) => timezone)).toEqual([
    'Europe/Berlin',
    'America/New_York',
    null,
    null,
    null,
  ]);
});

it('what proves a yes elsewhere is kept with the consent; passwords, tokens and numbers of rows are not kept', async () => {
  const { db, newsletter } = setting();
  const content =
    'email,OPTIN_TIME,OPTIN_IP,password,password_hash,uuid,created_at,stripe_customer_id,city\nl1@example.org,2018-02-12 10:54:27,192.0.2.7,geheim,$2b$x,u,2020,cus_1,Rome\n';
  const report = await importText(db, await newsletter(), content);
  const view = await showSubscriber(db, keys, 'l1@example.org');
  expect(view.attributes).toEqual({ city: 'Rome' });
  expect(view.consent.map(({ step, source }) => `${step} ${source}`).sort()).toEqual([
    'imported import: moved from elsewhere',
    'stated import: OPTIN_TIME 2018-02-12 10:54:27, OPTIN_IP 192.0.2.7',
  ]);
  expect(report.columns.leftOut.map(({ column }) => column)).toEqual(
    expect.arrayContaining([
      'password',
      'password_hash',
      'uuid',
      'created_at',
      'stripe_customer_id',
      'OPTIN_TIME',
    ]),
  );
});

it.each([
  ['a row with too many cells', 'b@example.org,unsubscribed,1,2'],
  ['an address with mailto:', 'mailto:b@example.org,unsubscribed'],
  ['an address with a name', 'Bo <b@example.org>,unsubscribed'],
  ['two addresses in one cell', '"b@example.org; c@example.org",unsubscribed'],
])('a refused row still keeps somebody who left from coming in by another row: %s', async (_, row) => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const report = await importText(db, weekly, `email,status\nb@example.org,active\n${row}\n`);
  expect(report).toMatchObject({ refusedLines: 1, unsubscribed: 1, added: 0 });
  expect(await statesOf(weekly, 'b@example.org')).toEqual(['unsubscribed']);
});
