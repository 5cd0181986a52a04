/** Hand-made documents and newsletters for the tests of rendering; reading has its own tests. */
import type { ElementContent, Properties } from 'hast';
import type { Block, Document } from '../../src/issue/document/document.ts';
import type { NewsletterView } from '../../src/render/edition/newsletter-view.ts';
import type { RenderContext } from '../../src/render/issue-rendering.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';

export const h = (
  tagName: string,
  properties: Properties,
  ...children: (string | ElementContent)[]
): ElementContent => ({
  type: 'element',
  tagName,
  properties,
  children: children.map((child) => (typeof child === 'string' ? { type: 'text', value: child } : child)),
});

export const p = (...children: (string | ElementContent)[]): ElementContent => h('p', {}, ...children);

export const newsletter: NewsletterView = {
  slug: 'weekly',
  name: 'Lighthouse Weekly',
  from: { name: 'Lighthouse Weekly', address: 'news@example.org' },
  replyTo: null,
  language: 'en',
  theme: 'default',
  colors: {},
  logo: null,
  postalAddress: '1 Harbour Road, 20457 Port',
  baseUrl: 'https://www.example.org/',
  archive: 'public',
};

export const context = (over: Partial<RenderContext> = {}): RenderContext => ({
  newsletter,
  issue: { slug: '2026-03', archiveUrl: 'https://example.org/archive/weekly/2026-03' },
  publicUrl: 'https://example.org',
  emails: new EmailFiles(),
  ...over,
});

export function documentOf(blocks: Block[], over: Partial<Document> = {}): Document {
  return {
    title: 'Lamps, fog and a new pier',
    date: '2026-03-20',
    datetime: '2026-03-20',
    language: 'en',
    direction: 'ltr',
    summary: 'What the keepers did this week.',
    preheader: null,
    cover: null,
    slug: null,
    draft: false,
    authors: [],
    tags: [],
    canonicalUrl: null,
    baseUrl: null,
    extra: {},
    blocks,
    outline: {
      headings: [],
      pseudoHeadings: [],
      questions: [],
      readings: [],
      contributors: null,
      contributorImage: false,
      images: 0,
      links: 0,
      bareUrls: 0,
      codeBlocks: 0,
      tables: 0,
    },
    messages: [],
    ...over,
  };
}

const image = (name: string) => ({
  url: `https://pictures.example.org/${name}.png`,
  alt: 'image',
  width: 1200,
  height: 600,
});

