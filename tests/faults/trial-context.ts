/** What a trial runs on: servers, relay and processes, as its plan wants them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Db, openDb, openPool } from '../../src/db/connection.ts';
import { serverUrl } from '../../src/db/embedded/address.ts';
import { openFolder } from '../../src/db/embedded/folder.ts';
import { testCertificate } from '../helpers/certificate.ts';
import { type PostgresServer, startPostgresServer } from '../helpers/postgres-server.ts';
import { startRedis } from '../helpers/redis.ts';
import type { RedisServer } from '../helpers/redis-server.ts';
import { canMount, mountSmallDisk, type SmallDisk } from '../helpers/small-disk.ts';
import { type Harness, type Line, openHarness, SHORT_TIMES } from '../journeys/harness.ts';
import { type FaultyRelay, makeRelayFaulty } from './faulty-relay.ts';
import type { TrialPlan } from './plan.ts';
import { POOL, type SupervisedProcess, startSupervised } from './supervised-process.ts';

const DISK_MB = 256;
/** A relay that is slow because the machine is busy must not look like one that does not reply. */
const TIMES = `${SHORT_TIMES} dot=30s drain=20s hold=1s grow=500ms`;
export const SECRET = 'a secret of the fault trials that is long enough';

export interface TrialContext {
  plan: TrialPlan;
  harness: Harness;
  /** The trial's own connection to the ledger; it recovers by itself when the database does. */
  db: Db;
  processes: SupervisedProcess[];
  redis: RedisServer | null;
  postgres: PostgresServer | null;
  disk: SmallDisk | null;
  relay: FaultyRelay;
  issue: string;
  issueId: number;
  /** When each unsubscribe or suppression was acknowledged. */
  leftAt: Map<string, number>;
  /** Connections that the relay saw open when a process (or the relay) died, or was frozen. */
  openAtCrash: number;
  /** As `issue deliveries` shows it at the end. */
  ledger: readonly Line[];
  /** Why the send paused itself; somebody resumed it each time. */
  pauses: string[];
}

export async function openTrialContext(plan: TrialPlan): Promise<TrialContext> {
  const redis = plan.way === 'full' ? await startRedis({ appendOnly: true }) : null;
  const disk = plan.smallDisk && canMount ? await mountSmallDisk(DISK_MB) : null;
  const postgres = plan.ownPostgres ? await ownPostgres(disk) : null;
  const harness = await openTrialHarness(plan, redis, postgres, disk);
  const roles =
    plan.way === 'embedded' ? (['start', 'worker'] as const) : (['worker', 'worker', 'web'] as const);
  const processes = [await startSupervised(harness, roles[0])];
  processes.push(...(await Promise.all(roles.slice(1).map((role) => startSupervised(harness, role)))));
  const db = await openLedger(plan, harness);
  await harness.newsletter(plan.readers, '--on-unknown', plan.policy);
  const issue = await harness.draft('one');
  const row = await db.selectFrom('issues').select('id').where('slug', '=', 'one').executeTakeFirstOrThrow();
  const relay = makeRelayFaulty(plan, harness.sink);
  return {
    ...{ plan, harness, db, processes, redis, postgres, disk, relay, issue },
    ...{ issueId: row.id, leftAt: new Map(), openAtCrash: 0, ledger: [], pauses: [] },
  };
}

async function ownPostgres(disk: SmallDisk | null): Promise<PostgresServer> {
  const server = await startPostgresServer(disk?.folder);
  onTestFinished(() => server.remove());
  return server;
}

async function openTrialHarness(
  plan: TrialPlan,
  redis: RedisServer | null,
  postgres: PostgresServer | null,
  disk: SmallDisk | null,
): Promise<Harness> {
  const certificate = testCertificate();
  const login = { user: 'postrider', pass: 'right' };
  const tls = { ...certificate, implicit: plan.tls === 'implicit' };
  const harness = await openHarness(plan.way, {
    relay: `pool=${POOL}${plan.tls === 'none' ? '' : '&tls=required'}`,
    sink: { login, ...(plan.tls === 'none' ? {} : { tls }) },
    env: {
      POSTRIDER_SECRET: SECRET,
      ...(redis && { REDIS_URL: redis.url }),
      ...(postgres && { DATABASE_URL: postgres.url }),
      ...(disk && !postgres && { POSTRIDER_HOME: join(disk.folder, 'home') }),
      POSTRIDER_TIMES: plan.real ? '' : TIMES,
    },
  });
  harness.env.NODE_EXTRA_CA_CERTS = await harness.file('authority.pem', certificate.cert);
  return harness;
}

async function openLedger({ way }: TrialPlan, harness: Harness): Promise<Db> {
  const url = way === 'embedded' ? await embeddedUrl(harness) : harness.env.DATABASE_URL!;
  const pool = openPool(url, { max: 3, applicationName: 'trial', onError: () => {} });
  onTestFinished(() => pool.end());
  return openDb(pool);
}

async function embeddedUrl(harness: Harness): Promise<string> {
  const folder = await openFolder(harness.env.POSTRIDER_HOME!);
  return serverUrl(folder, Number(readFileSync(folder.port, 'utf8')));
}
