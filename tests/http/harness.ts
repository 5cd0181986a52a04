/** The web role on a real database, as tests speak to it. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll } from 'vitest';
import { buildServer, type WebParts } from '../../src/http/server/server.ts';
import { systemClock } from '../../src/io/clock.ts';
import type { Log, WakeUp } from '../../src/ports.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { keys } from '../consent/fixtures.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { insertNewsletter } from '../helpers/rows.ts';

export interface Web {
  app: FastifyInstance;
  database: TestDatabase;
  parts: WebParts;
  woken: WakeUp[];
  /** Every line that was logged, as text. */
  logged: string[];
  close(): Promise<void>;
}

export async function openWeb(more: Partial<WebParts> = {}): Promise<Web> {
  const database = await createTestDatabase();
  const woken: WakeUp[] = [];
  const logged: string[] = [];
  const parts: WebParts = {
    db: database.db,
    keys,
    emails: new EmailFiles(),
    log: memoryLog(logged),
    clock: systemClock,
    publicUrl: 'http://news.example.org',
    trustProxy: false,
    wake: async (wakeUps) => {
      woken.push(...wakeUps);
    },
    ready: async () => ({ ok: true, checks: { database: 'ok' } }),
    providerEvents: {
      secrets: [],
      fetchText: async (url) => {
        throw new Error(`these tests fetch nothing, not ${url}`);
      },
    },
    inbox: false,
    ...more,
  };
  const app = buildServer(parts);
  await app.ready();
  return {
    app,
    database,
    parts,
    woken,
    logged,
    async close() {
      await app.close();
      await database.drop();
    },
  };
}

/** The web role with the newsletter "weekly", for the tests of one file. */
export function useWeb() {
  const opened = {} as { web: Web; weekly: number };
  beforeAll(async () => {
    opened.web = await openWeb();
    opened.weekly = await insertNewsletter(opened.web.database.db, { slug: 'weekly', name: 'Weekly' });
  });
  afterAll(() => opened.web.close());
  return {
    /** Its parts, from the first test on. */
    web: () => opened.web,
    weekly: () => opened.weekly,
    get: (url: string, headers: Record<string, string> = {}) => opened.web.app.inject({ url, headers }),
  };
}

export function memoryLog(lines: string[]): Log {
  const write = (level: string) => (fields: object, text: string) => {
    lines.push(JSON.stringify({ level, ...fields, text }));
  };
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => log,
  };
  return log;
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}
