/** Whether an issue still sends while a batch of it is on its way, and what stops it. */
import type { Reason } from '../../issue/reason.ts';
import { skipIneligible } from '../../ledger/moves/skip.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { autoPauseSends } from '../../sends/auto-pause.ts';
import { pauseIssue } from '../../sends/pause.ts';
import type { WorkerContext } from './context.ts';
import type { LaneSlice } from './lane-slice.ts';

/** A database that does not answer is no reason to stop: marks and settles wait for it by themselves. */
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

/** Not waited for: the slice has stopped already. */
export function pauseForRelayFault(
  { db, log }: WorkerContext,
  { issueId, settings }: LaneSlice,
  reason: Reason,
): void {
  pauseIssue(db, issueId, 'postrider', reason).catch((error: Error) =>
    log.error({ issue: settings.name, error: error.message }, 'the issue could not be paused'),
  );
}

/** After each batch. The sweep looks as well, so nothing is lost with a look that fails. */
export async function pauseIfBadlyReceived(
  { db, log }: WorkerContext,
  { issueId, isService, settings }: LaneSlice,
): Promise<void> {
  if (isService) return;
  await autoPauseSends(db, log, issueId).catch((error: Error) =>
    log.warn({ issue: settings.name, error: error.message }, 'could not check how the send is received'),
  );
}
