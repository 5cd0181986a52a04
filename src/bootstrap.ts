/**
 * Opens the parts of the program that a Config describes, and closes them again. Only this file sees the whole Config.
 */
import { sql } from 'kysely';
import type pg from 'pg';
import type { Config } from './config/config.ts';
import { adoptKeys, checkKeys } from './consent/key-check.ts';
import { Keys } from './consent/keys.ts';
import { type Db, openDb, openPool } from './db/connection.ts';
import { openEmbedded } from './db/embedded/open.ts';
import { installationName } from './db/installation.ts';
import { migrate, migrations, readSchema, refuseUnusable } from './db/migrate.ts';
import { Refused } from './errors.ts';
import { systemClock } from './io/clock.ts';
import type { CatchAll } from './io/inbox/catch-all.ts';
import { openLog } from './io/log.ts';
import { openMxResolver } from './io/mx-resolver.ts';
import { openPace, type PaceStore } from './io/pace.ts';
import { openWakeUpQueue } from './io/queue.ts';
import { readOrCreateSecret } from './io/secret.ts';
import { smtpRelay } from './io/smtp/relay.ts';
import { noLimits } from './ledger/relays/terms.ts';
import type { Clock, Log, MxResolver, Pace, Relay, RelaySettings, WakeUpQueue } from './ports.ts';
import { EmailFiles } from './render/theme/email-files.ts';

export interface Program {
  config: Config;
  db: Db;
  keys: Keys;
  emails: EmailFiles;
  wakeUps: WakeUpQueue;
  pace: Pace;
  /** The first is the default. Empty when none is configured and there is no built-in inbox. */
  relays: readonly Relay[];
  mxResolver: MxResolver;
  clock: Clock;
  log: Log;
  /** Migrates the schema. Rejects when the database is away, or belongs to a newer release. */
  migrate(): Promise<number[]>;
  /** Rejects, saying what to do, when this program cannot work with the schema. */
  checkSchema(): Promise<void>;
  /**
   * Rejects when a secret that the database needs is missing, and says what would stop working. `sends`: mails will go
   * out.
   */
  checkKeys(sends: boolean): Promise<void>;
  /** What can be used right now; each check is `ok` or says what is wrong. */
  ready(): Promise<{ ok: boolean; checks: Record<string, string> }>;
  close(): Promise<void>;
}

/** Per process. */
const MAX_DATABASE_CONNECTIONS = 16;

