import { expect, test } from 'vitest';
import { type MirrorOptions, mirrorPictures } from '../../../src/issue/media/mirror.ts';
import { linkedPicturesWarning } from '../../../src/issue/media/picture-messages.ts';
import { TimeBudget } from '../../../src/issue/media/time-budget.ts';
import { plain } from './fixtures.ts';

const wanted = (...addresses: string[]) => addresses.map((address) => ({ url: address, address }));
const failure = (message: string, reason?: string) => Object.assign(new Error(message), { reason });

/** Asks this instead of the web, and counts. */
function asking(answer: (address: string) => Promise<Buffer>): MirrorOptions & { requests: string[] } {
  const requests: string[] = [];
  const fetch = (address: string) => {
    requests.push(address);
    return answer(address);
  };
  return { requests, fetch, timeBudget: new TimeBudget(), maxWidth: 1_000 };
}

test('what can be had is taken, what cannot is named in its order', async () => {
  const png = await plain(9, 9).png().toBuffer();
  const how = asking(async (address) => {
    if (address.endsWith('gone')) throw failure('was answered with 404');
    return address.endsWith('page') ? Buffer.from('<html>') : png;
  });
  const addresses = ['https://a.example/1', 'https://a.example/gone', 'https://b.example/page'];
  const { media, missed } = await mirrorPictures(wanted(...addresses), how);
  expect([...media.keys()]).toEqual(['https://a.example/1']);
  expect(missed.map(({ url, why }) => [url, why])).toEqual([
    ['https://a.example/gone', 'was answered with 404'],
    ['https://b.example/page', 'is not a PNG, JPEG, GIF, WebP, AVIF or SVG'],
  ]);
});

test('a host that is not there is asked once for a whole command', async () => {
  const how = asking(() => Promise.reject(failure('a.example is no host', 'host')));
  await mirrorPictures(wanted('https://a.example/1'), how);
  const { missed } = await mirrorPictures(wanted('https://a.example/2', 'https://a.example/3'), how);
  expect(missed.map(({ why }) => why)).toEqual(['a.example is no host', 'a.example is no host']);
  expect(how.requests).toEqual(['https://a.example/1']);
});

test('a picture that is missing says nothing of the host', async () => {
  const how = asking(() => Promise.reject(failure('was answered with 404')));
  await mirrorPictures(wanted('https://a.example/1', 'https://a.example/2'), how);
  expect(how.requests.length).toBe(2);
});

test('where there is no network, only the first few are tried', async () => {
  const how = asking(() => Promise.reject(failure('the network cannot be reached', 'network')));
  const many = Array.from({ length: 200 }, (_, n) => `https://h${n}.example/`);
  const { missed } = await mirrorPictures(wanted(...many), how);
  expect(missed.length).toBe(200);
  expect(how.requests.length).toBeLessThanOrEqual(8 + 3);
  expect(missed.at(-1)?.why).toBe('was not tried: there is no network');
});

test('several misses make one message, at the place of the first', () => {
  const source = 'Title\n\n![](https://a.example/1)\n![](https://a.example/2)\n';
  const miss = (url: string) => ({ url, why: 'was answered with 404' });
  expect(linkedPicturesWarning(source, [])).toEqual([]);
  expect(linkedPicturesWarning(source, [miss('https://a.example/2')])).toEqual([
    {
      severity: 'warning',
      line: 4,
      rule: 'picture-not-taken',
      text: 'the picture https://a.example/2 was answered with 404; it keeps its link',
    },
  ]);
  const many = ['1', '2', '3', '4', '5'].map((n) => miss(`https://a.example/${n}`));
  const [message, ...others] = linkedPicturesWarning(source, many);
  expect(others).toEqual([]);
  expect(message).toMatchObject({ line: 3 });
  expect(message?.text).toMatch(/^5 pictures keep their links: .*\/2 \(line 4\) was answered.*; and 2 more$/);
});
