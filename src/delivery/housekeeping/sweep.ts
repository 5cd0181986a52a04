/**
 * The sweeper: what puts right whatever was lost. Every worker runs it; each step is safe beside itself.
 *
 *   - ends the leases of dead workers (their marks become unknown by name, the rest is given back);
 *   - ends windows of its own worker that it does not carry: leases whose answer was lost;
 *   - pauses sends that nobody served for over an hour, before anyone serves them;
 *   - starts scheduled sends that are due, and pauses those that were missed by over an hour;
 *   - plans who confirmed within the hours of catch-up;
 *   - doubts what nobody hands over any more, and takes up sends that have work again;
 *   - forgets the mails of erased people that were on the wire;
 *   - resends unknowns where the newsletter's policy says so, expires what was tried for too long, or is of no use any more;
 *   - pauses sends that are not well received, and lets relays that are warmed up take more;
 *   - lets canaries wait, ask, and go on, unless one was just paused;
 *   - finishes sends with nothing left, and cancels' leftovers;
 *   - rings again for plans and lanes that have work and no window;
 *   - notes how far the lanes are, so that their rates can be told;
 *   - thins ledgers whose time is over to counts;
 *   - forgets who asked for a confirmation, once no budget counts it.
 */
import { sql } from 'kysely';
import { forgetOldAsks } from '../../consent/old-asks.ts';
import { forgetSettled } from '../../ledger/anonymize.ts';
import { skipWaitingOfIssue } from '../../ledger/cancel.ts';
import { idleLanes } from '../../ledger/lanes/idle-lanes.ts';
import { sampleLanes } from '../../ledger/lanes/progress.ts';
import { forgetOldLanes } from '../../ledger/lanes/states.ts';
import { forgetOldCounts } from '../../ledger/relays/budget.ts';
import { growWarmUps } from '../../ledger/relays/warm-up.ts';
import { doubtOrphans, resendUnknownsByPolicy } from '../../ledger/unknown-outcomes.ts';
import { endDeadWorkers, forgetEndedWorkers, liveWorkers } from '../../ledger/workers/leases.ts';
import { breakSends } from '../../sends/auto-pause.ts';
import { moveCanaries } from '../../sends/canary.ts';
import { catchUp } from '../../sends/catch-up.ts';
import { expireIssues, expireOld } from '../../sends/expire.ts';
import { finishIssue } from '../../sends/finish.ts';
import { issueName } from '../../sends/issue-name.ts';
import { reopenWithWork } from '../../sends/reopen.ts';
import { pauseMissed, startDue } from '../../sends/schedule.ts';
import { UNSERVED_MS } from '../../sends/send-settings.ts';
import { PLAN_LANE, ringLanes } from '../../sends/wake.ts';
import type { Engine } from '../worker/context.ts';
import { thinDue } from './compact.ts';

export async function sweep(engine: Engine): Promise<void> {
  const dead = await endDeadWorkers(engine.db);
  if (dead.ended > 0) engine.log.warn(dead, 'ended the leases of workers that were not heard of');
  await endUnheld(engine);
  await pauseUnserved(engine);
  await startScheduled(engine);
  await planLate(engine);
  await reopen(engine);
  await doubtOrphans(engine.db, engine.times.leaseMs);
  await forgetSettled(engine.db);
  await resendUnknownsByPolicy(engine.db, engine.times.retryMs);
  await expireOld(engine.db, engine.times.expireMs);
  await expireNews(engine);
  await breakSends(engine.db, engine.log);
  await keepCanaries(engine);
  await growRelays(engine);
  await finishAll(engine);
  await ringIdle(engine);
  await sampleLanes(engine.db, engine.times.sweepMs);
  await forgetOldLanes(engine.db);
  await forgetEndedWorkers(engine.db);
  await thin(engine);
  await forgetOldAsks(engine.db);
}

/** One line for each issue. */
async function logEach(
  engine: Engine,
  level: 'info' | 'warn',
  issues: Iterable<number>,
  text: string,
): Promise<void> {
  for (const id of issues) engine.log[level]({ issue: await issueName(engine.db, id) }, text);
}

