/**
 * The only place that opens PostgreSQL connections and maps its types to JavaScript.
 *
 * `DATABASE_URL` must lead to PostgreSQL itself, not to a pooler that assigns a connection per transaction: prepared
 * statements (`prepared`) belong to a connection, and so does LISTEN, which BullMQ's PostgreSQL queue relies on.
 */
import {
  Kysely,
  type Kysely as KyselyType,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';

export type Db = KyselyType<Database>;
/** Functions that take this must be called inside a transaction. */
export type Trx = Transaction<Database>;

type Parser = (text: string) => unknown;

const asWritten: Parser = (text) => text;

/** One-dimensional arrays of values that PostgreSQL never quotes. */
function listOf(parse: Parser): Parser {
  return (text) =>
    text === '{}'
      ? []
      : text
          .slice(1, -1)
          .split(',')
          .map((item) => (item === 'NULL' ? null : parse(item)));
}

/** By type OID. A numeric, such as the sum of int8, stays text: cast it in the query. */
const parsers = new Map<number, Parser>([
  // int8: our ids and counts stay far below 2^53
  [20, Number],
  [1016, listOf(Number)],
  // date: a day, `YYYY-MM-DD`, without a time zone
  [1082, asWritten],
  [1182, listOf(asWritten)],
]);

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) ||
    pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

interface PoolOptions {
  /** The maximum number of connections. */
  max: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Called when an idle connection breaks (database restarted); the pool replaces it by itself. */
  onError: (error: Error) => void;
}

export function openPool(url: string, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types,
  });
  pool.on('error', options.onError);
  // A connection that breaks while in use fails its query and also emits 'error', which without a listener would end
  // the process. The caller of the query gets the error anyway.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

export function openDb(pool: pg.Pool): Db {
  const connections = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const namingPool: PostgresPool = {
    async connect() {
      const client = await pool.connect();
      const known = connections.get(client);
      if (known) return known;
      const connection = nameStatements(client);
      connections.set(client, connection);
      return connection;
    },
    end: () => pool.end(),
  };
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: namingPool }) });
}

/**
 * Names a statement of the hot path whose text never changes, so that each connection parses it only once and replans it
 * only while that pays off. Kysely does not name statements by itself.
 */
export const prepared = (name: string, text: string): string => `/* prepared: ${name} */ ${text}`;

const PREPARED = /^\/\* prepared: ([\w-]+) \*\//;

function nameStatements(client: pg.PoolClient): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]) =>
    client.query({ name: PREPARED.exec(text)?.[1], text, values: [...values] });
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release() };
}
