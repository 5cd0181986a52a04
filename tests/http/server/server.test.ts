import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServer } from '../../../src/http/server/server.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { FORM, openWeb, type Web } from '../harness.ts';

let web: Web;

beforeAll(async () => {
  web = await openWeb();
  await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly' });
});
afterAll(() => web.close());

const get = (url: string, headers: Record<string, string> = {}) => web.app.inject({ url, headers });

describe('the built-in inbox', () => {
  test('is served in the embedded way and nowhere else', async () => {
    expect((await get('/inbox/')).statusCode).toBe(404);
    const app = buildServer({ ...web.parts, inbox: true });
    expect((await app.inject('/inbox/')).statusCode).toBe(200);
    const cleared = await app.inject({ method: 'POST', url: '/inbox/clear', headers: FORM, payload: '' });
    expect(cleared.statusCode).toBe(303);
    await app.close();
  });
});