async function endUnheld(engine: Engine): Promise<void> {
  const windows = await engine.windows.endUnheld(engine.db, engine.workerId());
  if (windows > 0) engine.log.warn({ windows }, 'gave back what was leased without our knowing');
}

async function growRelays(engine: Engine): Promise<void> {
  for (const grown of await growWarmUps(engine.db)) engine.log.info(grown, 'a day of warming up is over');
  await forgetOldCounts(engine.db);
}

async function pauseUnserved(engine: Engine): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    UPDATE issues SET state = 'paused', paused_by = 'postrider', paused_at = clock_timestamp(),
      reason = 'not-served: no worker served this send for over an hour; is this a restored or cloned database? Resume it if it should go on'
    WHERE state = 'sending' AND served_at < clock_timestamp() - ${UNSERVED_MS} * interval '1 millisecond'
    RETURNING id`.execute(engine.db);
  const ids = rows.map((row) => row.id);
  await logEach(engine, 'warn', ids, 'paused a send that nobody served for over an hour');
  await sql`UPDATE issues SET served_at = clock_timestamp() WHERE state = 'sending'`.execute(engine.db);
}

async function startScheduled(engine: Engine): Promise<void> {
  const missed = await pauseMissed(engine.db);
  await logEach(engine, 'warn', missed, 'paused a scheduled send that was missed by over an hour');
  await logEach(engine, 'info', await startDue(engine.db), 'a scheduled send starts');
}

async function keepCanaries(engine: Engine): Promise<void> {
  const { waiting, asking, goingOn } = await moveCanaries(engine.db);
  await logEach(engine, 'info', waiting, 'a canary has its answers; its wait begins');
  await logEach(engine, 'info', asking, 'a canary has its answers; a person must resume it');
  await logEach(engine, 'info', goingOn, 'a canary is over; the send goes on');
}

async function planLate(engine: Engine): Promise<void> {
  for (const [id, planned] of await catchUp(engine.db))
    engine.log.info(
      { issue: await issueName(engine.db, id), planned },
      'planned people who confirmed after the send',
    );
}

async function thin(engine: Engine): Promise<void> {
  const thinned = await thinDue(engine.db, engine.clock);
  await logEach(engine, 'info', thinned, 'thinned the ledger of an issue to counts');
}

async function expireNews(engine: Engine): Promise<void> {
  for (const [id, skipped] of await expireIssues(engine.db)) {
    const issue = await issueName(engine.db, id);
    engine.log.info({ issue, skipped }, 'an issue has expired; those it has not reached are skipped');
  }
}

async function reopen(engine: Engine): Promise<void> {
  await logEach(engine, 'info', await reopenWithWork(engine.db), 'a send has work again');
}

async function finishAll(engine: Engine): Promise<void> {
  const running = await engine.db
    .selectFrom('issues')
    .select(['id', 'state'])
    .where('state', '=', 'sending')
    .execute();
  for (const issue of running) await finishIssue(engine.db, issue.id);
  const { rows } = await sql<{ id: number }>`
    SELECT i.id FROM issues i WHERE i.state = 'cancelled'
      AND (SELECT coalesce(sum(planned + deferred), 0) FROM tallies t WHERE t.issue_id = i.id) > 0`.execute(
    engine.db,
  );
  for (const row of rows) await skipWaitingOfIssue(engine.db, row.id, 'cancelled');
}

/** A worker that died may still hold one turn of a bell. */
const BOTH = ['a', 'b'] as const;

async function ringIdle(engine: Engine): Promise<void> {
  const workers = await liveWorkers(engine.db);
  for (const issue of await unplanned(engine)) await ringLanes(engine.bells, issue, [PLAN_LANE], 1, BOTH);
  for (const { issue, lane } of await idleLanes(engine.db, workers))
    await ringLanes(engine.bells, issue, [lane], workers, BOTH);
}

async function unplanned(engine: Engine): Promise<number[]> {
  const rows = await engine.db
    .selectFrom('issues')
    .select('id')
    .where('state', '=', 'sending')
    .where('plan_done', '=', false)
    .where('plan_rests', '=', false)
    .execute();
  return rows.map((row) => row.id);
}
