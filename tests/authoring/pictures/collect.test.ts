import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createNewsletter, type Newsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { type FetchPicture, PictureCollector } from '../../../src/authoring/pictures/collect.ts';
import { prepareIssue } from '../../../src/authoring/prepare-issue.ts';
import { sourceFile } from '../../../src/authoring/source/source-file.ts';
import { fetchPicture } from '../../../src/io/fetch/picture.ts';
import { diskFolders } from '../../../src/io/files.ts';
import { findIssue } from '../../../src/issue/find.ts';
import { readIssue } from '../../../src/issue/read.ts';
import { importIssue } from '../../../src/issue/store.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { limit } from '../../helpers/machine.js';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { allowOnly, startWebSite, type WebSite } from '../../helpers/web-site.ts';
import { plain } from '../../issue/media/fixtures.ts';

const emails = new EmailFiles();
const database = useTestDatabase();
let site: WebSite;
let folder: string;
let newsletter: Newsletter;

beforeAll(async () => {
  const pictures: Record<string, Buffer> = {
    '/wide.webp': await plain(3_000, 1_500).webp().toBuffer(),
    '/small.png': await plain(120, 60).png().toBuffer(),
  };
  site = await startWebSite((request, response) => {
    const bytes = pictures[request.url ?? ''];
    response.writeHead(bytes ? 200 : 404, { 'content-type': 'text/plain' }).end(bytes);
  });
  folder = await mkdtemp(join(tmpdir(), 'postrider-pictures-'));
  await writeFile(join(folder, 'beside.png'), await plain(80, 40).png().toBuffer());
  newsletter = await createNewsletter(database.db, { emails, relays: [] }, 'weekly', {
    name: 'Weekly',
    from: 'Weekly <news@example.org>',
  });
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => site.requests.splice(0));

const collectorWith = (fetchPicture: FetchPicture) =>
  new PictureCollector({ db: database.db, emails, folders: diskFolders, fetchPicture });
const collector = () => collectorWith((address, signal) => fetchPicture(address, signal, allowOnly(site)));

async function bring(
  slug: string,
  urls: string[],
  how: { collector?: PictureCollector; of?: Newsletter } = {},
) {
  const file = join(folder, `${slug}.md`);
  const source = `---\ntitle: ${slug}\ndate: 2026-11-20\n---\n\n${urls.map((url) => `![A view](${url})\n\nText.\n`).join('\n')}`;
  const document = readIssue(source, { file });
  const issue = { file: sourceFile(file, source), document, newsletter: how.of ?? newsletter, slug };
  const pictures = how.collector ?? collector();
  const { media, messages } = await pictures.collect(issue);
  const imported = await importIssue(database.db, {
    newsletterId: newsletter.id,
    slug,
    source,
    sourceName: file,
    document,
    media,
    archived: false,
    replace: false,
  });
  pictures.remember(issue, media);
  return { ...imported, messages, media };
}

const rows = () => database.db.selectFrom('media').select(['hash', 'type', 'width', 'height']).execute();

async function htmlOf(slug: string): Promise<string> {
  const found = await findIssue(database.db, `weekly/${slug}`);
  const places = { publicUrl: 'https://news.example.org', mediaUrl: null, emails };
  return (await prepareIssue(database.db, places, found)).edition.html;
}

test('pictures are taken along, scaled and turned, and stand in the mail with their size', async () => {
  const { messages, media } = await bring('one', [`${site.url}/wide.webp`, 'beside.png']);
  expect(messages).toEqual([]);
  const wide = media.get(`${site.url}/wide.webp`)!;
  expect([wide.type, wide.width]).toEqual(['image/jpeg', 2 * wide.height!]);
  const html = await htmlOf('one');
  const tags = [...html.matchAll(/<img[^>]+\/media\/[^>]+>/g)].map(([tag]) => tag);
  expect(tags.length).toBe(2);
  expect(tags[0]).toContain(`https://news.example.org/media/${wide.hash}`);
  // The opening picture is as wide as the mail on every screen: its height follows.
  expect(tags[0]).toMatch(new RegExp(` width="${wide.width! / 2}"`));
  expect(tags[1]).toMatch(/ width="80"/);
  expect(tags[1]).toMatch(/ height="40"/);
  const stored = await database.db
    .selectFrom('media')
    .select('bytes')
    .where('hash', '=', wide.hash)
    .executeTakeFirst();
  expect((await sharp(stored!.bytes).metadata()).format).toBe('jpeg');
});

test('the same picture makes no new row, and is not asked for again', async () => {
  const picture = `${site.url}/small.png`;
  await bring('two', [picture]);
  const before = await rows();
  expect((await bring('two', [picture])).change).toBe('unchanged');
  expect((await bring('two-again', [picture])).change).toBe('created');
  expect(await rows()).toEqual(before);
  expect(site.requests).toEqual(['/small.png', '/small.png']);
});

test('within one command a picture of several issues is fetched once', async () => {
  const one = collector();
  const picture = `${site.url}/small.png`;
  await bring('three-1', [picture], { collector: one });
  const { media } = await bring('three-2', [picture], { collector: one });
  expect(media.size).toBe(1);
  expect(site.requests).toEqual(['/small.png']);
});

test('a picture that cannot be had keeps its link, and the editor is told the line', async () => {
  const { messages, media } = await bring('four', [`${site.url}/gone.png`, 'http://10.0.0.1/router.png']);
  expect(media.size).toBe(0);
  expect(messages).toMatchObject([{ severity: 'warning', rule: 'picture-not-taken', line: 6 }]);
  expect(messages[0]!.text).toContain('was answered with 404');
  expect(messages[0]!.text).toContain('needs port 80, but only 80 and 443 are allowed');
  expect(await htmlOf('four')).toContain(`src="${site.url}/gone.png"`);
});

test('what was taken once stays taken when its host is gone', async () => {
  await bring('five', [`${site.url}/small.png`]);
  const gone = collectorWith(() => Promise.reject(new Error('is gone')));
  const again = await bring('five', [`${site.url}/small.png`], { collector: gone });
  expect([again.change, again.messages]).toEqual(['unchanged', []]);
});

test('an issue that is no draft any more is not fetched for', async () => {
  const picture = `${site.url}/gone.png`;
  const { id } = await bring('six', [picture]);
  await database.db.updateTable('issues').set({ state: 'sent' }).where('id', '=', id).execute();
  site.requests.splice(0);
  const again = await bring('six', [picture]);
  expect([again.change, again.messages, site.requests]).toEqual(['unchanged', [], []]);
});

test('a newsletter of links asks for nothing; what lies beside the file is taken all the same', async () => {
  const of = { ...newsletter, images: 'link' as const };
  const { media } = await bring('seven', [`${site.url}/small.png`, 'beside.png'], { of });
  expect([...media.keys()]).toEqual(['beside.png']);
  expect(site.requests).toEqual([]);
});

test('without an allowance nothing on this machine is asked', async () => {
  const { messages } = await bring('eight', [`${site.url}/small.png`], {
    collector: collectorWith(fetchPicture),
  });
  expect(messages[0]!.text).toMatch(/needs port \d+, but only 80 and 443 are allowed/);
  expect(site.requests).toEqual([]);
});

test('ten pictures on hosts that cannot be reached cost less than two seconds', async () => {
  const start = performance.now();
  const pictures = Array.from({ length: 10 }, (_, n) => `https://h${n}.nowhere.invalid/x.png`);
  const { messages } = await bring('nine', pictures, { collector: collectorWith(fetchPicture) });
  expect(messages.length).toBe(1);
  expect(performance.now() - start).toBeLessThan(limit(2_000));
});

test('a picture beside the file that cannot be read is named with its line', async () => {
  await writeFile(join(folder, 'broken.png'), 'no picture');
  const { messages } = await bring('ten', ['broken.png', 'nowhere.png']);
  expect(messages.map(({ severity, line }) => `${severity} ${line}`)).toEqual(['error 6', 'error 10']);
  expect(messages[0]!.text).toContain('broken.png is not a PNG');
  expect(messages[1]!.text).toContain('nowhere.png is not beside the file');
});

test('a picture named by a path that is nowhere is an error with its line and the way out', async () => {
  const { messages } = await bring('nowhere', ['beside.png', 'missing.png', '/img/root.png']);
  expect(messages).toMatchObject([
    { severity: 'error', rule: 'picture-missing', line: 10 },
    { severity: 'error', rule: 'picture-missing', line: 14 },
  ]);
  expect(messages[0]!.text).toMatch(/missing\.png is not beside the file.*--base.*--allow-missing-pictures/);
});

test('standard input has no folder: its pictures are looked for where --base says, a folder or an address', async () => {
  const source = '---\ntitle: In\ndate: 2026-11-20\n---\n\n![A](beside.png)\n';
  const take = (text: string, base: string | null) => {
    const document = readIssue(text, { file: '-' });
    return collector().collect({ file: sourceFile('-', text, base), document, newsletter, slug: 'in' });
  };
  const without = await take(source, null);
  expect(without.messages).toMatchObject([{ severity: 'error', rule: 'picture-missing', line: 6 }]);
  expect(without.messages[0]!.text).toContain('standard input has no folder');
  const beside = await take(source, folder);
  expect([[...beside.media.keys()], beside.messages]).toEqual([['beside.png'], []]);
  const web = await take(source.replace('beside', 'small'), `${site.url}/`);
  expect([[...web.media.keys()], web.messages]).toEqual([['small.png'], []]);
});
