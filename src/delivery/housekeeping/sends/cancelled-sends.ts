/**
 * Skips deliveries of cancelled sends that still wait: the cancelling process may have died halfway, or a late reply
 * has deferred one.
 */
import { sql } from 'kysely';
import { skipWaitingOf } from '../../../ledger/moves/skip.ts';
import { issueName } from '../../../sends/issue-name.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const cancelledSends: HousekeepingService = {
  name: 'cancelled-sends',
  periodMs: everySweep,
  async run({ db, log }) {
    const { rows } = await sql<{ id: number }>`
      SELECT i.id FROM issues i WHERE i.state = 'cancelled'
        AND (SELECT coalesce(sum(planned + deferred), 0) FROM tallies t WHERE t.issue_id = i.id) > 0`.execute(
      db,
    );
    for (const { id } of rows) {
      const skipped = await skipWaitingOf(db, id, 'cancelled');
      log.info(
        { issue: await issueName(db, id), skipped },
        'skipped deliveries of a cancelled send that still waited',
      );
    }
  },
};
