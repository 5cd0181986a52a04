/** Ends sends with nothing left to do. */
import { finishIssue } from '../../../sends/finish.ts';
import { logIssues } from '../service/log-issues.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const finishedSends: HousekeepingService = {
  name: 'finished-sends',
  periodMs: everySweep,
  async run(context) {
    const { db } = context;
    const running = await db.selectFrom('issues').select('id').where('state', '=', 'sending').execute();
    const finished: number[] = [];
    for (const { id } of running) if (await finishIssue(db, id)) finished.push(id);
    await logIssues(context, 'info', finished, 'a send has ended');
  },
};
