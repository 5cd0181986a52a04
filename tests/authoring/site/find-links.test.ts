/** Links to other pages of a site, in the form that only its generator resolves: followed to their files beside the issue. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNewsletter, type Newsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { PictureCollector } from '../../../src/authoring/pictures/collect.ts';
import { prepareIssue } from '../../../src/authoring/prepare-issue.ts';
import { newsletterContext, placeholderNewsletter } from '../../../src/authoring/render/context.ts';
import { readFile } from '../../../src/authoring/render/read.ts';
import { linksAndPicturesOf } from '../../../src/checks/links-and-pictures.ts';
import { readSource } from '../../../src/cli/issue/read-source.ts';
import { fetchPicture } from '../../../src/io/fetch/picture.ts';
import { diskFolders } from '../../../src/io/files.ts';
import { findIssue } from '../../../src/issue/find.ts';
import { importIssue } from '../../../src/issue/store.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts';
import { plain } from '../../issue/media/fixtures.ts';

const BASE = 'https://example.org/';
const PUBLIC_URL = 'https://news.example.org';
const page = (head: string) => `---\ntitle: B\n${head}\n---\nText\n`;
let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postrider-links-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Files = Record<string, string | Buffer>;

/** A new site; the issue is `content/w/a.md` where the files say nothing else. */
async function siteOf(files: Files): Promise<string> {
  const site = join(folder, `site-${count++}`);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(site, name)), { recursive: true });
    await writeFile(join(site, name), content);
  }
  return site;
}

const issue = (text: string) => `---\ntitle: A\n---\n\n${text}\n`;

async function readWith(file: string, baseUrl: string | null = BASE) {
  const view = { ...placeholderNewsletter('en'), baseUrl };
  const context = { view, newsletter: null, db: null, publicUrl: PUBLIC_URL, folders: diskFolders };
  return readFile(await readSource(file), context);
}

async function read(
  link: string,
  files: Files,
  { at = 'content/w/a.md', base = BASE as string | null } = {},
) {
  const site = await siteOf({ ...files, [at]: issue(`[y](${link})`) });
  const { document, site: found } = await readWith(join(site, at), base);
  const errors = document.messages.filter(({ severity }) => severity === 'error');
  return { url: linksAndPicturesOf(document).links[0]?.url, errors, kept: found?.kept };
}

const POSTS = { at: '_posts/2022-08-12-a.md' };
const jekyll = (head: string, settings = ''): Files => ({
  '_config.yml': `title: S\n${settings}`,
  '_posts/2022-08-05-b.md': page(head),
});

