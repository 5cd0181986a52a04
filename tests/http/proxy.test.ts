import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashedIp } from '../../src/consent/record.ts';
import { buildServer } from '../../src/http/server/server.ts';
import { keys } from '../consent/fixtures.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { FORM, form, memoryLog, openWeb, type Web } from './harness.ts';

let web: Web;

beforeAll(async () => {
  web = await openWeb();
  await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly' });
});
afterAll(() => web.close());

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
    const { rows } = await sql<{ hash: Buffer | null }>`SELECT ip_hash AS hash FROM consent_records r
      JOIN subscribers p ON p.id = r.subscriber_id WHERE p.identity = ${email}`.execute(web.database.db);
    return { hash: rows[0]?.hash, warnings: logged.filter((line) => line.includes('TRUST_PROXY')).length };
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
    expect(await ask(trust, forwarded)).toEqual({ hash: hashedIp(keys, ip), warnings });
  });
});
