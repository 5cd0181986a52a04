import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertNewsletter } from '../../helpers/rows.ts';
import { openWeb, type Web } from '../harness.ts';

let web: Web;

beforeAll(async () => {
  web = await openWeb();
});
afterAll(() => web.close());

const get = (url: string, headers: Record<string, string> = {}) => web.app.inject({ url, headers });

describe('the first page', () => {
  test('before the first newsletter: the command that makes one', async () => {
    const page = await get('/');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('postrider newsletter create');
  });

  test('then: the newsletters that take readers', async () => {
    await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly <b>' });
    await insertNewsletter(web.database.db, { slug: 'secret', name: 'Not for all', signup: 'closed' });
    const page = await get('/');
    expect(page.body).toContain('href="/subscribe/weekly"');
    expect(page.body).toContain('Weekly &lt;b&gt;');
    expect(page.body).not.toContain('Not for all');
  });
});