describe('a link of a site is resolved where its file stands beside the issue', () => {
  const OWN = { 'content/w/b.md': page('permalink: /our-b/') };
  const PELICAN = { 'pelicanconf.py': "AUTHOR = 'A'\nPATH = 'content'\n" };
  test.each<[string, string, Files, string, Parameters<typeof read>[2]?]>([
    ['Pelican {filename}', '{filename}b.md', OWN, 'our-b/'],
    ['Pelican {filename} from the root', '{filename}/w/b.md#part', OWN, 'our-b/#part'],
    ['Pelican |filename|', '|filename|b.md', OWN, 'our-b/'],
    [
      'Pelican {filename} with a slug, by default settings',
      '{filename}b.md',
      { ...PELICAN, 'content/w/b.md': 'Title: B\nSlug: my-b\n\nText' },
      'my-b.html',
    ],
    [
      'Pelican {filename} with its url',
      '{filename}b.md',
      { ...PELICAN, 'content/w/b.md': 'Title: B\nUrl: x/b.html\n\nText' },
      'x/b.html',
    ],
    ['Pelican {static}', '{static}/files/b.pdf', { ...PELICAN, 'content/files/b.pdf': 'x' }, 'files/b.pdf'],
    ['Pelican {attach}', '{attach}b.pdf', { ...PELICAN, 'content/w/b.pdf': 'x' }, 'b.pdf'],
    ['Zola @/', '@/w/b.md', OWN, 'our-b/'],
    [
      'Zola @/ by its rule',
      '@/w/2022-08-05-b.md#part',
      { 'content/w/2022-08-05-b.md': page('') },
      'w/b/#part',
    ],
    ['Zola @/ with a slug', '@/w/b.md', { 'content/w/b.md': page('slug: my-b') }, 'w/my-b/'],
    [
      'Zola @/ with a path',
      '@/w/b.md',
      { 'content/w/b.md': '+++\ntitle = "B"\npath = "x/b"\n+++\nT' },
      'x/b',
    ],
    ['Hugo ref with its url', '{{< ref "b.md" >}}', { 'content/w/b.md': page('url: /x/b/') }, 'x/b/'],
    [
      'Hugo relref with its url',
      '{{< relref "/w/b.md#part" >}}',
      { 'content/w/b.md': page('url: /x/') },
      'x/#part',
    ],
    ['Hugo {{% ref %}} with its url', '{{% ref path="b" %}}', { 'content/w/b.md': page('url: /x/') }, 'x/'],
    [
      'Hugo ref by its rule',
      '{{< ref "w/b" >}}',
      { 'hugo.toml': 'title = "S"', 'content/w/b/index.md': page('') },
      'w/b/',
    ],
    ['Jekyll post_url', '{% post_url 2022-08-05-b %}', jekyll(''), '2022/08/05/b.html', POSTS],
    [
      'Jekyll post_url with a permalink',
      '{{ site.baseurl }}{% post_url 2022-08-05-b %}#part',
      jekyll('permalink: /x/b/'),
      'x/b/#part',
      POSTS,
    ],
    [
      'Jekyll post_url with a style',
      '{% post_url 2022-08-05-b %}',
      jekyll('', 'permalink: /:year/:title/'),
      '2022/b/',
      POSTS,
    ],
    [
      'Jekyll link',
      '{% link _posts/2022-08-05-b.md %}',
      jekyll('', 'permalink: pretty'),
      '2022/08/05/b/',
      POSTS,
    ],
    [
      'Jekyll link to a file',
      '{{ site.url }}{% link files/b.pdf %}',
      { ...jekyll(''), 'files/b.pdf': 'x' },
      'files/b.pdf',
      POSTS,
    ],
    ['plain b.md', 'b.md#part', OWN, 'our-b/#part'],
    ['plain ../w/b.md', '../w/b.md', OWN, 'our-b/'],
    [
      'a whole address of its own',
      'b.md',
      { 'content/w/b.md': page('url: https://else.example/b?x=1') },
      'https://else.example/b?x=1',
    ],
  ])('%s', async (_, link, files, address, how) => {
    const { url, errors, kept } = await read(link, files, how);
    expect(errors).toEqual([]);
    expect(url).toBe(new URL(address, BASE).href);
    expect(kept).toEqual({ [link]: url });
  });

  test('below the path of a base URL that the settings name too, and nowhere else', async () => {
    const base = 'https://example.org/blog/';
    const files = { ...jekyll('permalink: /x/'), '_config.yml': 'baseurl: /blog\n' };
    expect((await read('{% post_url 2022-08-05-b %}', files, { ...POSTS, base })).url).toBe(`${base}x/`);
    const { errors } = await read('{% post_url 2022-08-05-b %}', jekyll('permalink: /x/'), {
      ...POSTS,
      base,
    });
    expect(errors).toMatchObject([{ rule: 'link-of-site', line: 5 }]);
  });
});

const FORMS = [
  '{filename}b.md',
  '|filename|b.md',
  '{static}/b.pdf',
  '{attach}b.pdf',
  '@/w/b.md',
  '{{< ref "b.md" >}}',
  '{{< relref "b.md" >}}',
  '{% post_url 2022-08-05-b %}',
  '{% link _posts/b.md %}',
  'b.md',
];

