import { expect, test } from 'vitest';
import { systemClock } from '../../src/io/clock.ts';
import { planServiceMail, SERVICE } from '../../src/ledger/service-mail.ts';
import {
  lockAgainstPlanning,
  skipWaitingFor,
  waitWhileInFlight,
} from '../../src/ledger/unsubscribe-guard.ts';
import { cancelIssue } from '../../src/sends/resume-cancel.ts';
import { mark, plannedIssue, rowsOf, settle, store, writeUnsubscribe } from './fixtures.ts';
import { useWorker } from './use-worker.ts';

const { db, worker } = useWorker(60_000);

async function one() {
  const { issue, newsletter, people } = await plannedIssue(db(), 2);
  const optOut = { subscriberId: people[0]!, newsletterId: newsletter };
  const row = async () => (await rowsOf(db(), issue)).find((r) => r.subscriber_id === people[0])!;
  const unsubscribe = () =>
    db()
      .transaction()
      .execute(async (trx) => {
        await lockAgainstPlanning(trx);
        await writeUnsubscribe(trx, newsletter, people[0]!);
        await skipWaitingFor(trx, optOut, 'unsubscribed');
      });
  return { issue, newsletter, optOut, unsubscribe, row, id: (await row()).id };
}

/** A clock whose sleeps move it: nothing is waited for. `during` happens while it sleeps. */
function steppedClock(during: (at: number) => Promise<unknown> = async () => {}) {
  let at = 0;
  return {
    monotonic: () => at,
    sleep: async (ms: number) => {
      at += ms;
      await during(at);
    },
  };
}

test('an unsubscribe skips the deliveries that wait, and only theirs', async () => {
  const { issue, unsubscribe, optOut } = await one();
  await unsubscribe();
  await waitWhileInFlight(db(), systemClock, optOut);
  expect((await rowsOf(db(), issue)).map(({ state, reason }) => [state, reason])).toEqual([
    ['skipped', 'unsubscribed'],
    ['planned', null],
  ]);
});

test('an unsubscribe waits for the mail in flight; deferred by the relay, it is skipped before the answer', async () => {
  const { issue, unsubscribe, optOut, row, id } = await one();
  await mark(db(), issue, worker(), id);
  await unsubscribe();
  expect(await row()).toMatchObject({ state: 'handing' });
  const clock = steppedClock(async (at) => {
    if (at === 100) await store(db(), issue, worker(), settle(id, 1, { state: 'deferred', dueInMs: 0 }));
  });
  await waitWhileInFlight(db(), clock, optOut);
  expect(clock.monotonic()).toBeLessThan(200);
  expect(await row()).toMatchObject({ state: 'skipped', reason: 'unsubscribed', due: false });
});

test('an unsubscribe is answered after 2 s at the latest; what the relay defers afterwards gets no second mark', async () => {
  const { issue, unsubscribe, optOut, id, row } = await one();
  await mark(db(), issue, worker(), id);
  await unsubscribe();
  const clock = steppedClock();
  await waitWhileInFlight(db(), clock, optOut);
  expect(clock.monotonic()).toBe(2_000);
  await store(db(), issue, worker(), settle(id, 1, { state: 'deferred', dueInMs: 0 }));
  expect(await mark(db(), issue, worker(), id, 1)).toBe(false);
  expect(await row()).toMatchObject({ state: 'deferred' });
});

test('an unsubscribe waits for the mail in flight of a cancelled send, too', async () => {
  const { issue, unsubscribe, optOut, id } = await one();
  await mark(db(), issue, worker(), id);
  await cancelIssue(db(), issue);
  await unsubscribe();
  const clock = steppedClock(async (at) => {
    if (at === 100) await store(db(), issue, worker(), settle(id, 1));
  });
  await waitWhileInFlight(db(), clock, optOut);
  expect(clock.monotonic()).toBe(100);
});

test('a mark and an unsubscribe at the same moment: either the mail is in flight and waited for, or it is skipped', async () => {
  for (let n = 0; n < 15; n += 1) {
    const { issue, unsubscribe, row, id } = await one();
    const [granted] = await Promise.all([mark(db(), issue, worker(), id), unsubscribe()]);
    expect((await row()).state).toBe(granted ? 'handing' : 'skipped');
  }
});

test('service mails of the person are skipped too; a second mail with the same key is never planned', async () => {
  const { unsubscribe, newsletter, optOut } = await one();
  const plan = () =>
    db()
      .transaction()
      .execute((trx) =>
        planServiceMail(trx, {
          kind: 'welcome',
          key: `w${newsletter}`,
          newsletterId: newsletter,
          subscriberId: optOut.subscriberId,
          subscriptionId: null,
          email: 'r@example.org',
        }),
      );
  const mail = await plan();
  expect(await plan()).toBeNull();
  await unsubscribe();
  expect((await rowsOf(db(), SERVICE)).find((row) => row.id === mail!.id)).toMatchObject({
    state: 'skipped',
  });
});
