import { describe, expect, test } from 'vitest';
import { buildServer } from '../../../src/http/server/server.ts';
import { FORM, useWeb } from '../harness.ts';

const { get, web } = useWeb();

describe('the built-in inbox', () => {
  test('is served in the embedded way and nowhere else', async () => {
    expect((await get('/inbox/')).statusCode).toBe(404);
    const app = buildServer({ ...web().parts, inbox: true });
    expect((await app.inject('/inbox/')).statusCode).toBe(200);
    const cleared = await app.inject({ method: 'POST', url: '/inbox/clear', headers: FORM, payload: '' });
    expect(cleared.statusCode).toBe(303);
    await app.close();
  });
});
