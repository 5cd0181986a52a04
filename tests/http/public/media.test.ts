import { describe, expect, test } from 'vitest';
import { useWeb } from '../harness.ts';

const { get, web } = useWeb();

describe('media', () => {
  const hash = 'ab'.repeat(32);

  test('is served for ever under its hash, by itself or with an ending, and never runs', async () => {
    const bytes = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    await web().database.db.insertInto('media').values({ hash, type: 'image/svg+xml', bytes }).execute();
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
    const head = await web().app.inject({ method: 'HEAD', url: `/media/${hash}` });
    expect(head.headers['content-length']).toBe(String(bytes.length));
  });

  test('that is a calendar file is saved as one', async () => {
    const name = 'ef'.repeat(32);
    const file = { hash: name, type: 'text/calendar; charset=utf-8', bytes: Buffer.from('BEGIN:VCALENDAR') };
    await web().database.db.insertInto('media').values(file).execute();
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
