import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import type { Block } from '../../src/issue/document/document.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { context, documentOf, everyKind, h, newsletter, p } from './fixtures.ts';

const values = {
  reader: { name: 'Grace', email: 'grace@example.net', attributes: {} },
  link: { view: 'https://example.org/v/1', unsubscribe: 'https://example.org/u/1' },
};
const kinds = Object.keys(everyKind) as Block['kind'][];
const render = (...blocks: Block[]) => renderIssue(documentOf(blocks), context());

test.each(kinds)('a block of kind %s shows in the HTML and in the text', async (kind) => {
  const { edition, messages } = await render(everyKind[kind]);
  const html = compileFill(edition.html, 'html')(values);
  const expected: Record<Block['kind'], [html: string, text: string]> = {
    banner: ['alt="LIGHTHOUSE WEEKLY"', 'The best of the coast, every Friday.'],
    heading: ['>Questions from readers</h2>', 'Questions from readers\n---'],
    prose: [
      'Hello Grace, read <a href="https://www.example.org/news/pier"',
      '- Oil was ordered\n- The fog horn is loud',
    ],
    image: ['alt="The new pier at noon"', '[The new pier at noon] <https://example.org/pier>'],
    qa: [
      '>Every four hours, and always before midnight.</p>',
      'Ada asks:\n\n> How often should a wick be trimmed?',
    ],
    contributors: ['>Cleo</a>', 'Ada, Ben, Cleo, Dan'],
    reading: [
      '>Fog in seven colours</span></a>',
      '* Fog in seven colours\n  https://example.org/fog\n  A long read.',
    ],
    releases: ['>2.1.0</span>', 'lamp 2.1.0 <https://example.org/lamp>\n- brighter'],
    event: ['>Open tower day</p>', 'Topic: Open tower day\nTime: 4 April, 10:00\nPlace: North pier'],
    meeting: ['>Keepers meet</p>', 'Topic: Keepers meet'],
    tasks: ['>Easy</span>', 'lamp (Easy)\n- Polish the brass'],
    quote: ['<blockquote', '> A light that nobody sees is no light.'],
    code: ['<pre', '    const lamp = light("north"); // always on'],
    table: ['>north</td>', 'north | 12 l'],
    footnotes: ['class="footnotes"', '[1] Measured in March.'],
    callout: ['>Warning</p>', '[Warning]\n\nThe stairs are wet.'],
    button: ['>Visit the tower</a>', 'Visit the tower <https://example.org/visit>'],
    video: ['Watch: The lamp is lit</a>', 'Watch: The lamp is lit <https://example.org/video>'],
    sponsor: ['>Visit the sponsor</a>', '[Sponsor]\n\nOil from the north.'],
    qr: ['alt="QR code"', 'Scan to follow us'],
    divider: ['<hr', '* * *'],
  };
  expect(html).toContain(expected[kind][0]);
  expect(edition.text).toContain(expected[kind][1]);
  expect(messages).toEqual([]);
});

test('the frame has header, title, why, postal address and the way out', async () => {
  const { edition } = await render(everyKind.prose);
  const html = compileFill(edition.html, 'html')(values);
  expect(html).toContain('<html lang="en" dir="ltr"');
  expect(html).toContain('<a class="target" href="https://example.org/v/1"');
  expect(html).toMatch(/<h1 class="title"[^>]*>Lamps, fog and a new pier<\/h1>/);
  expect(html).toContain('March 20, 2026');
  expect(html).toContain('You get this because you subscribed to Lighthouse Weekly.');
  expect(html).toContain('1 Harbour Road, 20457 Port');
  expect(html).toMatch(/href="https:\/\/example\.org\/u\/1"[^>]*>Unsubscribe<\/a>/);
  expect(edition.text).toMatch(/Unsubscribe: \{\{link\.unsubscribe\}\}\n$/);
  expect(edition.slots).toEqual(['link.preferences', 'link.unsubscribe', 'link.view', 'reader.name']);
});

