import { expect, test } from 'vitest';
import { Keys } from '../../src/consent/keys.ts';
import { unsubscribeToken } from '../../src/consent/tokens.ts';
import { openHarness } from './harness.ts';

const SECRET = 'the secret of a burst of two thousand clicks';
const READERS = 4_000;
const CLICKS = 2_000;
const AT_ONCE = 100;

test('2,000 one-click unsubscribes while a send runs: all honoured, and nobody is mailed after their answer', async () => {
  const harness = await openHarness('database', { env: { POSTRIDER_SECRET: SECRET }, relay: 'pool=5' });
  const db = harness.db!;
  await harness.up('start');
  await harness.newsletter(READERS);
  const keys = new Keys([SECRET]);
  const people = await db
    .selectFrom('subscribers as p')
    .innerJoin('subscriptions as s', 's.subscriber_id', 'p.id')
    .select(['p.id', 'p.email', 'p.link_key', 's.newsletter_id'])
    .orderBy('p.id', 'desc')
    .limit(CLICKS)
    .execute();
  harness.sink.behave = ({ stage }) => (stage === 'dot' ? { lateMs: 5 } : undefined);
  const issue = await harness.draft('burst');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(20);

  /** How many mails had arrived at the relay when this person was answered. */
  const answered = new Map<string, number>();
  const statuses = new Map<number, number>();
  const waiting = [...people];
  const click = async () => {
    for (let person = waiting.pop(); person; person = waiting.pop()) {
      const ref = { newsletter: person.newsletter_id, subscriber: person.id, linkKey: person.link_key };
      const token = unsubscribeToken(keys, { ...ref, issue: 1, delivery: 1 });
      const { status } = await fetch(`${harness.url}/unsubscribe/${token}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'List-Unsubscribe=One-Click',
      });
      answered.set(person.email, harness.sink.accepted.length);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, click));
  const done = harness.sink.accepted.length;
  expect([...statuses]).toEqual([[200, CLICKS]]);
  expect(done, 'the send was still running').toBeLessThan(READERS - 100);

  await harness.untilState(issue, 'sent');
  const late = harness.sink.accepted.filter(({ to }, at) => at >= (answered.get(to) ?? Infinity));
  expect(late.map(({ to }) => to)).toEqual([]);
  const left = await db
    .selectFrom('subscriptions')
    .select((count) => count.fn.countAll<number>().as('n'))
    .where('state', '=', 'unsubscribed')
    .executeTakeFirstOrThrow();
  expect(Number(left.n)).toBe(CLICKS);
}, 300_000);
