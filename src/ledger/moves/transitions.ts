/**
 * The life of a delivery: the one table of its moves.
 *
 * A delivery is born `planned`, when a page of the plan is written; the same person never gets a second row for the
 * same issue. A restored copy of the database plans the rest of an issue as `unknown`: the original may have reached
 * those people already.
 *
 * It then waits for a worker, which leases a batch of rows. Just before the final dot of a message the worker asks for
 * the mark: planned or deferred -> `handing`. The mark counts the row's fence up, and from then on only the holder of
 * that number may settle the row. The dot is written only if the mark's answer arrived and is still fresh, so a row
 * that is not `handing` is never on the wire.
 *
 * The relay's reply settles it: 2xx -> `accepted`, 4xx -> `deferred` (due again by the schedule), 5xx -> `refused`. If
 * the dot was not written after all, it goes back to `planned`. If the dot was written and no reply came (the
 * connection or our process died), it becomes `unknown` and stays so until a late reply to the same worker, evidence
 * (the relay's log, the reader's use of a link, a bounce or complaint about it), the editor or the newsletter's policy settles it. Evidence also
 * settles a row that waits again after it was unknown.
 *
 * At a relay that drops a second copy, an unknown is resent under its key (resend-by-key.ts). Where that could not be
 * done in time, it is `unknown` again.
 *
 * `deferred` says only that a row waits for its `due_at`. Besides the relay's 4xx, that is a row that was postponed
 * untried: it is night for its reader (`quiet-hours`), or its domain takes nothing now (`held`).
 *
 * An unsubscribe, an erasure, a cancelled or an expired send turn rows that wait into `skipped`. A pause moves nothing:
 * the mark checks the state. A refusal that was fixed goes back to `planned`.
 *
 * Every move is one conditional UPDATE: whoever comes second finds nothing to move. Statements take their from-states
 * from this table (move-deliveries.ts, mark-and-settle.ts); the functions of db/functions/unsubscribe.ts are frozen by
 * migrations, so a test compares them with it. The tallies follow by a trigger in the same statement.
 */
import type { DeliveryState } from '../../db/schema.ts';

const WAITING = ['planned', 'deferred'] as const;
const UNSETTLED = ['handing', 'unknown'] as const;

/** Move -> the state it leads to -> the states it may start from. What is not here does not happen. */
export const moves = {
  mark: { handing: WAITING },
  /** Requires the fence of the mark. A reply of acceptance counts even if the row has gone back to waiting since. */
  settle: {
    accepted: [...UNSETTLED, ...WAITING],
    planned: UNSETTLED,
    deferred: UNSETTLED,
    refused: UNSETTLED,
    unknown: UNSETTLED,
  },
  /** The relay answered, or failed, before a mark was requested; or no message could be composed. */
  settleUnmarked: { planned: WAITING, deferred: WAITING, refused: WAITING },
  postpone: { deferred: WAITING },
  skip: { skipped: WAITING },
  /** The worker that was handing it over is gone. */
  abandon: { unknown: ['handing'] },
  reconcile: { accepted: ['unknown'], planned: ['unknown'] },
  /** It waits to be resent under its idempotency key, which the relay may have forgotten by now. */
  giveUpResend: { unknown: WAITING },
  acceptByEvidence: { accepted: ['unknown', ...WAITING] },
  retryRefused: { planned: ['refused'] },
} as const satisfies Record<string, Partial<Record<DeliveryState, readonly DeliveryState[]>>>;

export type Move = keyof typeof moves;

/** The states that a move may lead to. */
export type Target<M extends Move> = keyof (typeof moves)[M] & DeliveryState;

/** The states in which a delivery is born. */
export type InitialState = Extract<DeliveryState, 'planned' | 'unknown'>;

/** A move that is not in the table: a bug. */
export class ForbiddenMove extends Error {
  override name = 'ForbiddenMove';
}

/** The states from which this move may lead to this state. Throws ForbiddenMove if the table has no such move. */
export function fromStates<M extends Move>(move: M, to: Target<M>): readonly DeliveryState[] {
  const from = (moves[move] as Partial<Record<DeliveryState, readonly DeliveryState[]>>)[to];
  if (!from) throw new ForbiddenMove(`a delivery cannot be moved to ${to} by ${move}`);
  return from;
}

/** The same as a list in SQL: `'planned', 'deferred'`. */
export const fromStatesSql = <M extends Move>(move: M, to: Target<M>): string =>
  fromStates(move, to)
    .map((state) => `'${state}'`)
    .join(', ');