test('the frame speaks the language of the issue', async () => {
  const { edition } = await renderIssue(documentOf([everyKind.qa], { language: 'zh' }), context());
  const html = compileFill(edition.html, 'html')(values);
  expect(html).toContain('<html lang="zh" dir="ltr"');
  for (const words of [
    '在浏览器中查看',
    '2026年3月20日',
    '您收到这封邮件，是因为您订阅了“Lighthouse Weekly”。',
    '>退订</a>',
    '>回答</p>',
  ]) {
    expect(html).toContain(words);
  }
  expect(edition.text).toContain('Ada 提问：');
});

test('languages that run from right to left are mirrored', async () => {
  const document = documentOf([everyKind.callout, everyKind.qa], { language: 'he', direction: 'rtl' });
  const { edition } = await renderIssue(document, context());
  expect(edition.html).toContain('<html lang="he" dir="rtl"');
  expect(edition.html).toContain('border-right:4px solid');
  expect(edition.html).toContain('text-align:right');
  expect(edition.html).not.toContain('padding-left:12px');
});

test('what the inbox shows after the subject: own words, the summary, else the first words', async () => {
  const preheader = async (over: object) =>
    (await renderIssue(documentOf([everyKind.prose, everyKind.qa], over), context())).edition.preheader;
  expect(await preheader({ preheader: 'Lamps first' })).toBe('Lamps first');
  expect(await preheader({})).toBe('What the keepers did this week.');
  // A slot of the text greets in the preview too.
  expect(await preheader({ summary: 'Lamps, fog and a new pier' })).toMatch(
    /^Hello \{\{default reader\.name "friend"\}\}, read the pier report/,
  );
  expect(await preheader({ preheader: 'x'.repeat(300) })).toHaveLength(140);
});

test('an issue that opens with a picture needs no cover above it', async () => {
  const shows = async (...blocks: Block[]) => {
    const { edition } = await renderIssue(
      documentOf(blocks, { cover: 'https://pictures.example.org/cover.png' }),
      context(),
    );
    return edition.html.includes('cover.png');
  };
  expect(await shows(everyKind.prose)).toBe(true);
  expect(await shows(everyKind.banner)).toBe(false);
});

test('headings start below the title, whatever depth the weekly uses', async () => {
  const at = (depth: number): Block => ({ ...everyKind.heading, depth });
  const { edition } = await render(at(3), at(4), at(6));
  expect([...edition.html.matchAll(/<h([1-6])/g)].map(([, level]) => level)).toEqual(['1', '2', '3', '4']);
});

test('neighbouring prose makes one text, not one section a block, as far as Outlook shows it', async () => {
  const sections = async (count: number) => {
    const { mjml } = await render(...Array.from({ length: count }, () => everyKind.prose));
    return mjml.match(/<mj-section/g)!.length;
  };
  const one = await sections(1);
  expect(await sections(6)).toBe(one);
  expect(await sections(60)).toBeLessThan(one + 15);
});

test('the same issue gives the same edition, to the byte', async () => {
  const all = kinds.map((kind) => everyKind[kind]);
  const [one, two] = [await render(...all), await render(...all)];
  expect(two).toEqual(one);
  expect(one.edition.hash).toMatch(/^[0-9a-f]{64}$/);
  expect((await render(...all.slice(1))).edition.hash).not.toBe(one.edition.hash);
});

test('an edition is frozen', async () => {
  const { edition } = await render(everyKind.prose);
  expect(Object.isFrozen(edition) && Object.isFrozen(edition.slots) && Object.isFrozen(edition.from)).toBe(
    true,
  );
});

