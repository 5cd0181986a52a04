/** What settings of PostgreSQL a ledger needs, as data: each rule names the setting, the harm and the cure. */
import { error, type Finding, warning } from '../check/check.ts';

/** What the server says of itself, as the query in `database.ts` reads it. */
export interface DatabaseFacts {
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

const OLDEST = 140_000;
const SHORTEST_STATEMENT_MS = 60_000;
const SHORTEST_IDLE_MS = 10_000;
/** PostgreSQL stops writing some way after two billion; its own autovacuum acts at 200 million. */
const OLD_TRANSACTIONS = 1_000_000_000;
/** Each process of Postrider opens at most 16, and BullMQ some more where the queue is in the database. */
const CONNECTIONS_OF_A_PROCESS = 25;

type Rule = (facts: DatabaseFacts) => Finding | null;

const whenOff = (name: string, isOn: (facts: DatabaseFacts) => boolean, harm: string): Rule => {
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

export const databaseRules: readonly Rule[] = [
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
