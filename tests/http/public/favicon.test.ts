import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertNewsletter } from '../../helpers/rows.ts';
import { openWeb, type Web } from '../harness.ts';

let web: Web;

beforeAll(async () => {
  web = await openWeb();
  await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly' });
});
afterAll(() => web.close());

const get = (url: string, headers: Record<string, string> = {}) => web.app.inject({ url, headers });

describe('the icon', () => {
  test('stands in every page, and is there for browsers that ask by themselves', async () => {
    for (const url of ['/', '/subscribe/weekly', '/nothing'])
      expect((await get(url)).body).toMatch(/<link rel="icon" href="data:image\/svg\+xml,[^"<>]+">/);
    const icon = await get('/favicon.ico');
    expect(icon.statusCode).toBe(200);
    expect(icon.headers['content-type']).toBe('image/svg+xml');
    expect(icon.body).toMatch(/^<svg [^>]*xmlns=/);
  });
});