/** One block of each kind. */
export const everyKind: { [K in Block['kind']]: Extract<Block, { kind: K }> } = {
  banner: {
    kind: 'banner',
    line: 1,
    title: 'LIGHTHOUSE WEEKLY',
    image: image('banner'),
    content: [
      p(h('strong', {}, 'The best of the coast, every Friday.')),
      p('Four keepers write about lamps.'),
    ],
  },
  heading: {
    kind: 'heading',
    line: 2,
    depth: 3,
    text: 'Questions from readers',
    content: [{ type: 'text', value: 'Questions from readers' }],
  },
  prose: {
    kind: 'prose',
    line: 3,
    content: [
      p(
        'Hello ',
        h('slot', { path: 'reader.name', fallback: 'friend' }),
        ', read ',
        h('a', { href: '/news/pier' }, 'the pier report'),
        ' and use ',
        h('code', {}, 'lamp --trim'),
        '.',
      ),
      h('ul', {}, h('li', {}, 'Oil was ordered'), h('li', {}, 'The fog horn is ', h('em', {}, 'loud'))),
    ],
  },
  image: {
    kind: 'image',
    line: 4,
    image: { ...image('pier'), alt: 'The new pier at noon' },
    url: 'https://example.org/pier',
  },
  qa: {
    kind: 'qa',
    line: 5,
    questions: [
      {
        line: 5,
        asker: 'Ada',
        askerUrl: 'https://example.org/ada',
        turns: [
          { role: 'question', content: [p('How often should a wick be trimmed?')] },
          { role: 'answer', content: [p('Every four hours, and always before midnight.')] },
          { role: 'question', content: [p('Also in summer?')] },
          {
            role: 'answer',
            content: [
              p('In summer once is enough: the nights are short.'),
              h(
                'pre',
                {},
                h(
                  'code',
                  { className: ['language-js'] },
                  'const every = 4; // hours\nlamp.trim({ every });\n',
                ),
              ),
            ],
          },
        ],
        source: { label: 'Lamp handbook', url: 'https://example.org/handbook' },
      },
      {
        line: 9,
        asker: '',
        turns: [
          { role: 'question', content: [p('Who paints the tower?')] },
          { role: 'answer', content: [p('The youngest keeper does.')] },
        ],
      },
    ],
  },
  contributors: {
    kind: 'contributors',
    line: 6,
    people: [
      {
        name: 'Ada',
        url: 'https://example.org/ada',
        avatar: { url: 'https://pictures.example.org/ada.png', alt: '' },
      },
      { name: 'Ben', avatar: { url: 'https://pictures.example.org/ben.png', alt: '' } },
      { name: 'Cleo', url: 'https://example.org/cleo' },
      { name: 'Dan' },
    ],
  },
  reading: {
    kind: 'reading',
    line: 7,
    readings: [
      {
        line: 7,
        title: 'Fog in seven colours',
        url: 'https://example.org/fog',
        cover: image('fog'),
        note: [p('A long read.')],
      },
      {
        line: 8,
        title: 'How a lens is ground and why it takes a winter',
        url: 'https://example.org/lens',
        cover: image('lens'),
      },
      { line: 9, title: 'The harbour at night', url: 'https://example.org/night', cover: image('night') },
      { line: 10, title: 'A list of all lamps', url: 'https://example.org/lamps', note: [p('With maps.')] },
    ],
  },
  releases: {
    kind: 'releases',
    line: 8,
    releases: [
      {
        name: 'lamp',
        version: '2.1.0',
        url: 'https://example.org/lamp',
        content: [h('ul', {}, h('li', {}, 'brighter'), h('li', {}, 'less soot'))],
      },
    ],
  },
  event: {
    kind: 'event',
    line: 9,
    topic: 'Open tower day',
    time: '4 April, 10:00',
    place: 'North pier',
    url: 'https://example.org/tower',
    content: [p('Bring a coat.')],
  },
  meeting: { kind: 'meeting', line: 10, topic: 'Keepers meet', time: 'Friday', content: [p('By radio.')] },
  tasks: {
    kind: 'tasks',
    line: 11,
    groups: [
      {
        project: 'lamp',
        level: 'Easy',
        tasks: [[{ type: 'text', value: 'Polish the brass' }], [{ type: 'text', value: 'Count the stairs' }]],
      },
    ],
  },
  quote: {
    kind: 'quote',
    line: 12,
    content: [p('A light that nobody sees is no light.'), p('– an old keeper')],
  },
  code: {
    kind: 'code',
    line: 13,
    language: 'js',
    code: 'const lamp = light("north"); // always on\nif (lamp.level < 3) lamp.fill(10);',
  },
  table: {
    kind: 'table',
    line: 14,
    content: [
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, h('th', {}, 'Lamp'), h('th', {}, 'Oil'))),
        h('tbody', {}, h('tr', {}, h('td', {}, 'north'), h('td', {}, '12 l'))),
      ),
    ],
  },
  footnotes: { kind: 'footnotes', line: 15, content: [h('ol', {}, h('li', {}, p('Measured in March.')))] },
  callout: { kind: 'callout', line: 16, tone: 'warning', content: [p('The stairs are wet.')] },
  button: { kind: 'button', line: 17, label: 'Visit the tower', url: 'https://example.org/visit' },
  video: {
    kind: 'video',
    line: 18,
    title: 'The lamp is lit',
    url: 'https://example.org/video',
    cover: image('video'),
  },
  sponsor: { kind: 'sponsor', line: 19, content: [p('Oil from the north.')], url: 'https://oil.example.org' },
  qr: { kind: 'qr', line: 20, text: 'Scan to follow us', image: image('qr') },
  divider: { kind: 'divider', line: 21 },
};