test.each(FORMS)('%s whose file is not there is an error with its line', async (link) => {
  const { errors } = await read(link, {});
  expect(errors).toMatchObject([{ rule: 'link-of-site', line: 5 }]);
  expect(errors[0]?.text).toContain('is not there (looked for ');
});

test.each([
  ['{filename}b.md', { 'content/w/b.md': page('') }],
  ['{attach}b.pdf', { 'content/w/b.pdf': 'x' }],
  ['@/w/B_b.md', { 'content/w/B_b.md': page('') }],
  ['{{< ref "b.md" >}}', { 'content/w/b.md': page('') }],
  ['{{< ref "b.md" >}}', { 'hugo.toml': '[permalinks]\nw = "/:year/:slug/"', 'content/w/b.md': page('') }],
  ['{% post_url 2022-08-05-b %}', { 'content/w/2022-08-05-b.md': page('permalink: pretty') }],
  ['{% link w/b.md %}', { 'content/w/b.md': page('') }],
  ['@/w/b.md', { 'content/w/b.md': page('permalink: /:year/:title/') }],
  ['b.md', { 'content/w/b.md': page('permalink: "/{{ page.date }}/"') }],
] as [string, Files][])(
  '%s whose file is there without an address is an error with its line',
  async (link, files) => {
    const { errors } = await read(link, files);
    expect(errors).toMatchObject([{ rule: 'link-of-site', line: 5 }]);
    expect(errors[0]?.text).toContain('is not known; give it "permalink:" or "url:"');
  },
);

test.each([
  ['<a href="{{ site.baseurl }}{% post_url 2022-08-05-b %}#part">y</a>', '{% post_url x %}'],
  ['<a href="{{< ref "b.md" >}}#part">y</a>', '{{< ref "c.md" >}}'],
])(
  '%s is resolved in HTML too, and is an error with its line where the file is not there',
  async (html, other) => {
    const files = {
      'content/w/2022-08-05-b.md': page('permalink: /x/'),
      'content/w/b.md': page('permalink: /x/'),
      'content/w/a.md': issue(`${html}\n\n<a href="${other}">z</a>`),
    };
    const { document } = await readWith(join(await siteOf(files), 'content/w/a.md'));
    expect(linksAndPicturesOf(document).links[0]?.url).toBe(`${BASE}x/#part`);
    const errors = document.messages.filter(({ severity }) => severity === 'error');
    expect(errors).toMatchObject([{ rule: 'link-of-site', line: 7 }]);
  },
);

