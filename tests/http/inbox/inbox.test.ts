import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inboxRoutes } from '../../../src/http/inbox/routes.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { hostile, keepMail, weekly } from './fixtures.ts';

const database = useTestDatabase();
let app: FastifyInstance;

beforeAll(async () => {
  app = Fastify();
  await app.register(inboxRoutes, { db: database.db });
});
beforeEach(() => database.db.deleteFrom('inbox_mails').execute());
afterAll(() => app?.close());

const get = (url: string) => app.inject({ method: 'GET', url });
const keep = (raw: string | Buffer, to?: string) => keepMail(database.db, raw, to);

describe('the list', () => {
  test('shows recipient, sender and subject of each mail, newest first', async () => {
    const first = await keep(weekly({ name: '李雷' }));
    const second = await keep(weekly({ name: '韩梅梅', to: 'han@example.com' }), 'han@example.com');
    const { body, statusCode } = await get('/inbox/');
    expect(statusCode).toBe(200);
    for (const text of [
      '2 mails',
      '韩梅梅',
      'han@example.com',
      '李雷',
      '渡口周报 · news@example.org',
      '周刊第七期',
    ])
      expect(body).toContain(text);
    expect(body.indexOf(`href="${second}"`)).toBeLessThan(body.indexOf(`href="${first}"`));
  });

  test('is cut into pages of 50 that lead to each other', async () => {
    for (let n = 0; n < 51; n++) await keep(`Subject: number ${n}\n\nx`);
    const first = await get('/inbox/');
    expect(first.body).toContain('Page 1 of 2');
    expect(first.body).toContain('href="./?page=2"');
    const last = await get('/inbox/?page=2');
    expect(last.body).toContain('number 0<');
    expect(last.body).not.toContain('number 1<');
    for (const odd of ['0', '-1', '99', '1e9', 'x', '1%00']) {
      expect((await get(`/inbox/?page=${odd}`)).statusCode).toBe(200);
    }
  });

  test('finds by recipient and by subject, taking % and _ as they are', async () => {
    await keep(weekly(), 'li@example.com');
    await keep('Subject: 100% sure\n\nx', 'zoe@example.com');
    const found = async (q: string) =>
      [...(await get(`/inbox/?q=${encodeURIComponent(q)}`)).body.matchAll(/<li><a href/g)].length;
    expect(await found('ZOE@')).toBe(1);
    expect(await found('第七期')).toBe(1);
    expect(await found('example.com')).toBe(2);
    expect(await found('100%')).toBe(1);
    expect(await found('%')).toBe(1);
    expect(await found('_')).toBe(0);
    expect(await found("'; DROP TABLE inbox_mails --")).toBe(0);
    expect(await found('\0\\')).toBe(0);
    expect((await get('/inbox/?q=a&q=b')).statusCode).toBe(200);
  });

  test('says what to do while there is nothing, and looks again by itself', async () => {
    const { body } = await get('/inbox/');
    expect(body).toContain('Waiting for the first mail');
    expect(body).toContain('postrider issue send');
    expect(body).toContain('http-equiv="refresh"');
  });

  test('/inbox leads to /inbox/', async () => {
    const { statusCode, headers } = await get('/inbox');
    expect([statusCode, headers.location]).toEqual([302, 'inbox/']);
  });
});

