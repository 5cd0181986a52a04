/** The one place that opens PostgreSQL connections and says how its types come into JavaScript. */
import { Kysely, type Kysely as KyselyType, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';

export type Db = KyselyType<Database>;
/** Functions that take this need an open transaction around them. */
export type Trx = Transaction<Database>;

/** int8 as a number (our ids stay far below 2^53), date as `YYYY-MM-DD`, all else as pg does it. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === pg.types.builtins.INT8 && format !== 'binary') return Number;
    if (oid === 1016 && format !== 'binary')
      return (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number));
    if (oid === pg.types.builtins.DATE && format !== 'binary') return (text: string) => text;
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

export interface PoolOptions {
  /** Connections at the most. */
  max: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** An idle connection that breaks (database restarted) reports here; the pool replaces it by itself. */
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
  // A connection that breaks while it is in use fails its query and also emits 'error'; unheard, that would end
  // the process. Whoever asked the query gets to know.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

export function openDb(pool: pg.Pool): Db {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