/** With the embedded database this starts and migrates it; otherwise nothing is connected yet. */
export async function openProgram(config: Config, tell: (sentence: string) => void): Promise<Program> {
  const log = openLog(config.logLevel);
  const closers: (() => Promise<unknown>)[] = [];
  const url = config.databaseUrl ?? (await openEmbeddedUrl(config, log, tell, closers));
  const onError = (error: Error) => log.warn({ error: error.message }, 'a database connection broke');
  const pool = openPool(url, { max: MAX_DATABASE_CONNECTIONS, applicationName: 'postrider', onError });
  const db = openDb(pool);
  closers.push(() => db.destroy());
  const keys = new Keys(config.secrets ?? [await readOrCreateSecret(config.home)]);
  const keyPrefix = () => installationName(db);
  const place = { redisUrl: config.redisUrl, databaseUrl: url, lockMs: config.times.leaseMs, keyPrefix };
  const wakeUps = openWakeUpQueue(place, log);
  closers.push(() => wakeUps.close());
  const relays = openRelays(config, db, log, closers);
  const pace = openPace(
    await paceStore(config, pool, keyPrefix, log, closers),
    config.relays,
    systemClock,
    log,
  );
  const program: Program = {
    config,
    db,
    keys,
    emails: new EmailFiles(config.emailsDir),
    wakeUps,
    pace,
    relays,
    mxResolver: openMxResolver(),
    clock: systemClock,
    log,
    ...checks(config, db, keys, wakeUps),
    async close() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
  if (config.way === 'embedded') await program.migrate();
  return program;
}

type Checks = Pick<Program, 'migrate' | 'checkSchema' | 'checkKeys' | 'ready'>;

const checks = (config: Config, db: Db, keys: Keys, wakeUps: WakeUpQueue): Checks => ({
  migrate: () => migrate(db),
  checkSchema: () => checkSchema(db),
  checkKeys: (sends) => (sends ? adoptKeys : checkKeys)(db, keys, config.forgetKeys),
  ready: () => ready(db, wakeUps),
});

export const hasInbox = (program: Program): boolean => program.relays.some((relay) => relay.rehearsal);

type Closers = (() => Promise<unknown>)[];

async function openEmbeddedUrl(
  config: Config,
  log: Log,
  tell: (sentence: string) => void,
  closers: Closers,
): Promise<string> {
  const embedded = await openEmbedded({ home: config.home, log, tell });
  closers.push(() => embedded.close());
  return embedded.url;
}

function openRelays(config: Config, db: Db, log: Log, closers: Closers): readonly Relay[] {
  const times = { commandMs: Math.min(config.times.dotMs, 60_000), dotMs: config.times.dotMs };
  if (config.relays.length > 0) return config.relays.map((settings) => smtpRelay(settings, times));
  return config.way === 'embedded' ? [inboxRelay(db, log, times, closers)] : [];
}

const inboxSettings: RelaySettings = {
  name: 'inbox',
  host: '127.0.0.1',
  port: 0,
  secure: false,
  user: null,
  pass: null,
  ...noLimits,
  pool: 10,
  tls: 'opportunistic',
  for: 'all',
  headers: {},
  dkim: [],
  unsigned: [],
};

/** The built-in inbox, started on the first connection. Anything sent there is a rehearsal. */
function inboxRelay(db: Db, log: Log, times: { commandMs: number; dotMs: number }, closers: Closers): Relay {
  let started: Promise<CatchAll> | undefined;
  closers.push(async () => (await started)?.close());
  const itself = async () => {
    started ??= import('./io/inbox/catch-all.ts').then(({ startCatchAll }) => startCatchAll({ db, log }));
    const { port } = await started;
    return smtpRelay({ ...inboxSettings, port }, times, true);
  };
  return {
    settings: inboxSettings,
    rehearsal: true,
    open: async () => (await itself()).open(),
    probe: async () => (await itself()).probe(),
  };
}

async function paceStore(
  config: Config,
  pool: pg.Pool,
  keyPrefix: () => Promise<string>,
  log: Log,
  closers: Closers,
): Promise<PaceStore> {
  if (config.redisUrl === null || config.relays.every((relay) => relay.rate === 0)) return { pool };
  const { openRedis } = await import('./io/redis.ts');
  const redis = openRedis(config.redisUrl, log, { maxRetriesPerRequest: 1 });
  closers.push(async () => redis.disconnect());
  return { redis, keyPrefix };
}

async function checkSchema(db: Db): Promise<void> {
  const found = await readSchema(db);
  refuseUnusable(found);
  const ours = migrations.at(-1)!.version;
  if (found.version < ours)
    throw new Refused(
      'schema-older',
      `the database has schema ${found.version}, this Postrider needs ${ours}: run postrider migrate (start does it too)`,
    );
}

/** Per check: `/readyz` answers within two seconds. */
const CHECK_TIMEOUT_MS = 1_800;

async function ready(db: Db, wakeUps: WakeUpQueue): Promise<{ ok: boolean; checks: Record<string, string> }> {
  const [database, queue] = await Promise.all([
    inTime(checkWritable(db)).then(
      () => 'ok',
      (error: Error) => (error instanceof Refused ? error.message : 'cannot be reached'),
    ),
    inTime(wakeUps.healthy()).then(
      (healthy) => (healthy ? 'ok' : 'cannot be reached'),
      () => 'cannot be reached',
    ),
  ]);
  return { ok: database === 'ok' && queue === 'ok', checks: { database, queue } };
}

/** After a fail-over we may be connected to a standby, which is read-only. */
async function checkWritable(db: Db): Promise<void> {
  await checkSchema(db);
  const { rows } = await sql<{ transaction_read_only: 'on' | 'off' }>`SHOW transaction_read_only`.execute(db);
  if (rows[0]?.transaction_read_only === 'on')
    throw new Refused(
      'database-read-only',
      'the database is read-only (a standby?): point DATABASE_URL to the primary',
    );
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
