/** What a worker was handing over when it ended becomes `unknown`: its dot may have been written. */
import { type RawBuilder, sql } from 'kysely';
import { moveDeliveries } from './move-deliveries.ts';

/** Why a worker ended: it stopped before a reply came, or its lease ran out. */
export type EndOfWorker = 'worker-stopped' | 'worker-died';

/** A CTE, to be named `abandoned`. `where` selects deliveries `d`. The interrupted hand-over counts as an attempt. */
export const abandonDeliveries = (why: EndOfWorker, where: RawBuilder<unknown>): RawBuilder<unknown> =>
  moveDeliveries('abandon', 'unknown', {
    reason: why,
    dueAt: null,
    set: sql`attempts = d.attempts + 1`,
    where,
    returning: sql`d.issue_id, d.id, d.fence`,
  });

/** Stores the attempts of what was abandoned; one row for each. */
export const abandonedAttempts = (why: EndOfWorker): RawBuilder<unknown> => sql`
  INSERT INTO attempts (issue_id, delivery_id, fence, outcome, stage, reply)
  SELECT issue_id, id, fence, 'unknown', 'dot', ${why} FROM abandoned RETURNING delivery_id`;