describe('one mail', () => {
  test('shows who wrote to whom and offers its own unsubscribe link', async () => {
    const { body } = await get(`/inbox/${await keep(weekly())}`);
    for (const text of ['<h1>周刊第七期</h1>', '渡口周报', '李雷', 'one click offered'])
      expect(body).toContain(text);
    expect(body).toMatch(
      /<a class="button" href="https:\/\/example\.org\/unsubscribe\/k\.token" target="_blank"/,
    );
  });

  test('has its HTML in a frame without scripts, forms or our origin', async () => {
    const id = await keep(weekly());
    const page = await get(`/inbox/${id}`);
    expect(page.body).toMatch(
      new RegExp(`<iframe src="\\./${id}/frame" sandbox="allow-popups allow-popups-to-escape-sandbox"`),
    );
    const frame = await get(`/inbox/${id}/frame`);
    expect(frame.body).toContain('<head><base target="_blank"><title>t</title>');
    expect(frame.body).toContain('<h1>你好，李雷</h1>');
    const policy = frame.headers['content-security-policy'];
    expect(policy).toContain('sandbox allow-popups allow-popups-to-escape-sandbox;');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin|allow-forms|allow-top/);
  });

  test('shows its text, its headers in readable form, and its source', async () => {
    const id = await keep(weekly());
    const text = (await get(`/inbox/${id}/text`)).body;
    expect(text).toContain('你好，李雷');
    expect(text).toContain('<a href="https://example.org/a?x=1&amp;y=2" target="_blank"');
    expect(text).toContain('</a>。');
    const headers = (await get(`/inbox/${id}/headers`)).body;
    expect(headers).toContain('<th scope="row">From</th><td>渡口周报 &lt;news@example.org&gt;</td>');
    expect(headers).toContain('List-Unsubscribe=One-Click');
    expect((await get(`/inbox/${id}/source`)).body).toContain('boundary=b1');
  });

  test('downloads as it was sent, octet by octet', async () => {
    const source = Buffer.concat([Buffer.from('Subject: x\r\n\r\n'), Buffer.from([0, 255, 128, 13, 10])]);
    const id = await keep(source);
    const { rawPayload, headers } = await get(`/inbox/${id}/mail.eml`);
    expect(rawPayload.equals(source)).toBe(true);
    expect(headers['content-type']).toMatch(/^message\/rfc822/);
    expect(headers['content-disposition']).toBe(`attachment; filename="mail-${id}.eml"`);
  });

  test('leads to its neighbours', async () => {
    const ids = [await keep('Subject: a\n\nx'), await keep('Subject: b\n\nx'), await keep('Subject: c\n\nx')];
    const { body } = await get(`/inbox/${ids[1]}`);
    expect(body).toContain(`href="./${ids[2]}">Newer`);
    expect(body).toContain(`href="./${ids[0]}">Older`);
  });

  test('that is gone, or never was, gets a page that says so', async () => {
    for (const path of ['999999', '999999/text', '999999/frame', '999999/mail.eml', '0'])
      expect((await get(`/inbox/${path}`)).statusCode).toBe(404);
    for (const path of ['abc', '1e3', '99999999999999999999', '-1'])
      expect((await get(`/inbox/${path}`)).statusCode).toBe(404);
    expect((await get('/inbox/999999')).body).toContain('newest 1,000');
  });
});

