import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unsubscribeToken } from '../../../src/consent/tokens.ts';
import { keys, linkTo } from '../../consent/fixtures.ts';
import { insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { openWeb, type Web } from '../harness.ts';

let web: Web;
let weekly: number;

beforeAll(async () => {
  web = await openWeb();
  weekly = await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly' });
});
afterAll(() => web.close());

const get = (url: string, headers: Record<string, string> = {}) => web.app.inject({ url, headers });

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
