/** PostgreSQL: version, schema and keys, what a crash may lose, and what a role's or server's settings forbid. */
import { sql } from 'kysely';
import { explainDatabase } from '../../db/faults.ts';
import { Refused } from '../../errors.ts';
import { type Check, error, type Finding, ok } from '../check/check.ts';
import { type DatabaseFacts, databaseRules } from './database-rules.ts';

export const databaseCheck: Check = {
  name: 'database',
  limitMs: 15_000,
  async run(situation) {
    const db = situation.db();
    let facts: DatabaseFacts;
    try {
      facts = (await FACTS.execute(db)).rows[0]!;
    } catch (cause) {
      return [
        error({
          subject: 'DATABASE_URL',
          expected: 'PostgreSQL answers',
          found: explainDatabase(cause) ?? (cause as Error).message,
          change: 'check DATABASE_URL, and that PostgreSQL runs and can be reached',
        }),
      ];
    }
    const schema = await refusal('schema', () => situation.checkSchema());
    const keys = schema.length > 0 ? [] : await refusal('POSTRIDER_SECRET', () => situation.checkKeys());
    const faults = [...schema, ...keys, ...databaseRules.flatMap((rule) => rule(facts) ?? [])];
    const { version, connections, maxConnections, megabytes } = facts;
    return [
      ok(
        'PostgreSQL',
        '14 or newer',
        `${version}, ${megabytes} MB, ${connections} of ${maxConnections} connections`,
      ),
      ...faults,
    ];
  },
};

const FACTS = sql<DatabaseFacts>`
  SELECT current_setting('server_version') AS version,
    current_setting('server_version_num')::int AS number,
    (pg_is_in_recovery() OR current_setting('transaction_read_only')::bool) AS "readOnly",
    current_setting('fsync')::bool AS fsync,
    current_setting('full_page_writes')::bool AS "fullPageWrites",
    current_setting('synchronous_commit') AS "synchronousCommit",
    current_setting('default_transaction_isolation') AS isolation,
    current_setting('server_encoding') AS encoding,
    (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
    least(
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
      (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
      (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user)
    )::int AS "maxConnections",
    (extract(epoch FROM current_setting('statement_timeout')::interval) * 1000)::int AS "statementMs",
    (extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval) * 1000)::int AS "idleMs",
    (SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()) AS "frozenAge",
    (pg_database_size(current_database()) / 1048576)::int AS megabytes`;

async function refusal(subject: string, check: () => Promise<void>): Promise<Finding[]> {
  try {
    await check();
    return [];
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    return [
      error({
        subject,
        expected: 'what this release works with',
        found: cause.message,
        change: 'do what it says',
      }),
    ];
  }
}
