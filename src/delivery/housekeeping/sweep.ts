/**
 * The sweeper: what puts right whatever was lost. Every worker runs it; each step is safe beside itself.
 *
 *   - ends the leases of dead workers (their marks become unknown by name, the rest is given back);
 *   - ends windows of its own worker that it does not carry: leases whose answer was lost;
 *   - pauses sends that nobody served for over an hour, before anyone serves them;
 *   - starts scheduled sends that are due, and pauses those that were missed by over an hour;
 *   - plans who confirmed within the hours of catch-up;
 *   - doubts what nobody hands over any more, and takes up sends that have work again;
 *   - forgets the mails of erased people that were on the connection;
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
import { PLAN_LANE, wakeLanes } from '../../sends/wake.ts';
import type { WorkerContext } from '../worker/context.ts';
import { thinDue } from './compact.ts';

export async function sweep(context: WorkerContext): Promise<void> {
  const dead = await endDeadWorkers(context.db);
  if (dead.ended > 0) context.log.warn(dead, 'ended the leases of workers that were not heard of');
  await endUnheld(context);
  await pauseUnserved(context);
  await startScheduled(context);
  await planLate(context);
  await reopen(context);
  await doubtOrphans(context.db, context.times.leaseMs);
  await forgetSettled(context.db);
  await resendUnknownsByPolicy(context.db, context.times.retryMs);
  await expireOld(context.db, context.times.expireMs);
  await expireNews(context);
  await breakSends(context.db, context.log);
  await keepCanaries(context);
  await growRelays(context);
  await finishAll(context);
  await ringIdle(context);
  await sampleLanes(context.db, context.times.sweepMs);
  await forgetOldLanes(context.db);
  await forgetEndedWorkers(context.db);
  await thin(context);
  await forgetOldAsks(context.db);
}

/** One line for each issue. */
async function logEach(
  context: WorkerContext,
  level: 'info' | 'warn',
  issues: Iterable<number>,
  text: string,
): Promise<void> {
  for (const id of issues) context.log[level]({ issue: await issueName(context.db, id) }, text);
}

async function endUnheld(context: WorkerContext): Promise<void> {
  const windows = await context.batches.endUnheld(context.db, context.workerId());
  if (windows > 0) context.log.warn({ windows }, 'gave back what was leased without our knowing');
}

async function growRelays(context: WorkerContext): Promise<void> {
  for (const grown of await growWarmUps(context.db)) context.log.info(grown, 'a day of warming up is over');
  await forgetOldCounts(context.db);
}

async function pauseUnserved(context: WorkerContext): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    UPDATE issues SET state = 'paused', paused_by = 'postrider', paused_at = clock_timestamp(),
      reason = 'not-served: no worker served this send for over an hour; is this a restored or cloned database? Resume it if it should go on'
    WHERE state = 'sending' AND served_at < clock_timestamp() - ${UNSERVED_MS} * interval '1 millisecond'
    RETURNING id`.execute(context.db);
  const ids = rows.map((row) => row.id);
  await logEach(context, 'warn', ids, 'paused a send that nobody served for over an hour');
  await sql`UPDATE issues SET served_at = clock_timestamp() WHERE state = 'sending'`.execute(context.db);
}

async function startScheduled(context: WorkerContext): Promise<void> {
  const missed = await pauseMissed(context.db);
  await logEach(context, 'warn', missed, 'paused a scheduled send that was missed by over an hour');
  await logEach(context, 'info', await startDue(context.db), 'a scheduled send starts');
}

async function keepCanaries(context: WorkerContext): Promise<void> {
  const { waiting, asking, goingOn } = await moveCanaries(context.db);
  await logEach(context, 'info', waiting, 'a canary has its answers; its wait begins');
  await logEach(context, 'info', asking, 'a canary has its answers; a person must resume it');
  await logEach(context, 'info', goingOn, 'a canary is over; the send goes on');
}

async function planLate(context: WorkerContext): Promise<void> {
  for (const [id, planned] of await catchUp(context.db))
    context.log.info(
      { issue: await issueName(context.db, id), planned },
      'planned people who confirmed after the send',
    );
}

async function thin(context: WorkerContext): Promise<void> {
  const thinned = await thinDue(context.db, context.clock);
  await logEach(context, 'info', thinned, 'thinned the ledger of an issue to counts');
}

async function expireNews(context: WorkerContext): Promise<void> {
  for (const [id, skipped] of await expireIssues(context.db)) {
    const issue = await issueName(context.db, id);
    context.log.info({ issue, skipped }, 'an issue has expired; those it has not reached are skipped');
  }
}

async function reopen(context: WorkerContext): Promise<void> {
  await logEach(context, 'info', await reopenWithWork(context.db), 'a send has work again');
}

async function finishAll(context: WorkerContext): Promise<void> {
  const running = await context.db
    .selectFrom('issues')
    .select(['id', 'state'])
    .where('state', '=', 'sending')
    .execute();
  for (const issue of running) await finishIssue(context.db, issue.id);
  const { rows } = await sql<{ id: number }>`
    SELECT i.id FROM issues i WHERE i.state = 'cancelled'
      AND (SELECT coalesce(sum(planned + deferred), 0) FROM tallies t WHERE t.issue_id = i.id) > 0`.execute(
    context.db,
  );
  for (const row of rows) await skipWaitingOfIssue(context.db, row.id, 'cancelled');
}

/** A worker that died may still hold one turn of a wakeUp. */
const BOTH = ['a', 'b'] as const;

async function ringIdle(context: WorkerContext): Promise<void> {
  const workers = await liveWorkers(context.db);
  for (const issue of await unplanned(context)) await wakeLanes(context.wakeUps, issue, [PLAN_LANE], 1, BOTH);
  for (const { issue, lane } of await idleLanes(context.db, workers))
    await wakeLanes(context.wakeUps, issue, [lane], workers, BOTH);
}

async function unplanned(context: WorkerContext): Promise<number[]> {
  const rows = await context.db
    .selectFrom('issues')
    .select('id')
    .where('state', '=', 'sending')
    .where('plan_done', '=', false)
    .where('plan_on_hold', '=', false)
    .execute();
  return rows.map((row) => row.id);
}
