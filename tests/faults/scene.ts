/** The ground of a trial: servers, relay and processes, as its plan wants them. */
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
import { type Line, openStage, SHORT_TIMES, type Stage } from '../journeys/stage.ts';
import type { Plan } from './plan.ts';
import { fill, POOL, type Post } from './post.ts';
import { type RelayWatch, watchRelay } from './relay-watch.ts';

const DISK_MB = 256;
/** A relay that is slow because the machine is must not be taken for one that does not reply. */
const TIMES = `${SHORT_TIMES} dot=30s drain=20s hold=1s grow=500ms`;
export const SECRET = 'a secret of the fault trials that is long enough';

export interface Scene {
  plan: Plan;
  stage: Stage;
  /** The trial's own look into the ledger; it comes back by itself when the database does. */
  db: Db;
  posts: Post[];
  redis: RedisServer | null;
  postgres: PostgresServer | null;
  disk: SmallDisk | null;
  relay: RelayWatch;
  issue: string;
  issueId: number;
  /** When each who left, or was suppressed, had that acknowledged. */
  leftAt: Map<string, number>;
  /** Connections that the relay saw open when a process (or the relay) died, or was frozen. */
  openAtCrash: number;
  /** As the product shows it at the end. */
  ledger: readonly Line[];
  /** Why the send paused itself; somebody resumed it each time. */
  pauses: string[];
}

export async function openScene(plan: Plan): Promise<Scene> {
  const redis = plan.way === 'full' ? await startRedis({ appendOnly: true }) : null;
  const disk = plan.smallDisk && canMount ? await mountSmallDisk(DISK_MB) : null;
  const postgres = plan.ownPostgres ? await ownPostgres(disk) : null;
  const stage = await openTrialStage(plan, redis, postgres, disk);
  const roles =
    plan.way === 'embedded' ? (['start', 'worker'] as const) : (['worker', 'worker', 'web'] as const);
  const posts = [await fill(stage, roles[0])];
  posts.push(...(await Promise.all(roles.slice(1).map((role) => fill(stage, role)))));
  const db = await ownLook(plan, stage);
  await stage.newsletter(plan.readers, '--on-unknown', plan.policy);
  const issue = await stage.draft('one');
  const row = await db.selectFrom('issues').select('id').where('slug', '=', 'one').executeTakeFirstOrThrow();
  const relay = watchRelay(plan, stage.sink);
  return {
    ...{ plan, stage, db, posts, redis, postgres, disk, relay, issue },
    ...{ issueId: row.id, leftAt: new Map(), openAtCrash: 0, ledger: [], pauses: [] },
  };
}

async function ownPostgres(disk: SmallDisk | null): Promise<PostgresServer> {
  const server = await startPostgresServer(disk?.folder);
  onTestFinished(() => server.remove());
  return server;
}

async function openTrialStage(
  plan: Plan,
  redis: RedisServer | null,
  postgres: PostgresServer | null,
  disk: SmallDisk | null,
): Promise<Stage> {
  const certificate = testCertificate();
  const login = { user: 'postrider', pass: 'right' };
  const tls = { ...certificate, implicit: plan.tls === 'implicit' };
  const stage = await openStage(plan.way, {
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
  stage.env.NODE_EXTRA_CA_CERTS = await stage.file('authority.pem', certificate.cert);
  return stage;
}

async function ownLook({ way }: Plan, stage: Stage): Promise<Db> {
  const url = way === 'embedded' ? await embeddedUrl(stage) : stage.env.DATABASE_URL!;
  const pool = openPool(url, { max: 3, applicationName: 'trial', onError: () => {} });
  onTestFinished(() => pool.end());
  return openDb(pool);
}

async function embeddedUrl(stage: Stage): Promise<string> {
  const folder = await openFolder(stage.env.POSTRIDER_HOME!);
  return serverUrl(folder, Number(readFileSync(folder.port, 'utf8')));
}
