import { beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/io/clock.ts';
import { planServiceMail, SERVICE } from '../../src/ledger/service-mail.ts';
import {
  lockAgainstPlanning,
  skipWaitingFor,
  waitWhileInFlight,
} from '../../src/ledger/unsubscribe-guard.ts';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import { cancelIssue } from '../../src/sends/resume-cancel.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { leaveRow, mark, plannedIssue, rowsOf, settle, store } from './fixtures.ts';

const database = useTestDatabase();
let worker: number;
beforeAll(async () => {
  worker = await registerWorker(db(), 'w', 60_000);
});
const db = () => database.db;

async function one() {
  const { issue, newsletter, people } = await plannedIssue(db(), 2);
  const leaver = { subscriberId: people[0]!, newsletterId: newsletter };
  const row = async () => (await rowsOf(db(), issue)).find((r) => r.subscriber_id === people[0])!;
  const leave = () =>
    db()
      .transaction()
      .execute(async (trx) => {
        await lockAgainstPlanning(trx);
        await leaveRow(trx, newsletter, people[0]!);
        await skipWaitingFor(trx, leaver, 'unsubscribed');
      });
  return { issue, newsletter, leaver, leave, row, id: (await row()).id };
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

test('what waits is skipped with the leave, and only theirs', async () => {
  const { issue, leave, leaver } = await one();
  await leave();
  await waitWhileInFlight(db(), systemClock, leaver);
  expect((await rowsOf(db(), issue)).map(({ state, reason }) => [state, reason])).toEqual([
    ['skipped', 'unsubscribed'],
    ['planned', null],
  ]);
});

test('a leave waits for the mail on the wire; deferred by the relay, it is skipped before the answer', async () => {
  const { issue, leave, leaver, row, id } = await one();
  await mark(db(), issue, worker, id);
  await leave();
  expect(await row()).toMatchObject({ state: 'handing' });
  const clock = steppedClock(async (at) => {
    if (at === 100) await store(db(), issue, worker, settle(id, 1, { state: 'deferred', dueInMs: 0 }));
  });
  await waitWhileInFlight(db(), clock, leaver);
  expect(clock.monotonic()).toBeLessThan(200);
  expect(await row()).toMatchObject({ state: 'skipped', reason: 'unsubscribed', due: false });
});

test('a leave is answered after 2 s at the latest; what the relay defers afterwards gets no second mark', async () => {
  const { issue, leave, leaver, id, row } = await one();
  await mark(db(), issue, worker, id);
  await leave();
  const clock = steppedClock();
  await waitWhileInFlight(db(), clock, leaver);
  expect(clock.monotonic()).toBe(2_000);
  await store(db(), issue, worker, settle(id, 1, { state: 'deferred', dueInMs: 0 }));
  expect(await mark(db(), issue, worker, id, 1)).toBe(false);
  expect(await row()).toMatchObject({ state: 'deferred' });
});

test('a leave waits for the mail on the wire of a cancelled send, too', async () => {
  const { issue, leave, leaver, id } = await one();
  await mark(db(), issue, worker, id);
  await cancelIssue(db(), issue);
  await leave();
  const clock = steppedClock(async (at) => {
    if (at === 100) await store(db(), issue, worker, settle(id, 1));
  });
  await waitWhileInFlight(db(), clock, leaver);
  expect(clock.monotonic()).toBe(100);
});

test('a mark and a leave at the same moment: either it is on the wire and waited for, or it is skipped', async () => {
  for (let n = 0; n < 15; n += 1) {
    const { issue, leave, row, id } = await one();
    const [granted] = await Promise.all([mark(db(), issue, worker, id), leave()]);
    expect((await row()).state).toBe(granted ? 'handing' : 'skipped');
  }
});

test('service mails of the person are skipped too; a second mail with the same key is never planned', async () => {
  const { leave, newsletter, leaver } = await one();
  const plan = () =>
    db()
      .transaction()
      .execute((trx) =>
        planServiceMail(trx, {
          kind: 'welcome',
          key: `w${newsletter}`,
          newsletterId: newsletter,
          subscriberId: leaver.subscriberId,
          subscriptionId: null,
          email: 'r@example.org',
        }),
      );
  const mail = await plan();
  expect(await plan()).toBeNull();
  await leave();
  expect((await rowsOf(db(), SERVICE)).find((row) => row.id === mail!.id)).toMatchObject({
    state: 'skipped',
  });
});