describe('a hostile mail is harmless', () => {
  test('nothing of it gets into our pages unescaped', async () => {
    const id = await keep(hostile('http://127.0.0.1:9'), '"><script>alert(0)</script>@example.com');
    for (const path of [
      '',
      `${id}`,
      `${id}/text`,
      `${id}/headers`,
      `${id}/source`,
      `?q=<script>alert(1)</script>`,
    ]) {
      const { body, headers, statusCode } = await get(`/inbox/${path}`);
      expect(statusCode).toBe(200);
      expect(body).not.toMatch(/<(script|img|object|embed|base|link)\b/i);
      expect(body).not.toMatch(/href="?(javascript|data):/i);
      expect(body).not.toMatch(/<[^>]*"\s*on[a-z]+=/i);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
    }
  });

  test('a List-Unsubscribe that is no web address gets no button', async () => {
    expect((await get(`/inbox/${await keep(hostile('http://127.0.0.1:9'))}`)).body).not.toContain(
      'Unsubscribe',
    );
  });

  const multipart = 'Content-Type: multipart/mixed; boundary=b\n\n';
  const broken: Record<string, string | Buffer> = {
    'an empty mail': '',
    'no header at all': '\n\njust text',
    'a header without an end': 'Subject: x',
    'a multipart without its parts': `Subject: x\n${multipart}--nothing of the kind\n`,
    'a multipart that never ends': `Subject: x\n${multipart}--b\nContent-Type: text/html\n\n<p>open`,
    'a multipart inside itself': `Subject: x\n${multipart}${`--b\n${multipart}`.repeat(500)}`,
    'more parts than anybody reads': `Subject: x\n${multipart}${'--b\n\nx\n'.repeat(3_000)}--b--`,
    'base64 that is none': 'Content-Transfer-Encoding: base64\n\n%%%%====!!!',
    'a character set that is none': 'Content-Type: text/html; charset="x-\0"\n\nx',
    'octets that are no UTF-8': Buffer.from([0xff, 0xfe, 0, 0x3a, 0x20, 0xc3, 0x28, 13, 10, 13, 10, 0xe2]),
    'a header of 2 MB': `Subject: ${'long '.repeat(400_000)}\n\nx`,
    '40,000 headers': `${'X-Many: y\n'.repeat(40_000)}\nx`,
    'an encoded word that is none': 'Subject: =?utf-8?B?####?= =?x?q?=ZZ?=\n\nx',
  };
  test.each(Object.entries(broken))('%s is still shown', async (_name, raw) => {
    const id = await keep(raw);
    for (const path of ['', `${id}`, `${id}/text`, `${id}/headers`, `${id}/source`, `${id}/mail.eml`]) {
      const { statusCode, body } = await get(`/inbox/${path}`);
      expect(statusCode, path).toBe(200);
      if (!path.endsWith('.eml')) expect(body.length).toBeLessThan(1_500_000);
    }
  });
});

describe('emptying', () => {
  const clear = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/inbox/clear', headers });

  test('deletes all mails and leads back to the list', async () => {
    await keep('Subject: x\n\nx');
    const { statusCode, headers } = await clear({ 'content-type': 'application/x-www-form-urlencoded' });
    expect([statusCode, headers.location]).toEqual([303, './']);
    expect((await get('/inbox/')).body).toContain('Waiting for the first mail');
  });

  test('is not done for the form of another site, nor on GET', async () => {
    await keep('Subject: x\n\nx');
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example', host: 'localhost:3000' },
      { origin: 'http://localhost:9', host: 'localhost:3000' },
      { origin: 'null', host: 'localhost:3000' },
    ];
    for (const from of foreign) expect((await clear(from)).statusCode, JSON.stringify(from)).toBe(403);
    expect((await get('/inbox/clear')).statusCode).toBe(404);
    expect((await get('/inbox/')).body).toContain('1 mail<');
  });
});

describe('DNS rebinding: under whose name the inbox answers', () => {
  let known: FastifyInstance;
  beforeAll(async () => {
    known = Fastify();
    await known.register(inboxRoutes, { db: database.db, publicUrl: 'https://news.example.org/mail' });
  });
  afterAll(() => known.close());

  test.each([
    ['localhost:3000', 200],
    ['LOCALHOST', 200],
    ['demo.localhost:3000', 200],
    ['127.0.0.1:3000', 200],
    ['[::1]:3000', 200],
    ['192.168.1.7:3000', 200],
    ['news.example.org', 200],
    ['evil.example', 403],
    ['evil.example:3000', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['news.example.org.evil.example', 403],
    ['user@localhost@evil.example', 403],
  ])('Host %j is %i, for the list, a mail and the form', async (host, status) => {
    const id = await keep(weekly());
    for (const url of ['/inbox/', `/inbox/${id}`, `/inbox/${id}/frame`, `/inbox/${id}/mail.eml`])
      expect((await known.inject({ url, headers: { host } })).statusCode, url).toBe(status);
    const cleared = await known.inject({ method: 'POST', url: '/inbox/clear', headers: { host } });
    expect(cleared.statusCode).toBe(status === 200 ? 303 : 403);
  });
});
