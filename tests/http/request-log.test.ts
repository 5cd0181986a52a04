import { describe, expect, test } from 'vitest';
import { unsubscribeToken } from '../../src/consent/tokens.ts';
import { buildServer } from '../../src/http/server/server.ts';
import { keys, linkTo } from '../consent/fixtures.ts';
import { insertSubscriber } from '../helpers/rows.ts';
import { FORM, form, memoryLog, useWeb } from './harness.ts';

const { web, weekly } = useWeb();

describe('the log', () => {
  test('has one line per answer, with the route and never a token or an address', async () => {
    const subscriber = await insertSubscriber(
      web().database.db,
      'discreet@example.org',
      weekly(),
      'confirmed',
    );
    const link = await linkTo(web().database.db, weekly(), subscriber);
    const token = unsubscribeToken(keys, { ...link, issue: 1, delivery: 1 });
    const logged: string[] = [];
    const app = buildServer({
      ...web().parts,
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
      const app = buildServer({ ...web().parts, log: memoryLog(logged) });
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
      ...web().parts,
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
