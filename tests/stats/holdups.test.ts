/** Why a send stands still, in words. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { progressLine } from '../../src/cli/send/progress-line.ts';
import { endBackoff, readBackoffs, startBackoff } from '../../src/ledger/relays/backoff.ts';
import { noteRelayHealth } from '../../src/ledger/relays/settings.ts';
import { endWorker, registerWorker } from '../../src/ledger/workers/leases.ts';
import { aliveWorkers } from '../../src/ledger/workers/list.ts';
import { holdupsOf } from '../../src/stats/holdups.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { plannedIssue } from '../ledger/fixtures.ts';

const database = useTestDatabase();

test('no worker, a relay that is down for all who are alive, one at rest: each is said, and who waits', async () => {
  const { db } = database;
  const { issue } = await plannedIssue(db, 3);
  await sql`UPDATE sends SET route = 'main', plan_done = true WHERE issue_id = ${issue}`.execute(db);
  expect((await issueStatus(db, issue)).holdups).toEqual([
    'no worker is alive, so nothing is sent; start one: postrider worker (or postrider start)',
  ]);
  const [one, two] = [
    await registerWorker(db, 'north/1', 60_000),
    await registerWorker(db, 'south/2', 60_000),
  ];
  expect((await aliveWorkers(db)).map(({ worker }) => worker)).toEqual(['north/1', 'south/2']);
  const trouble = {
    since: new Date('2026-12-01T08:00:00Z'),
    why: 'relay main (mail.example:587) cannot be reached',
  };
  await noteRelayHealth(db, 'main', one, trouble);
  await noteRelayHealth(db, 'main', two, null);
  expect(await holdupsOf(db, 'main')).toEqual([]);
  await noteRelayHealth(db, 'main', two, trouble);
  expect(await holdupsOf(db, 'main:3,backup:1')).toEqual([
    'relay main is down since 2026-12-01T08:00:00.000Z: relay main (mail.example:587) cannot be reached',
  ]);
  await noteRelayHealth(db, 'main', one, null);
  await startBackoff(db, 'main', {
    ms: 3_600_000,
    endsMs: 86_400_000,
    why: 'relay main has used up its day',
  });
  const status = await issueStatus(db, issue);
  expect(status.holdups[0]).toMatch(/^relay main has used up its day \(it rests until 20.*Z\)$/);
  expect(progressLine(status)).toMatch(/^not sent yet: 3 of 3 wait: relay main has used up its day/);
  // A rest that is over before is not cut short by another worker's shorter one.
  await startBackoff(db, 'main', { ms: 60_000, endsMs: 60_000, why: 'again' });
  expect((await readBackoffs(db)).get('main')?.backoff?.ms).toBeGreaterThan(3_500_000);
  await endBackoff(db, 'main');
  expect((await readBackoffs(db)).get('main')).toEqual({ backoff: null, endedAt: expect.any(Date) });
  await endWorker(db, one);
  await endWorker(db, two);
  expect(await aliveWorkers(db)).toEqual([]);
});
