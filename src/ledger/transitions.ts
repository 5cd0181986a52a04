/**
 * The life of a delivery.
 *
 * A delivery is born `planned`, when a page of the plan is written; the same person never gets a second row for
 * the same issue. It then waits for a worker, which leases a window of rows and, for each open connection and just
 * before its final dot, asks for the mark: planned or deferred -> `handing`. The mark counts the row's fence up;
 * from then on only who holds that number may move the row. The dot is written only if the mark's answer arrived
 * and is still fresh, so a row that is not `handing` is never on the wire.
 *
 * The relay's reply settles it: 2xx -> `accepted`, 4xx -> `deferred` (due again by the schedule), 5xx -> `refused`.
 * Where the dot was not written after all, it goes back to `planned`. Where it was written and no reply came (the
 * connection died, or our process did), it becomes `unknown`, and stays so until evidence, the editor or the
 * newsletter's policy settles it: the same worker's late reply counts as evidence, and so do a line of the relay's
 * log and its reader's use of a link. Evidence of arrival also settles a row that waits again after a doubt. Whom the
 * rest of a plan names in a restored copy of the database is `unknown` from birth: the original may have reached them.
 *
 * `deferred` says only that a row waits for its `due_at`. Besides the relay's 4xx, that is a row which was put off
 * untried: it is night for its reader (`quiet-hours`), or its domain takes nothing now (`held`, with what it said to
 * somebody else). Neither is an attempt, nor is a `throttled` one that was tried.
 *
 * A refusal that was mended (never that of a bad address) goes back to `planned`. Long after the end the rows become
 * counts, and their issue can never be sent again.
 *
 * Someone who leaves, a cancelled send and an expired one turn rows that wait (`planned`, `deferred`) into
 * `skipped`, in the transaction of that act. A pause moves nothing: the mark checks the state.
 *
 * Every move is one conditional UPDATE; whoever comes second finds nothing to move. The tallies per issue are kept
 * by a trigger in that same statement. `due_at` is set only on rows that must be visited again.
 */
import type { DeliveryState } from '../db/schema.ts';

/** From -> the states that a move may lead to. Whatever is not here does not happen. */
export const moves: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  planned: ['handing', 'deferred', 'refused', 'skipped', 'accepted'],
  deferred: ['handing', 'deferred', 'refused', 'skipped', 'accepted'],
  handing: ['planned', 'accepted', 'deferred', 'refused', 'unknown'],
  unknown: ['accepted', 'deferred', 'refused', 'planned'],
  refused: ['planned'],
  accepted: [],
  skipped: [],
};
