import { beforeAll, expect, test } from 'vitest';
import { preferencesToken, unsubscribeToken } from '../../../src/consent/tokens.ts';
import { keys, linkTo } from '../../consent/fixtures.ts';
import { insertSubscriber } from '../../helpers/rows.ts';
import { useWeb } from '../harness.ts';

const { web, weekly, get } = useWeb();
let ref: Awaited<ReturnType<typeof linkTo>>;

beforeAll(async () => {
  const { db } = web().database;
  const subscriber = await insertSubscriber(db, 'ada@example.org', weekly(), 'confirmed');
  ref = await linkTo(db, weekly(), subscriber);
});

test('the page says what its reader gets, and not who they are', async () => {
  const page = await get(`/preferences/${preferencesToken(keys, ref)}`);
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('Weekly');
  expect(page.body).not.toContain('ada@example.org');
});

test('a link for another purpose, of another person, or of nobody is a 404', async () => {
  const others = [
    unsubscribeToken(keys, { ...ref, issue: 1, delivery: 1 }),
    preferencesToken(keys, { ...ref, linkKey: 1 }),
    preferencesToken(keys, { ...ref, newsletter: 99 }),
    'nonsense',
  ];
  for (const token of others) expect((await get(`/preferences/${token}`)).statusCode).toBe(404);
});
