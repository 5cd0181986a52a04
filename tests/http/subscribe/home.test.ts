import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmationsTo } from '../../consent/fixtures.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { FORM, form, openWeb, type Web } from '../harness.ts';

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
    expect(page.body).not.toContain('<form');
  });

  test('from two on a form asks for several at once, with nothing ticked; one mail is sent', async () => {
    await insertNewsletter(web.database.db, { slug: 'daily', name: 'Daily' });
    const page = await get('/');
    expect(page.body.match(/<input type="checkbox"/g)).toHaveLength(2);
    expect(page.body).not.toMatch(/<input[^>]* checked/);
    const payload = `${form({ email: 'many@example.org', newsletter: 'weekly' })}&newsletter=daily&newsletter=secret`;
    const answer = await web.app.inject({ method: 'POST', url: '/subscribe', headers: FORM, payload });
    expect(answer.statusCode).toBe(200);
    expect(await confirmationsTo(web.database.db, 'many@example.org')).toHaveLength(1);
    const records = await web.database.db.selectFrom('consent_records').select(['wording', 'page']).execute();
    expect(records).toHaveLength(2);
    expect(records[0]).toEqual({ wording: expect.stringContaining('that I ticked'), page: '/subscribe' });
    const none = await web.app.inject({
      method: 'POST',
      url: '/subscribe',
      headers: FORM,
      payload: form({ email: 'none@example.org' }),
    });
    expect(none.statusCode).toBe(400);
    expect(none.body).toContain('Tick at least one');
  });
});
