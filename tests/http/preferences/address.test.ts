import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { ADDRESS_HOURS, addressToken, preferencesToken } from '../../../src/consent/tokens.ts';
import { planPage } from '../../../src/ledger/plan.ts';
import { keys, linkTo, recordsOf } from '../../consent/fixtures.ts';
import { insertDelivery, insertSubscriber } from '../../helpers/rows.ts';
import { lanes } from '../../ledger/fixtures.ts';
import { FORM, form, useWeb } from '../harness.ts';

const { web, weekly, get } = useWeb();
const db = () => web().database.db;
let people = 0;
let subscriber: number;
let ref: Awaited<ReturnType<typeof linkTo>>;
let before: string;
let after: string;

beforeEach(async () => {
  people += 1;
  before = `old${people}@example.org`;
  after = `New${people}@example.net`;
  subscriber = await insertSubscriber(db(), before, weekly());
  ref = await linkTo(db(), weekly(), subscriber);
});

const post = (url: string, fields: Record<string, string>) =>
  web().app.inject({ method: 'POST', url, headers: FORM, payload: form(fields) });
const ask = (email = after) =>
  post(`/preferences/${preferencesToken(keys, ref)}`, { pressed: 'address', email });
const mails = async () =>
  db()
    .selectFrom('deliveries')
    .select(['notice', 'email', 'about'])
    .where('subscriber_id', '=', subscriber)
    .where('kind', '=', 'notice')
    .orderBy('id')
    .execute();
const link = (change: number, side: 'old' | 'new', made = new Date()) =>
  `/address/${addressToken(keys, { ...ref, change, side }, made)}`;
const yes = (change: number, side: 'old' | 'new') => post(link(change, side), { pressed: 'address' });
const address = async () =>
  (
    await db()
      .selectFrom('subscribers')
      .select('email')
      .where('id', '=', subscriber)
      .executeTakeFirstOrThrow()
  ).email;

async function requestChange(): Promise<number> {
  await ask();
  return (await mails())[0]!.about!;
}

test('both mailboxes are asked, and only when both have said yes the address changes', async () => {
  const change = await requestChange();
  expect(await mails()).toEqual([
    { notice: 'address-old', email: before, about: change },
    { notice: 'address-new', email: after, about: change },
  ]);
  expect((await get(link(change, 'new'))).body).toContain(after);
  expect((await yes(change, 'new')).body).toContain('One more button');
  expect((await yes(change, 'new')).body, 'the same mailbox twice').toContain('One more button');
  expect(await address()).toBe(before);
  expect((await yes(change, 'old')).body).toContain('is changed');
  expect(await address()).toBe(after);
  expect((await recordsOf(db(), subscriber)).map(({ step }) => step)).toEqual(['address-changed']);
});

test('looking at both links changes nothing', async () => {
  const change = await requestChange();
  for (const side of ['old', 'new'] as const)
    for (const method of ['GET', 'HEAD', 'OPTIONS'] as const)
      await web().app.inject({ method, url: link(change, side) });
  const { rows } = await sql`SELECT 1 FROM address_changes
    WHERE id = ${change} AND old_confirmed_at IS NULL AND new_confirmed_at IS NULL`.execute(db());
  expect(rows).toHaveLength(1);
});

test('no issue reaches them twice: what waits follows them, and the plan knows them', async () => {
  const sent = await insertDelivery(db(), weekly(), subscriber, 'accepted');
  const waiting = await insertDelivery(db(), weekly(), subscriber, 'planned');
  const change = await requestChange();
  await yes(change, 'old');
  await yes(change, 'new');
  for (const { issue } of [sent, waiting]) await planPage(db(), issue, lanes, 100);
  const rows = await db()
    .selectFrom('deliveries')
    .select(['issue_id', 'email', 'key'])
    .where('subscriber_id', '=', subscriber)
    .where('kind', '=', 'issue')
    .orderBy('issue_id')
    .execute();
  expect(rows).toEqual([
    { issue_id: sent.issue, email: before, key: after.toLowerCase() },
    { issue_id: waiting.issue, email: after, key: after.toLowerCase() },
  ]);
});

test('an address that somebody else has is not given away, nor told of before both say yes', async () => {
  await insertSubscriber(db(), after, weekly());
  const free = await ask(`free${people}@example.net`);
  expect((await ask()).body).toBe(free.body);
  const change = (await mails())[2]!.about!;
  await yes(change, 'old');
  expect((await yes(change, 'new')).body).toContain('cannot be used');
  expect(await address()).toBe(before);
});

test('three times in seven days, never to a suppressed address, and never in half', async () => {
  await sql`INSERT INTO suppressions (identity_hash, hash_kid, reason, source)
    VALUES (${keys.hash(after.toLowerCase()).hash}, ${keys.hash('x').kid}, 'not-me', 'test')`.execute(db());
  await ask();
  expect(await mails()).toEqual([]);
  for (let n = 0; n < 5; n++) await ask(`p${people}-${n}@example.net`);
  expect(await mails()).toHaveLength(6);
});

test(`a link works for ${ADDRESS_HOURS} hours, for its own person and its own mailbox`, async () => {
  const change = await requestChange();
  const late = new Date(Date.now() - ADDRESS_HOURS * 3_600_000);
  const forged = addressToken(keys, { ...ref, linkKey: 1, change, side: 'old' }, new Date());
  for (const dead of [link(change, 'old', late), `/address/${forged}`, link(change + 1_000, 'old')]) {
    expect((await get(dead)).statusCode).toBe(404);
    expect((await post(dead, { pressed: 'address' })).statusCode).toBe(404);
  }
  expect((await post(link(change, 'old'), {})).statusCode, 'not the button').toBe(400);
});

test('what is no address is said, and the same address does nothing', async () => {
  expect((await ask('nobody')).body).toContain('Please check the address');
  await ask(before.toUpperCase());
  expect(await mails()).toEqual([]);
});
