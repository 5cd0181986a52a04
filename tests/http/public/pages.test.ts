import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unsubscribeToken } from '../../../src/consent/tokens.ts';
import type { IssueState } from '../../../src/db/schema.ts';
import { buildServer } from '../../../src/http/server/server.ts';
import type { Edition } from '../../../src/render/edition/edition.ts';
import { keys, linkTo } from '../../consent/fixtures.ts';
import { insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { FORM, form, memoryLog, openWeb, type Web } from '../harness.ts';

let web: Web;
let weekly: number;

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
    weekly = await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly <b>' });
    await insertNewsletter(web.database.db, { slug: 'secret', name: 'Not for all', signup: 'closed' });
    const page = await get('/');
    expect(page.body).toContain('href="/subscribe/weekly"');
    expect(page.body).toContain('Weekly &lt;b&gt;');
    expect(page.body).not.toContain('Not for all');
  });
});

describe('every answer', () => {
  test.each([
    ['/', 200],
    ['/subscribe/weekly', 200],
    ['/unsubscribe/nonsense', 404],
    ['/confirm/nonsense', 404],
    ['/reject/nonsense', 404],
    ['/preferences/nonsense', 404],
    ['/archive/weekly', 200],
    ['/archive/weekly/nothing', 404],
    ['/media/nothing', 404],
    ['/nothing/at/all', 404],
    ['/%ff', 400],
    ['/healthz', 200],
    ['/readyz', 200],
  ])('%s (%i) says: no script, no frame, no referrer, no sniffing, no cookie', async (url, status) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(answer.headers['content-security-policy']).not.toContain('script-src');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body).not.toContain('<script');
  });
});

describe('search engines', () => {
  test('may list the pages for strangers, and none that belongs to one reader or is no page', async () => {
    const noindex = async (url: string) => (await get(url)).body.includes('name="robots" content="noindex"');
    const subscriber = await insertSubscriber(web.database.db, 'unlisted@example.org', weekly, 'confirmed');
    const link = await linkTo(web.database.db, weekly, subscriber);
    const token = unsubscribeToken(keys, { ...link, issue: 1, delivery: 1 });
    for (const url of ['/', '/subscribe/weekly', '/archive/weekly'])
      expect(await noindex(url), url).toBe(false);
    for (const url of [`/unsubscribe/${token}`, '/nothing']) expect(await noindex(url), url).toBe(true);
  });
});

describe('the language of a page', () => {
  test.each([
    ['/subscribe/weekly?lang=zh', 'en', 'zh'],
    ['/subscribe/weekly', 'zh-TW,zh;q=0.9,en;q=0.8', 'zh'],
    ['/subscribe/weekly', 'fr, en;q=0.3, zh;q=0.7', 'zh'],
    ['/subscribe/weekly', 'fr', 'en'],
    ['/subscribe/weekly?lang=../../etc/passwd', 'zh', 'zh'],
    ['/subscribe/weekly?lang=zh&lang=en', '', 'en'],
    ['/subscribe/chinese', '', 'zh'],
    ['/subscribe/chinese', '*', 'zh'],
    ['/subscribe/chinese?lang=en', 'zh', 'en'],
    ['/nothing', 'zh-CN', 'zh'],
    ['/confirm/nonsense?lang=zh', '', 'zh'],
  ])('%s with Accept-Language "%s" is %s', async (url, accepted, language) => {
    if (url.includes('chinese')) await chinese();
    const page = await get(url, accepted === '' ? {} : { 'accept-language': accepted });
    expect(page.headers['content-language']).toBe(language);
    expect(page.body).toContain(`<html lang="${language}"`);
    expect(page.headers.vary).toBe('Accept-Language');
  });

  test('once chosen stays with the links', async () => {
    expect((await get('/?lang=zh')).body).toContain('href="/subscribe/weekly?lang=zh"');
  });

  test('every sentence of the pages is there in English and Chinese', () => {
    const words = ['en', 'zh'].map((language) => JSON.parse(web.parts.emails.need(`words/${language}.json`)));
    const [en, zh] = words.map((all) =>
      Object.keys(all)
        .filter((key) => key.startsWith('page.'))
        .sort(),
    );
    expect(zh).toEqual(en);
    const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const key of en!) expect(holes(words[1][key]), key).toEqual(holes(words[0][key]));
  });

  let made = false;
  async function chinese() {
    if (!made) await insertNewsletter(web.database.db, { slug: 'chinese', language: 'zh-CN' });
    made = true;
  }
});

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
      web.database.db,
    );
    return name;
  }

  test('lists what is out, newest first, and shows it as nobody in particular reads it', async () => {
    const sent = await issue(weekly, 'sent');
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
    const name = await issue(weekly, 'sent');
    await sql`WITH i AS (UPDATE issues SET issue_date = NULL WHERE slug = ${name} RETURNING id)
      UPDATE sends SET sending_since = '2025-08-05T20:00:00Z' FROM i WHERE issue_id = i.id`.execute(
      web.database.db,
    );
    for (const [timezone, day] of [
      ['Asia/Shanghai', '2025-08-06'],
      ['America/New_York', '2025-08-05'],
    ]) {
      await sql`UPDATE newsletters SET timezone = ${timezone} WHERE id = ${weekly}`.execute(web.database.db);
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
    const name = await issue(weekly, state, { sending });
    expect((await get(`/archive/weekly/${name}`)).statusCode).toBe(status);
    const listed = (await get('/archive/weekly')).body.includes(name);
    expect(listed).toBe(status === 200 && state !== 'cancelled');
  });

  test('leads to the form, and the form to it, where both are open', async () => {
    expect((await get('/archive/weekly')).body).toContain('href="/subscribe/weekly"');
    expect((await get('/subscribe/weekly?lang=zh')).body).toContain('href="/archive/weekly?lang=zh"');
    await insertNewsletter(web.database.db, { slug: 'done', signup: 'closed' });
    expect((await get('/archive/done')).body).not.toContain('/subscribe/done');
    await insertNewsletter(web.database.db, { slug: 'quiet', archive: 'unlisted' });
    expect((await get('/subscribe/quiet')).body).not.toContain('/archive/quiet');
  });

  test('unlisted: the pages that mails link to, no list, not for search engines', async () => {
    const unlisted = await insertNewsletter(web.database.db, { slug: 'unlisted', archive: 'unlisted' });
    const name = await issue(unlisted, 'sent');
    expect((await get('/archive/unlisted')).statusCode).toBe(404);
    const page = await get(`/archive/unlisted/${name}`);
    expect(page.statusCode).toBe(200);
    expect(page.headers['x-robots-tag']).toBe('noindex');
  });

  test('off: nothing', async () => {
    const off = await insertNewsletter(web.database.db, { slug: 'off', archive: 'off' });
    const name = await issue(off, 'sent');
    expect((await get('/archive/off')).statusCode).toBe(404);
    expect((await get(`/archive/off/${name}`)).statusCode).toBe(404);
  });

  test('of one newsletter does not show the issues of another', async () => {
    const name = await issue(weekly, 'sent');
    await insertNewsletter(web.database.db, { slug: 'other' });
    expect((await get(`/archive/other/${name}`)).statusCode).toBe(404);
  });
});

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

