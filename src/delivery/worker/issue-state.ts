/** Whether an issue is still sending while one of its batches is under way, and what stops it. */
import type { Reason } from '../../issue/reason.ts';
import { skipIneligible } from '../../ledger/moves/skip.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { autoPauseSends } from '../../sends/auto-pause.ts';
import { pauseIssue } from '../../sends/pause.ts';
import type { WorkerContext } from './context.ts';
import type { LaneSlice } from './lane-slice.ts';

/** An unreachable database is no reason to stop: marks and settles wait for it by themselves. */
export async function stillSends({ db }: WorkerContext, issueId: number): Promise<boolean> {
  if (issueId === SERVICE) return true;
  const row = await db
    .selectFrom('issues')
    .select('state')
    .where('id', '=', issueId)
    .executeTakeFirst()
    .catch(() => null);
  return row === null || row?.state === 'sending';
}

/** A mark was refused: the issue stopped, or the person is gone. */
export async function lookAfterRefusedMark(
  context: WorkerContext,
  { issueId, stop }: LaneSlice,
  deliveryId: number,
): Promise<void> {
  if (!(await stillSends(context, issueId))) stop.abort();
  await skipIneligible(context.db, issueId, [deliveryId]).catch(() => {});
}

/** Not awaited: the slice has stopped already. */
export function pauseForRelayFault(
  { db, log }: WorkerContext,
  { issueId, settings }: LaneSlice,
  reason: Reason,
): void {
  pauseIssue(db, issueId, 'postrider', reason).catch((error: Error) =>
    log.error({ issue: settings.name, error: error.message }, 'the issue could not be paused'),
  );
}

/** Runs after each batch. The sweep checks as well, so a failed check here loses nothing. */
export async function pauseIfBadlyReceived(
  { db, log }: WorkerContext,
  { issueId, isService, settings }: LaneSlice,
): Promise<void> {
  if (isService) return;
  await autoPauseSends(db, log, issueId).catch((error: Error) =>
    log.warn({ issue: settings.name, error: error.message }, 'could not check how the send is received'),
  );
}
