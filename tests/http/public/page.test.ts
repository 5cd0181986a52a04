import { describe, expect, test } from 'vitest';
import { unsubscribeToken } from '../../../src/consent/tokens.ts';
import { keys, linkTo } from '../../consent/fixtures.ts';
import { insertSubscriber } from '../../helpers/rows.ts';
import { useWeb } from '../harness.ts';

const { get, web, weekly } = useWeb();

describe('search engines', () => {
  test('may list the pages for strangers, and none that belongs to one reader or is no page', async () => {
    const noindex = async (url: string) => (await get(url)).body.includes('name="robots" content="noindex"');
    const subscriber = await insertSubscriber(
      web().database.db,
      'unlisted@example.org',
      weekly(),
      'confirmed',
    );
    const link = await linkTo(web().database.db, weekly(), subscriber);
    const token = unsubscribeToken(keys, { ...link, issue: 1, delivery: 1 });
    for (const url of ['/', '/subscribe/weekly', '/archive/weekly'])
      expect(await noindex(url), url).toBe(false);
    for (const url of [`/unsubscribe/${token}`, '/nothing']) expect(await noindex(url), url).toBe(true);
  });
});