describe('media', () => {
  const hash = 'ab'.repeat(32);

  test('is served for ever under its hash, by itself or with an ending, and never runs', async () => {
    const bytes = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    await web.database.db.insertInto('media').values({ hash, type: 'image/svg+xml', bytes }).execute();
    for (const url of [`/media/${hash}`, `/media/${hash}.svg`]) {
      const answer = await get(url);
      expect(answer.rawPayload).toEqual(bytes);
      expect(answer.headers).toMatchObject({
        'content-type': 'image/svg+xml',
        'cache-control': 'public, max-age=31536000, immutable',
        etag: `"${hash}"`,
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'cross-origin',
      });
      expect(answer.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
    }
    const again = await get(`/media/${hash}`, { 'if-none-match': `W/"x", "${hash}"` });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
    const head = await web.app.inject({ method: 'HEAD', url: `/media/${hash}` });
    expect(head.headers['content-length']).toBe(String(bytes.length));
  });

  test('that is a calendar file is saved as one', async () => {
    const name = 'ef'.repeat(32);
    const file = { hash: name, type: 'text/calendar; charset=utf-8', bytes: Buffer.from('BEGIN:VCALENDAR') };
    await web.database.db.insertInto('media').values(file).execute();
    expect((await get(`/media/${name}.ics`)).headers).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'attachment; filename="event.ics"',
    });
  });

  test.each(['cd'.repeat(32), hash.toUpperCase(), `${hash}/../x`, '%2e%2e%2fetc', ''])(
    'of another name (%s) is not there',
    async (name) => {
      expect((await get(`/media/${name}`)).statusCode).toBe(404);
    },
  );
});

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

describe('PUBLIC_URL with a path', () => {
  test('links and forms use it; a proxy may strip it or pass it on', async () => {
    const app = buildServer({ ...web.parts, publicUrl: 'https://example.org/mail' });
    for (const path of ['/mail/', '/mail', '/']) {
      const page = await app.inject(path);
      expect(page.statusCode, path).toBe(200);
      expect(page.body).toContain('href="/mail/subscribe/weekly"');
    }
    expect((await app.inject('/mail/subscribe/weekly?lang=zh')).headers['content-language']).toBe('zh');
    expect((await app.inject('/subscribe/weekly')).statusCode).toBe(200);
    expect((await app.inject('/mailer')).statusCode).toBe(404);
    await app.close();
  });
});

