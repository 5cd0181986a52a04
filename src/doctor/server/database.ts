/** PostgreSQL: version, schema and keys, what a crash may lose, and what a role's or server's settings forbid. */
import { sql } from 'kysely';
import { explainDatabase } from '../../db/faults.ts';
import { Refused } from '../../errors.ts';
import { type Check, error, type Finding, NotChecked, ok, warning } from '../check/check.ts';

export const databaseCheck: Check = {
  name: 'database',
  limitMs: 15_000,
  async run(situation) {
    const db = situation.db();
    let facts: Facts;
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
    const faults = [...schema, ...keys, ...RULES.flatMap((rule) => rule(facts) ?? [])];
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

interface Facts {
  version: string;
  number: number;
  readOnly: boolean;
  fsync: boolean;
  fullPageWrites: boolean;
  synchronousCommit: string;
  isolation: string;
  encoding: string;
  connections: number;
  maxConnections: number;
  statementMs: number;
  idleMs: number;
  frozenAge: number;
  megabytes: number;
}

const FACTS = sql<Facts>`
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

const OLDEST = 140_000;
const SHORTEST_STATEMENT_MS = 60_000;
const SHORTEST_IDLE_MS = 10_000;
/** PostgreSQL stops writing some way after two billion; its own autovacuum acts at 200 million. */
const OLD_TRANSACTIONS = 1_000_000_000;
/** Each process of Postrider opens at most 16, and BullMQ some more where the queue is in the database. */
const CONNECTIONS_OF_A_PROCESS = 25;

type Rule = (facts: Facts) => Finding | null;

const whenOff = (name: string, isOn: (facts: Facts) => boolean, harm: string): Rule => {
  return (facts) =>
    isOn(facts)
      ? null
      : error({
          subject: name,
          expected: 'on',
          found: `off: ${harm}`,
          change: `ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();`,
        });
};

const RULES: readonly Rule[] = [
  ({ number, version }) =>
    number >= OLDEST
      ? null
      : error({
          subject: 'PostgreSQL',
          expected: '14 or newer',
          found: version,
          change: 'upgrade the server',
        }),
  ({ readOnly }) =>
    readOnly
      ? error({
          subject: 'DATABASE_URL',
          expected: 'a server that can be written to',
          found: 'a read-only one (a standby?)',
          change: 'point DATABASE_URL to the primary',
        })
      : null,
  whenOff('fsync', ({ fsync }) => fsync, 'a crash of the machine may destroy the database'),
  whenOff(
    'full_page_writes',
    ({ fullPageWrites }) => fullPageWrites,
    'a crash of the machine may destroy pages of the database',
  ),
  ({ synchronousCommit }) =>
    synchronousCommit === 'off'
      ? error({
          subject: 'synchronous_commit',
          expected: 'on',
          found:
            'off: after a crash of the server the ledger may have forgotten mails that were handed over, and they are sent again',
          change:
            'ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf(); (and look for ALTER ROLE or ALTER DATABASE that set it)',
        })
      : null,
  ({ isolation }) =>
    isolation === 'read committed'
      ? null
      : error({
          subject: 'default_transaction_isolation',
          expected: 'read committed',
          found: isolation,
          change: "ALTER ROLE CURRENT_USER SET default_transaction_isolation = 'read committed';",
        }),
  ({ encoding }) =>
    encoding === 'UTF8'
      ? null
      : error({
          subject: 'server_encoding',
          expected: 'UTF8',
          found: `${encoding}, which cannot hold every name and title`,
          change: "dump the database and restore it into one made with ENCODING 'UTF8' TEMPLATE template0",
        }),
  ({ connections, maxConnections }) =>
    maxConnections - connections >= CONNECTIONS_OF_A_PROCESS
      ? null
      : warning({
          subject: 'max_connections',
          expected: `room for one more process, which may open ${CONNECTIONS_OF_A_PROCESS} connections`,
          found: `${connections} of ${maxConnections} are in use`,
          change: 'raise max_connections (or the limit of the role or database), or run fewer processes',
        }),
  ({ statementMs }) => tooShort('statement_timeout', statementMs, SHORTEST_STATEMENT_MS),
  ({ idleMs }) => tooShort('idle_in_transaction_session_timeout', idleMs, SHORTEST_IDLE_MS),
  ({ frozenAge }) =>
    frozenAge < OLD_TRANSACTIONS
      ? null
      : warning({
          subject: 'autovacuum',
          expected: `no transaction older than ${OLD_TRANSACTIONS} ones`,
          found: `${frozenAge}; PostgreSQL stops writing at two billion`,
          change: 'end old transactions and prepared ones, switch autovacuum on, and run VACUUM FREEZE',
        }),
];

/** 0: no limit. */
const tooShort = (name: string, ms: number, leastMs: number): Finding | null =>
  ms === 0 || ms >= leastMs
    ? null
    : warning({
        subject: name,
        expected: `none, or at least ${leastMs / 1_000} s`,
        found: `${ms} ms, which may cut migrations, plans and imports`,
        change: `ALTER ROLE CURRENT_USER SET ${name} = 0;`,
      });

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

/** A pooler that hands out a connection for each transaction breaks LISTEN and prepared statements. */
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
