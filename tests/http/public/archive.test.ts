import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { IssueState } from '../../../src/db/schema.ts';
import type { Edition } from '../../../src/render/edition/edition.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { useWeb } from '../harness.ts';

const { get, web, weekly } = useWeb();

describe('the archive', () => {
  let slug = 0;
  async function issue(
    newsletter: number,
    state: IssueState,
    more: { sending?: boolean; html?: string } = {},
  ) {
    const content: Edition = {
      language: 'en',
      subject: 'One',
      preheader: '',
      html:
        more.html ??
        '<html><body><p style="color:red">Dear {{#if reader.name}}{{reader.name}}{{else}}reader{{/if}}</p><a href="{{link.unsubscribe}}">Leave</a></body></html>',
      text: '',
      slots: [],
      from: { name: 'W', address: 'w@example.org' },
      replyTo: null,
      listId: null,
      listName: '',
      archiveUrl: null,
      feedbackId: null,
      headers: {},
      hash: 'x',
    };
    const name = `issue-${slug++}`;
    await sql`WITH e AS (INSERT INTO editions (hash, content) VALUES (${name}, ${JSON.stringify(content)}) RETURNING id), i AS (
        INSERT INTO issues (newsletter_id, slug, state, title, issue_date, language, source, source_name, edition_id)
        SELECT ${newsletter}, ${name}, ${state}, ${`Title & ${name}`}, '2026-02-03', 'en', '', '', e.id FROM e RETURNING id)
      INSERT INTO sends (issue_id, sending_since) SELECT id, ${more.sending ? new Date() : null} FROM i`.execute(
      web().database.db,
    );
    return name;
  }

  test('lists what is out, newest first, and shows it as nobody in particular reads it', async () => {
    const sent = await issue(weekly(), 'sent');
    const list = await get('/archive/weekly', { 'accept-language': 'zh' });
    expect(list.body).toContain(`href="/archive/weekly/${sent}"`);
    expect(list.body).toContain(`Title &amp; ${sent}`);
    expect(list.body).toContain('2026年2月3日');
    const page = await get(`/archive/weekly/${sent}`);
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('Dear reader');
    expect(page.body).not.toMatch(/\{\{|unsubscribe/);
  });

  test('the day of an issue without a date is that of the newsletter, not of UTC', async () => {
    const name = await issue(weekly(), 'sent');
    await sql`WITH i AS (UPDATE issues SET issue_date = NULL WHERE slug = ${name} RETURNING id)
      UPDATE sends SET sending_since = '2025-08-05T20:00:00Z' FROM i WHERE issue_id = i.id`.execute(
      web().database.db,
    );
    for (const [timezone, day] of [
      ['Asia/Shanghai', '2025-08-06'],
      ['America/New_York', '2025-08-05'],
    ]) {
      await sql`UPDATE newsletters SET timezone = ${timezone} WHERE id = ${weekly()}`.execute(
        web().database.db,
      );
      expect((await get('/archive/weekly')).body).toContain(`datetime="${day}"`);
    }
  });

  test.each([
    ['draft', false, 404],
    ['scheduled', false, 404],
    ['sending', true, 200],
    ['paused', true, 200],
    ['archived', false, 200],
    ['cancelled', true, 200],
    ['cancelled', false, 404],
  ] as const)('of an issue that is %s (sending began: %s) is %i', async (state, sending, status) => {
    const name = await issue(weekly(), state, { sending });
    expect((await get(`/archive/weekly/${name}`)).statusCode).toBe(status);
    const listed = (await get('/archive/weekly')).body.includes(name);
    expect(listed).toBe(status === 200 && state !== 'cancelled');
  });

  test('leads to the form, and the form to it, where both are open', async () => {
    expect((await get('/archive/weekly')).body).toContain('href="/subscribe/weekly"');
    expect((await get('/subscribe/weekly?lang=zh')).body).toContain('href="/archive/weekly?lang=zh"');
    await insertNewsletter(web().database.db, { slug: 'done', signup: 'closed' });
    expect((await get('/archive/done')).body).not.toContain('/subscribe/done');
    await insertNewsletter(web().database.db, { slug: 'quiet', archive: 'unlisted' });
    expect((await get('/subscribe/quiet')).body).not.toContain('/archive/quiet');
  });

  test('unlisted: the pages that mails link to, no list, not for search engines', async () => {
    const unlisted = await insertNewsletter(web().database.db, { slug: 'unlisted', archive: 'unlisted' });
    const name = await issue(unlisted, 'sent');
    expect((await get('/archive/unlisted')).statusCode).toBe(404);
    const page = await get(`/archive/unlisted/${name}`);
    expect(page.statusCode).toBe(200);
    expect(page.headers['x-robots-tag']).toBe('noindex');
  });

  test('off: nothing', async () => {
    const off = await insertNewsletter(web().database.db, { slug: 'off', archive: 'off' });
    const name = await issue(off, 'sent');
    expect((await get('/archive/off')).statusCode).toBe(404);
    expect((await get(`/archive/off/${name}`)).statusCode).toBe(404);
  });

  test('of one newsletter does not show the issues of another', async () => {
    const name = await issue(weekly(), 'sent');
    await insertNewsletter(web().database.db, { slug: 'other' });
    expect((await get(`/archive/other/${name}`)).statusCode).toBe(404);
  });
});
