import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServer } from '../../src/http/server/server.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { openWeb, type Web } from './harness.ts';

let web: Web;

beforeAll(async () => {
  web = await openWeb();
  await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly' });
});
afterAll(() => web.close());

describe('health', () => {
  test('ready says what is not, with 503', async () => {
    const app = buildServer({
      ...web.parts,
      ready: async () => ({ ok: false, checks: { database: 'ok', queue: 'away' } }),
    });
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ok: false, checks: { database: 'ok', queue: 'away' } });
    expect((await app.inject('/healthz')).json()).toEqual({ ok: true });
    await app.close();
  });

  test('a check that breaks is a no', async () => {
    const app = buildServer({ ...web.parts, ready: () => Promise.reject(new Error('broken')) });
    expect((await app.inject('/readyz')).statusCode).toBe(503);
    await app.close();
  });
});