test('nothing in an issue becomes MJML, a template or a script', async () => {
  const evil =
    '</mj-text><mj-raw><b>raw</b></mj-raw> {{evil}} {{{link.unsubscribe}}} {{#if reader.name}} <script>alert(1)</script> {% x %} ]]> <!-- <mj-include path="/etc/passwd" />';
  const document = documentOf(
    [
      {
        kind: 'prose',
        line: 1,
        content: [p(evil), h('a', { href: `https://example.org/?q=${evil}` }, evil)],
      },
      { kind: 'heading', line: 2, depth: 2, text: evil, content: [{ type: 'text', value: evil }] },
      {
        kind: 'reading',
        line: 3,
        readings: [
          {
            line: 3,
            title: evil,
            url: `https://example.org/"onclick="x`,
            cover: { url: 'https://example.org/x.png" onerror="x', alt: evil },
          },
        ],
      },
      { kind: 'callout', line: 4, tone: '"><mj-raw>', title: evil, content: [] },
      { kind: 'code', line: 5, code: evil, language: evil },
      { kind: 'qr', line: 6, text: evil, image: { url: 'https://example.org/x.png', alt: evil } },
    ],
    { title: evil, preheader: evil },
  );
  const hostile = { ...newsletter, name: evil, postalAddress: evil };
  const { edition } = await renderIssue(document, context({ newsletter: hostile }));
  const html = compileFill(edition.html, 'html')(values);
  expect(html).not.toMatch(/<\/?mj-|<script|<b>raw|<[^>]* on(click|error)=/i);
  expect(html.match(/\{\{evil\}\}/g)!.length).toBeGreaterThan(6);
  expect(compileFill(edition.subject, 'text')(values)).toBe(evil);
  expect(compileFill(edition.text, 'text')(values)).toContain('{{evil}} {{{link.unsubscribe}}}');
  expect(edition.slots).toEqual(['link.preferences', 'link.unsubscribe', 'link.view']);
});

test('a name that a reader gave is text too', async () => {
  const { edition } = await render(everyKind.prose);
  const html = compileFill(
    edition.html,
    'html',
  )({ ...values, reader: { name: '<img src=x onerror=y>{{link.view}}' } });
  expect(html).toContain('Hello &lt;img src&#x3D;x onerror&#x3D;y&gt;{{link.view}}, read');
});

test('a preheader may name the reader, and is not cut inside a name', async () => {
  const preheader = 'Dear {{name | keeper}}, lamps first {{ literally }}';
  const { edition } = await renderIssue(documentOf([everyKind.prose], { preheader }), context());
  expect(compileFill(edition.preheader, 'text')(values)).toBe('Dear Grace, lamps first {{ literally }}');
  const html = compileFill(edition.html, 'html');
  expect(html(values)).toContain('>Dear Grace, lamps first {{ literally }}');
  expect(html({ ...values, reader: {} })).toContain('>Dear keeper, lamps first');
  const long = `${'x'.repeat(130)} {{name | dear reader}}`;
  const cut = await renderIssue(documentOf([everyKind.prose], { preheader: long }), context());
  expect(cut.edition.preheader).toBe(`${'x'.repeat(130)} …`);
});

test('no out-of-office note is asked for', async () => {
  const { edition } = await renderIssue(documentOf([]), context());
  expect(edition.headers).toEqual({ 'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply' });
});

test('headers that belong to the newsletter are in the edition', async () => {
  const { edition } = await render(everyKind.prose);
  expect(edition).toMatchObject({
    subject: 'Lamps, fog and a new pier',
    from: newsletter.from,
    listId: 'weekly.example.org',
    archiveUrl: 'https://example.org/archive/weekly',
    feedbackId: '2026-03:weekly:issue:postrider',
  });
  const unlisted = await renderIssue(
    documentOf([]),
    context({ newsletter: { ...newsletter, archive: 'unlisted' }, publicUrl: 'http://127.0.0.1:3000' }),
  );
  expect(unlisted.edition).toMatchObject({ archiveUrl: null, listId: 'weekly.localhost' });
});

test('an issue without a page has no "view in browser"', async () => {
  const { edition } = await renderIssue(documentOf([]), context({ issue: { slug: 'x', archiveUrl: null } }));
  expect(edition.text).not.toContain('View in browser');
});

