import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { unsubscribeAddress } from '../../../src/consent/mail/mail-tokens.ts';
import { receiveMail } from '../../../src/feedback/intake/receive-mail.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { contextOf, feedbackOf, keys, type Mailed, mailReader, suppressionsOf } from '../fixtures.ts';
import { bounceMail, mail } from './mails.ts';

const database = useTestDatabase();
const db = () => database.db;
let newsletter: number;

beforeAll(async () => {
  newsletter = await insertNewsletter(db());
});

const receive = (source: string, recipients: readonly string[] = []) =>
  receiveMail(contextOf(db()), { source: Buffer.from(source), recipients, by: 'smtp' });

test('a bounce to the return path suppresses its reader', async () => {
  const reader = await mailReader(db(), newsletter);
  const applied = await receive(bounceMail(reader), [reader.returnPath]);
  expect(applied).toMatchObject([{ class: 'hard', action: 'suppressed', recipient: reader.email }]);
  expect(await feedbackOf(db(), reader)).toMatchObject({ feedback: 'bounced' });
});

test('a bounce that has lost everything but its address is found by the return path', async () => {
  const reader = await mailReader(db(), newsletter);
  const mangled = mail(
    { To: reader.returnPath, From: 'MAILER-DAEMON@x.example', Subject: 'failure notice' },
    ['Sorry, no mailbox here by that name. 550 5.1.1 User unknown'],
  );
  expect(await receive(mangled)).toMatchObject([{ delivery: expect.stringMatching(/\d+$/) }]);
});

test('a person’s mail is none of our business: nothing is stored', async () => {
  const before = await reports();
  expect(await receive(mail({ From: 'A <a@x.example>', Subject: 'Hello' }, ['Nice issue!']))).toMatchObject([
    { class: 'other', action: 'none' },
  ]);
  expect(await reports()).toBe(before);
});

describe('a mail to the unsubscribe address', () => {
  const linkOf = async (reader: Mailed) => {
    const { link_key } = await db()
      .selectFrom('subscribers')
      .select('link_key')
      .where('id', '=', reader.subscriber)
      .executeTakeFirstOrThrow();
    const ref = { newsletter, subscriber: reader.subscriber, linkKey: link_key };
    return unsubscribeAddress(keys, ref, 'bounces.example.org');
  };
  const request = (to: string, more: Record<string, string> = {}) =>
    mail({ From: 'Somebody Else <else@x.example>', To: to, Subject: 'unsubscribe', ...more }, ['']);

  test('unsubscribes its person, whoever sends it, and leaves a consent record', async () => {
    const reader = await mailReader(db(), newsletter);
    expect(await receive(request(await linkOf(reader)))).toMatchObject([{ action: 'unsubscribed' }]);
    expect(await stateOf(reader)).toEqual({ state: 'unsubscribed', left_by: 'reader' });
    const { rows } = await sql`SELECT step, source FROM consent_records
      WHERE subscriber_id = ${reader.subscriber}`.execute(db());
    expect(rows).toEqual([{ step: 'unsubscribed', source: 'mailto' }]);
    expect(await suppressionsOf(db(), reader)).toEqual([]);
  });

  test('read again does not unsubscribe somebody who came back', async () => {
    const reader = await mailReader(db(), newsletter);
    const source = request(await linkOf(reader));
    await receive(source);
    await sql`UPDATE subscriptions SET state = 'confirmed', left_by = NULL
      WHERE subscriber_id = ${reader.subscriber}`.execute(db());
    expect(await receive(source)).toMatchObject([{ action: 'duplicate' }]);
    expect(await stateOf(reader)).toMatchObject({ state: 'confirmed' });
  });

  test('of an automatic reply changes nothing', async () => {
    const reader = await mailReader(db(), newsletter);
    await receive(
      request(await linkOf(reader), { 'Auto-Submitted': 'auto-replied', Subject: 'Out of office' }),
    );
    expect(await stateOf(reader)).toMatchObject({ state: 'confirmed' });
  });

  test('with a changed letter changes nothing', async () => {
    const reader = await mailReader(db(), newsletter);
    const address = await linkOf(reader);
    const other = address.replace(/\+(.)/, (_, first: string) => `+${first === 'a' ? 'b' : 'a'}`);
    await receive(request(other));
    expect(await stateOf(reader)).toMatchObject({ state: 'confirmed' });
  });
});

const reports = async () =>
  (await sql<{ n: number }>`SELECT count(*)::int AS n FROM feedback_reports`.execute(db())).rows[0]!.n;

const stateOf = (reader: Mailed) =>
  db()
    .selectFrom('subscriptions')
    .select(['state', 'left_by'])
    .where('subscriber_id', '=', reader.subscriber)
    .executeTakeFirstOrThrow();
