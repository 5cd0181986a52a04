import { describe, expect, test } from 'vitest';
import { useWeb } from '../harness.ts';

const { get } = useWeb();

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
