import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDb, openPool } from '../../src/db/connection.ts';
import { buildServer } from '../../src/http/server/server.ts';
import { limit } from '../helpers/machine.js';
import { insertNewsletter } from '../helpers/rows.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';
import { FORM, form, openWeb, type Web } from './harness.ts';

let web: Web;
let way: TcpProxy;
let pool: ReturnType<typeof openPool>;
let app: ReturnType<typeof buildServer>;

beforeAll(async () => {
  web = await openWeb();
  await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly' });
  const url = new URL(web.database.url);
  way = await startTcpProxy(Number(url.port));
  url.port = String(way.port);
  pool = openPool(url.toString(), { max: 4, applicationName: 'silent', onError: () => {} });
  app = buildServer({ ...web.parts, db: openDb(pool) });
  await sql`SELECT 1`.execute(openDb(pool));
});
afterAll(async () => {
  await way.close();
  await app.close();
  await pool.end();
  await web.close();
});

test('while the database keeps silent, pages and forms are answered 503 within 5 s; then as ever', async () => {
  way.silence();
  const began = performance.now();
  const subscribe = { url: '/subscribe/weekly', headers: FORM, payload: form({ email: 'ann@example.org' }) };
  const answers = await Promise.all([
    app.inject({ url: '/subscribe/weekly' }),
    app.inject({ url: '/archive/weekly' }),
    app.inject({ method: 'POST', ...subscribe }),
  ]);
  expect(performance.now() - began).toBeLessThan(limit(5_000));
  way.silence(false);
  for (const answer of answers) {
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('30');
    expect(answer.headers['content-type']).toContain('text/html');
  }
  expect(await app.inject({ url: '/subscribe/weekly' })).toMatchObject({ statusCode: 200 });
});