describe('an error with its line is also', () => {
  test('a page without a base URL', async () => {
    const { errors } = await read('b.md', { 'content/w/b.md': page('url: /x/') }, { base: null });
    expect(errors).toMatchObject([{ line: 5, text: expect.stringContaining('--base-url') }]);
  });

  test('a page that is kept back on its site', async () => {
    const { errors } = await read('b.md', { 'content/w/b.md': page('url: /x/\ndraft: true') });
    expect(errors).toMatchObject([{ line: 5, text: expect.stringContaining('"draft: true"') }]);
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example/'])(
    'a page that names %s as its address',
    async (url) => {
      const { errors } = await read('b.md', { 'content/w/b.md': page(`url: "${url}"`) });
      expect(errors).toMatchObject([{ rule: 'link-of-site', line: 5 }]);
    },
  );

  test.each(['{filename}../../b.md', '{filename}/../b.md', '../../b.md', '..%2f..%2fb.md', '@/../b.md'])(
    'a path out of the site: %s',
    async (link) => {
      const { errors } = await read(link, { 'b.md': page('url: /x/') });
      expect(errors).toMatchObject([
        {
          rule: 'link-of-site',
          line: 5,
          text: expect.stringContaining('leads out of the folder of the site'),
        },
      ]);
    },
  );

  test('a symbolic link out of the site', async () => {
    const site = await siteOf({ 'b.md': page('url: /x/'), 'content/w/a.md': issue('[y](b.md)') });
    await symlink(join(site, 'b.md'), join(site, 'content/w/b.md'));
    const { document } = await readWith(join(site, 'content/w/a.md'));
    expect(document.messages).toMatchObject([{ severity: 'error', rule: 'link-of-site', line: 5 }]);
  });
});

describe('with a newsletter', () => {
  const emails = new EmailFiles();
  const places = { publicUrl: PUBLIC_URL, mediaUrl: null, emails };
  let database: TestDatabase;
  let newsletter: Newsletter;
  beforeAll(async () => {
    database = await createTestDatabase();
    const said = { name: 'Weekly', from: 'Weekly <news@example.org>', baseUrl: BASE };
    newsletter = await createNewsletter(database.db, { emails, relays: [] }, 'weekly', said);
  });
  afterAll(() => database.drop());

  async function bring(file: string, slug: string) {
    const { db } = database;
    const parts = { db, emails, publicUrl: PUBLIC_URL, folders: diskFolders, now: new Date() };
    const read = await readFile(await readSource(file), newsletterContext(newsletter, parts));
    const { document, site } = read;
    const collector = new PictureCollector({ db, emails, folders: diskFolders, fetchPicture });
    const { media, messages } = await collector.collect({ ...read, newsletter, slug });
    expect([...document.messages.filter(({ severity }) => severity === 'error'), ...messages]).toEqual([]);
    const source = { source: read.file.text, sourceName: file, document, media, links: site?.kept };
    const how = { archived: false, replace: false };
    await importIssue(db, { newsletterId: newsletter.id, slug, ...source, ...how });
    return (await prepareIssue(db, places, await findIssue(db, `weekly/${slug}`))).edition;
  }

  test('a send reads the links that the import found, when the files are gone', async () => {
    const text = '[y](b.md)\n\n<a href="{filename}b.md">z</a>\n\n:::button[Go]{url="@/w/b.md"}\n:::';
    const site = await siteOf({ 'content/w/b.md': page('url: /x/b/'), 'content/w/a.md': issue(text) });
    await bring(join(site, 'content/w/a.md'), 'one');
    await rm(site, { recursive: true });
    const prepared = await prepareIssue(database.db, places, await findIssue(database.db, 'weekly/one'));
    expect(prepared.edition.html.match(/href="https:\/\/example\.org\/x\/b\/"/g)?.length).toBe(3);
    expect(prepared.document.messages).toEqual([]);
  });

  test('pictures of {static} and {attach} are taken along', async () => {
    const png = await plain(80, 40).png().toBuffer();
    const text = '![One]({static}/images/a%20b.png)\n\n![Two]({attach}c.png)';
    const files = { 'content/images/a b.png': png, 'content/w/c.png': png, 'content/w/a.md': issue(text) };
    const { html } = await bring(join(await siteOf(files), 'content/w/a.md'), 'pictures');
    expect(html.match(/src="https:\/\/news\.example\.org\/media\//g)?.length).toBe(2);
  });

  test('a page that is a sent issue leads to the archive', async () => {
    const site = await siteOf({ 'b.md': page('slug: sent-b'), 'a.md': issue('[y](b.md)') });
    const edition = await bring(join(site, 'b.md'), 'sent-b');
    const { id } = await database.db
      .insertInto('editions')
      .values({ hash: edition.hash, content: JSON.stringify(edition) })
      .returning('id')
      .executeTakeFirstOrThrow();
    await database.db
      .updateTable('issues')
      .set({ state: 'sent', edition_id: id })
      .where('slug', '=', 'sent-b')
      .execute();
    const { html } = await bring(join(site, 'a.md'), 'three');
    expect(html).toContain('href="https://news.example.org/archive/weekly/sent-b"');
  });
});