test('Outlook, phones and dark mode are thought of', async () => {
  const { edition } = await render(everyKind.qa, everyKind.reading);
  expect(edition.html).toContain('<!--[if mso');
  expect(edition.html).toContain('<meta name="color-scheme" content="light dark">');
  expect(edition.html).toContain('@media (prefers-color-scheme:dark){');
  expect(edition.html).toContain('[data-ogsc] .flow');
  expect(edition.html).toContain('[data-ogsb] .qa .question');
  expect(edition.html).toContain('<meta name="supported-color-schemes" content="light dark">');
  expect(edition.html).toMatch(/@media \(max-width: ?480px\) ?\{[^@]*\.card/);
  const tables = edition.html.replace(/<!--[\s\S]*?-->/g, '').match(/<table\b[^>]*>/g)!;
  for (const table of tables) expect(table).toContain('role="presentation"');
});

test('nothing looks hidden for a reason: no white on white, no text of no size', async () => {
  const { edition } = await render(everyKind.qa, everyKind.reading);
  expect(edition.html).toContain('display:none;font-size:1px;line-height:1px');
  expect(edition.html).not.toMatch(/class="(?:space|between)"[^>]*font-size:0/);
});

test('a video that nobody named is named by where it is', async () => {
  const { edition } = await render({
    kind: 'video',
    line: 1,
    title: '',
    url: 'https://www.tube.example/w/1',
  });
  expect(edition.html).toContain('Watch: tube.example</a>');
  expect(edition.text).toContain('Watch: tube.example <https://www.tube.example/w/1>');
});

test('a cover is not spoken twice, and every picture has an alt', async () => {
  const { edition } = await render(...kinds.map((kind) => everyKind[kind]));
  const images = edition.html.match(/<img\b[^>]*>/g)!;
  for (const image of images) expect(image).toMatch(/ alt="/);
  expect(
    images.filter((image) => /fog|lens|night/.test(image)).every((image) => image.includes('alt=""')),
  ).toBe(true);
  // One link holds the cover and its title: a link of the cover alone would have no name.
  expect(edition.html.match(/href="https:\/\/example.org\/fog"/g)).toHaveLength(1);
});

test('a picture whose size nobody knows gets one in Outlook, and its own everywhere else', async () => {
  const { edition } = await render(everyKind.prose, {
    kind: 'image',
    line: 1,
    image: { url: 'https://example.org/x.png', alt: 'X' },
  });
  expect(edition.html.match(/<img\b[^>]*x\.png[^>]*>/)![0]).toMatch(/ width="480".* style="[^"]*width:auto/);
});

test('an issue that Gmail would cut is remarked upon', async () => {
  const long = Array.from({ length: 60 }, () => everyKind.qa);
  const { messages } = await render(...long);
  expect(messages).toMatchObject([
    { severity: 'warning', rule: 'gmail-clip', text: expect.stringContaining('KB') },
  ]);
});

test('the text of the seed shape reads as a conversation', async () => {
  const { edition } = await render(everyKind.heading, everyKind.qa);
  expect(edition.text).toContain(`Ada asks:

> How often should a wick be trimmed?

Answer:
Every four hours, and always before midnight.

> Also in summer?
`);
});

test('long addresses stand in numbered notes at the end of their section', async () => {
  const url = `https://example.org/${'long/'.repeat(12)}`;
  const prose: Block = {
    kind: 'prose',
    line: 1,
    content: [p(h('a', { href: url }, 'The report'), ' and ', h('a', { href: url }, 'again'))],
  };
  const { edition } = await render(prose, everyKind.heading, prose);
  expect(edition.text).toContain(`The report [1] and again [1]\n\n[1] ${url}\n\nQuestions from readers`);
  expect(edition.text).toContain(`The report [2] and again [2]\n\n[2] ${url}`);
});

test('the HTML is what a mail parser reads back', async () => {
  const { edition } = await render(everyKind.qa);
  const parsed = await simpleParser(
    `Content-Type: text/html; charset=utf-8\r\n\r\n${compileFill(edition.html, 'html')(values)}`,
  );
  expect(parsed.text).toContain('How often should a wick be trimmed?');
});