describe('proxies', () => {
  const ask = async (trustProxy: Web['parts']['trustProxy'], forwarded: string) => {
    const email = `proxied${Math.random()}@example.org`;
    const logged: string[] = [];
    const app = buildServer({ ...web.parts, trustProxy, log: memoryLog(logged) });
    for (let i = 0; i < 2; i++)
      await app.inject({
        method: 'POST',
        url: '/subscribe/weekly',
        remoteAddress: '10.0.0.9',
        headers: { ...FORM, 'x-forwarded-for': forwarded },
        payload: form({ email }),
      });
    await app.close();
    const { rows } = await sql<{ ip: string }>`SELECT host(ip) AS ip FROM consent_records r
      JOIN subscribers p ON p.id = r.subscriber_id WHERE p.identity = ${email}`.execute(web.database.db);
    return { ip: rows[0]?.ip, warnings: logged.filter((line) => line.includes('TRUST_PROXY')).length };
  };

  test.each([
    [false, '203.0.113.1', '10.0.0.9', 1],
    [1, '203.0.113.1', '203.0.113.1', 0],
    [1, '198.51.100.66, 203.0.113.1', '203.0.113.1', 0],
    [2, '198.51.100.66, 203.0.113.1, 10.0.0.8', '203.0.113.1', 0],
    [['10.0.0.0/8'], '198.51.100.66, 203.0.113.1', '203.0.113.1', 0],
    [['192.168.0.0/16'], '203.0.113.1', '10.0.0.9', 0],
    [1, 'not an address', null, 0],
    [1, '203.0.113.1:567', '203.0.113.1', 0],
    [1, '[2001:db8::1]:567', '2001:db8::1', 0],
    [1, '"[2001:db8::1]:567"', '2001:db8::1', 0],
    [2, '198.51.100.66:1, 203.0.113.1:2,10.0.0.8:3', '203.0.113.1', 0],
    [['10.0.0.0/8'], '198.51.100.66, 203.0.113.1:567, 10.0.0.8:4711', '203.0.113.1', 0],
    [1, 'unknown', null, 0],
  ] as const)('TRUST_PROXY %j with "%s" is %s, with %i warnings', async (trust, forwarded, ip, warnings) => {
    expect(await ask(trust, forwarded)).toEqual({ ip, warnings });
  });
});

describe('the log', () => {
  test('has one line per answer, with the route and never a token or an address', async () => {
    const subscriber = await insertSubscriber(web.database.db, 'discreet@example.org', weekly, 'confirmed');
    const link = await linkTo(web.database.db, weekly, subscriber);
    const token = unsubscribeToken(keys, { ...link, issue: 1, delivery: 1 });
    const logged: string[] = [];
    const app = buildServer({
      ...web.parts,
      log: memoryLog(logged),
      wake: () => Promise.reject(new Error('x@y.z')),
    });
    await app.inject(`/unsubscribe/${token}`);
    await app.inject(`/nothing/${token}`);
    await app.inject(`/%00${token}`);
    await app.inject({
      method: 'POST',
      url: '/subscribe/weekly',
      headers: FORM,
      payload: form({ email: 'whisper@example.org' }),
    });
    await app.close();
    expect(logged.map((line) => JSON.parse(line)).filter((line) => line.text === 'answered')).toMatchObject([
      { route: '/unsubscribe/:token', method: 'GET', status: 200, ms: expect.any(Number) },
      { route: 'unknown', status: 404 },
      { route: 'unknown' },
      { route: '/subscribe/:newsletter', method: 'POST', status: 200 },
    ]);
    expect(logged.join('\n')).toContain('could not be woken');
    expect(logged.join('\n')).not.toMatch(/@|discreet|whisper/);
    expect(logged.join('\n')).not.toContain(token.slice(5, 20));
  });

  test.each([
    '/%ff',
    '/%',
    '/subscribe/%ff',
    '/unsubscribe/%E0%A4%A',
    '/%c0%ae%c0%ae/',
    `/confirm/${'x'.repeat(1_100)}`,
  ])(
    'has no stack trace of an address that cannot be decoded (%s), which gets a page of its own',
    async (url) => {
      const logged: string[] = [];
      const app = buildServer({ ...web.parts, log: memoryLog(logged) });
      const answer = await app.inject({ url, headers: { 'accept-language': 'zh' } });
      await app.close();
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.statusCode).toBeLessThan(500);
      expect(answer.body).toContain('<html lang="zh"');
      expect(logged.join('\n')).not.toMatch(/"at":|error/);
    },
  );

  test('of a failure has no message, which may quote what was sent', async () => {
    const logged: string[] = [];
    const app = buildServer({
      ...web.parts,
      log: memoryLog(logged),
      ready: () => {
        throw new Error('key (email)=(quoted@example.org) already exists');
      },
    });
    const answer = await app.inject('/readyz');
    await app.close();
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('quoted');
    expect(logged.join('\n')).toContain('a request failed');
    expect(logged.join('\n')).not.toContain('quoted');
  });
});
