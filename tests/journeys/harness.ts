/** What journeys have in common: a way of running, an oracle relay, a newsletter with readers, and the verdict. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { findIssue } from '../../src/issue/find.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { type Ended, type Running, run, runJson, start } from '../helpers/processes.ts';
import { freePort, startRedisServer } from '../helpers/redis-server.ts';
import { type Sink, type SinkOptions, startSink } from '../helpers/sink.ts';
import { until } from '../helpers/until.ts';
import type { Way } from '../helpers/ways.ts';

/** Faults show within a second or two instead of a minute; the rules are the same. */
export const SHORT_TIMES =
  'heartbeat=250ms lease=1500ms sweep=300ms retry=200ms,400ms,800ms dot=5s drain=5s fresh=1s rest=500ms';

export interface Status {
  issue: string;
  state: string;
  reason: string | null;
  rehearsal: boolean;
  counts: {
    audience: number;
    accepted: number;
    refused: number;
    skipped: number;
    unknown: number;
    waiting: number;
  };
  deferred: number;
}

export interface Line {
  email: string;
  outcome: 'waiting' | 'accepted' | 'refused' | 'skipped' | 'unknown';
  reason: string | null;
  reply: string | null;
  messageId: string | null;
}

export interface HarnessOptions {
  /** Options of SMTP_URL, e.g. `pool=5&rate=50`. */
  relay?: string;
  sink?: SinkOptions;
  /** With a DATABASE_URL of the test's own, that server is used, and `db` is null. */
  env?: Record<string, string>;
}

export class Harness {
  readonly env: Record<string, string>;
  readonly folder: string;
  readonly sink: Sink;
  readonly port: number;
  /** For looking on without a process per look; null in the embedded way, and with a server of the test's own. */
  readonly db: Db | null;

  constructor(env: Record<string, string>, folder: string, sink: Sink, port: number, db: Db | null) {
    this.env = env;
    this.db = db;
    this.folder = folder;
    this.sink = sink;
    this.port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
    return runJson<T>(args, { env: this.env });
  }

  run(...args: string[]): Promise<Ended> {
    return run(args, { env: this.env });
  }

  start(role: 'start' | 'web' | 'worker', env: Record<string, string> = {}): Running {
    return start([role], { env: { ...this.env, ...env } });
  }

  /** A role that is ready to serve: `start` and `web` answer readyz, a worker has said so. */
  async up(role: 'start' | 'web' | 'worker', env: Record<string, string> = {}): Promise<Running> {
    const running = this.start(role, env);
    if (role !== 'web') await running.says(/worker started/);
    if (role !== 'worker') await this.ready();
    return running;
  }

  async ready(): Promise<void> {
    await until('readyz says yes', async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  file(name: string, content: string): Promise<string> {
    const path = join(this.folder, name);
    return writeFile(path, content).then(() => path);
  }

  /** Newsletter `weekly` with this many confirmed readers. */
  async newsletter(readers: number, ...options: string[]): Promise<void> {
    await this.json(
      'newsletter',
      'create',
      '--slug',
      'weekly',
      '--name',
      'Weekly',
      '--from',
      'Weekly <news@example.org>',
      '--postal-address',
      '1 Example Street',
      ...options,
    );
    if (readers === 0) return;
    const rows = Array.from({ length: readers }, (_, n) => `${reader(n)},Reader ${n}`);
    const csv = await this.file('readers.csv', `email,name\n${rows.join('\n')}\n`);
    await this.json(
      'subscriber',
      'import',
      csv,
      '--newsletter',
      'weekly',
      '--confirmed',
      '--source',
      'a test',
    );
  }

  /** A short issue under this slug. */
  async draft(slug: string, body = 'Hello {{name}}, this is the issue.'): Promise<string> {
    const path = await this.file(
      `${slug}.md`,
      `---\ntitle: Issue ${slug}\ndate: 2026-11-20\n---\n\n${body}\n`,
    );
    const { issue } = await this.json<{ issue: string }>('issue', 'import', path, '--newsletter', 'weekly');
    return issue;
  }

  async status(issue: string): Promise<Status> {
    if (!this.db) return this.json<Status>('issue', 'status', issue);
    return issueStatus(this.db, (await findIssue(this.db, issue)).id);
  }

  async ledger(issue: string): Promise<Line[]> {
    const { code, stdout, stderr } = await this.run('issue', 'deliveries', issue);
    if (code !== 0) throw new Error(`issue deliveries ${issue} ended with ${code}\n${stderr}`);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  }

  /** Until the issue is in this state; asks the program itself. */
  untilState(issue: string, state: string, withinMs = 60_000): Promise<Status> {
    return until(
      `${issue} is ${state}`,
      async () => {
        const status = await this.status(issue);
        return status.state === state ? status : null;
      },
      { withinMs, everyMs: 200, found: () => this.status(issue).then((s) => JSON.stringify(s)) },
    );
  }

  untilReceived(count: number, withinMs = 30_000): Promise<unknown> {
    return until(`the relay has ${count} messages`, () => this.sink.accepted.length >= count, {
      withinMs,
      everyMs: 5,
      found: () => `${this.sink.accepted.length} messages`,
    });
  }
}

/** Spread over providers, so that several lanes are at work. */
export const reader = (n: number): string =>
  `reader${n}@${['gmail.com', 'qq.com', 'example.com', 'outlook.com'][n % 4]}`;

export async function openHarness(way: Way, options: HarnessOptions = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-journey-'));
  const sink = await startSink(options.sink);
  const port = await freePort();
  const env: Record<string, string> = {
    POSTRIDER_HOME: join(folder, 'home'),
    POSTRIDER_TIMES: SHORT_TIMES,
    SMTP_URL: sink.url(options.relay ?? 'pool=5'),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ...options.env,
  };
  const closers: (() => Promise<unknown>)[] = [
    () => sink.end(),
    () => rm(folder, { recursive: true, force: true }),
  ];
  let db: Db | null = null;
  if (way !== 'embedded' && !env.DATABASE_URL) {
    const database = await createTestDatabase();
    db = database.db;
    env.DATABASE_URL = database.url;
    closers.unshift(() => database.drop());
  }
  if (way === 'full' && !env.REDIS_URL) {
    const redis = await startRedisServer();
    env.REDIS_URL = redis.url;
    closers.unshift(() => redis.remove());
  }
  // After the processes of the test: vitest runs these in reverse order of registration.
  onTestFinished(async () => {
    for (const close of closers) await close();
  });
  return new Harness(env, folder, sink, port, db);
}

export interface Verdict {
  doubles: string[];
  /** Accepted in the ledger, never received. */
  lost: string[];
  /** Received, though the ledger says refused or skipped. */
  unwanted: string[];
  unknown: number;
  waiting: number;
}

/** Joins the ledger with what the relay received, person by person. */
export function judge(lines: readonly Line[], received: ReadonlyMap<string, number>): Verdict {
  const of = (outcome: Line['outcome']) => lines.filter((line) => line.outcome === outcome);
  return {
    doubles: [...received].filter(([, count]) => count > 1).map(([to]) => to),
    lost: of('accepted')
      .filter((line) => !received.has(line.email))
      .map((line) => line.email),
    unwanted: [...of('refused'), ...of('skipped')]
      .filter((line) => received.has(line.email))
      .map((line) => line.email),
    unknown: of('unknown').length,
    waiting: of('waiting').length,
  };
}

export const flawless: Verdict = { doubles: [], lost: [], unwanted: [], unknown: 0, waiting: 0 };
