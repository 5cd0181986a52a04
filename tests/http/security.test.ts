import { describe, expect, test } from 'vitest';
import { useWeb } from './harness.ts';

const { get } = useWeb();

describe('every answer', () => {
  test.each([
    ['/', 200],
    ['/subscribe/weekly', 200],
    ['/unsubscribe/nonsense', 404],
    ['/confirm/nonsense', 404],
    ['/reject/nonsense', 404],
    ['/preferences/nonsense', 404],
    ['/data', 200],
    ['/data/nonsense', 404],
    ['/data/nonsense/data.json', 404],
    ['/address/nonsense', 404],
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
