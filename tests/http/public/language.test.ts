import { describe, expect, test } from 'vitest';
import { insertNewsletter } from '../../helpers/rows.ts';
import { useWeb } from '../harness.ts';

const { get, web } = useWeb();

describe('the language of a page', () => {
  test.each([
    ['/subscribe/weekly?lang=zh', 'en', 'zh'],
    ['/subscribe/weekly', 'zh-TW,zh;q=0.9,en;q=0.8', 'zh'],
    ['/subscribe/weekly', 'fr, en;q=0.3, zh;q=0.7', 'zh'],
    ['/subscribe/weekly', 'fr', 'en'],
    ['/subscribe/weekly?lang=../../etc/passwd', 'zh', 'zh'],
    ['/subscribe/weekly?lang=zh&lang=en', '', 'en'],
    ['/subscribe/chinese', '', 'zh'],
    ['/subscribe/chinese', '*', 'zh'],
    ['/subscribe/chinese?lang=en', 'zh', 'en'],
    ['/nothing', 'zh-CN', 'zh'],
    ['/confirm/nonsense?lang=zh', '', 'zh'],
  ])('%s with Accept-Language "%s" is %s', async (url, accepted, language) => {
    if (url.includes('chinese')) await chinese();
    const page = await get(url, accepted === '' ? {} : { 'accept-language': accepted });
    expect(page.headers['content-language']).toBe(language);
    expect(page.body).toContain(`<html lang="${language}"`);
    expect(page.headers.vary).toBe('Accept-Language');
  });

  test('once chosen stays with the links', async () => {
    expect((await get('/?lang=zh')).body).toContain('href="/subscribe/weekly?lang=zh"');
  });

  test('every sentence of the pages is there in English and Chinese', () => {
    const words = ['en', 'zh'].map((language) =>
      JSON.parse(web().parts.emails.need(`words/${language}.json`)),
    );
    const [en, zh] = words.map((all) =>
      Object.keys(all)
        .filter((key) => key.startsWith('page.'))
        .sort(),
    );
    expect(zh).toEqual(en);
    const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const key of en!) expect(holes(words[1][key]), key).toEqual(holes(words[0][key]));
  });

  let made = false;
  async function chinese() {
    if (!made) await insertNewsletter(web().database.db, { slug: 'chinese', language: 'zh-CN' });
    made = true;
  }
});
