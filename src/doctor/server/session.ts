/** The way to the database: a pooler that hands out a connection for each transaction breaks LISTEN and prepared statements. */
import { explainDatabase } from '../../db/faults.ts';
import { type Check, error, NotChecked, ok } from '../check/check.ts';

export const sessionCheck: Check = {
  name: 'session',
  limitMs: 12_000,
  pointless: ({ settings }) =>
    settings.way === 'embedded' ? 'nothing stands in front of the embedded database' : null,
  async run(situation) {
    situation.db();
    const { keepsState, listens } = await situation.sessions().catch((cause: Error) => {
      throw new NotChecked(explainDatabase(cause) ?? cause.message);
    });
    const expected = 'a connection of its own for each session (LISTEN, prepared statements)';
    if (keepsState && listens)
      return [ok('DATABASE_URL', expected, 'it keeps its settings, and LISTEN works')];
    return [
      error({
        subject: 'DATABASE_URL',
        expected,
        found: keepsState
          ? 'LISTEN gets nothing: a pooler stands in between'
          : 'settings of a session get lost or leak: a pooler in transaction mode stands in between',
        change:
          'point DATABASE_URL to PostgreSQL itself, or set the pooler to session mode (pgbouncer: pool_mode = session)',
      }),
    ];
  },
};
