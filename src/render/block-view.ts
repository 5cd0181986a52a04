/** What a block template (`emails/blocks/<kind>.mjml`) sees as `block.*`: plain values, ready HTML, whole addresses. */
import type { Block, Content } from '../issue/document.ts';
import { withoutAnswerMark } from './answer.ts';
import { codeBlock, contentHtml, contentWords, type Painter, type Picture, picture } from './content.ts';
import { absoluteUrl } from './url.ts';
import type { Translate } from './words.ts';

/**
 * The view of a block, or null when nothing of it can be shown (a picture without an address). Headings of
 * `topDepth` become `<h2>`, for the title is the `<h1>`.
 */
export function blockView(painter: Painter, t: Translate, block: Block, topDepth = 2): object | null {
  const html = (content: Content | undefined): string => (content ? contentHtml(painter, content) : '');
  const url = (address: string | undefined): string | null =>
    address === undefined ? null : absoluteUrl(address, painter.baseUrl);
  switch (block.kind) {
    case 'prose':
    case 'quote':
    case 'table':
    case 'footnotes':
      return { html: html(block.content) };
    case 'heading':
      return { html: html(block.content), level: Math.min(Math.max(block.depth - topDepth, 0) + 2, 4) };
    case 'code':
      return { html: contentHtml(painter, [codeBlock(block.code, block.language)]) };
    case 'divider':
      return {};
    case 'banner': {
      const image = picture(painter, block.image, block.title ?? t('block.banner'));
      return { title: block.title ?? null, image, html: html(block.content) };
    }
    case 'image': {
      const image = picture(painter, block.image);
      return image && { image, url: url(block.url) };
    }
    case 'qr': {
      const image = picture(painter, block.image, t('block.qr'));
      return image && { image, text: block.text ?? null };
    }
    case 'button': {
      const address = url(block.url);
      return address ? { label: block.label, url: address } : null;
    }
    case 'video': {
      const address = url(block.url);
      const cover = picture(painter, block.cover, block.title);
      return address ? { title: block.title, url: address, cover } : null;
    }
    case 'sponsor':
      return { html: html(block.content), url: url(block.url) };
    case 'callout':
      return {
        tone: tone(block.tone),
        title: block.title ?? t(`block.${tone(block.tone)}`),
        html: html(block.content),
      };
    case 'event':
    case 'meeting': {
      const { topic = null, time = null, place = null } = block;
      const facts = time !== null || place !== null;
      return { topic, time, place, facts, url: url(block.url), html: html(block.content) };
    }
    case 'tasks': {
      const groups = block.groups.map(({ project, level, tasks }) => ({
        project,
        level,
        tasks: tasks.map(html),
      }));
      return { groups };
    }
    case 'releases': {
      const releases = block.releases.map((each) => ({
        ...each,
        url: url(each.url),
        html: html(each.content),
      }));
      return { releases };
    }
    case 'qa':
      return {
        questions: block.questions.map(({ asker, askerUrl, turns, source }) => ({
          asker: asker || t('block.someone'),
          initial: initialOf(asker || t('block.someone')),
          askerUrl: url(askerUrl),
          turns: turns.map(({ role, content }) =>
            role === 'answer'
              ? { answer: true, html: html(withoutAnswerMark(content)) }
              : { answer: false, html: html(content) },
          ),
          source: source && url(source.url) ? { label: source.label, url: url(source.url) } : null,
        })),
      };
    case 'reading': {
      const readings = block.readings.flatMap(({ title, url: address, cover, note }) => {
        const shown = picture(painter, cover, '');
        return [{ title, url: url(address), cover: shown && titled(shown), html: html(note) }];
      });
      return {
        rows: inRows(
          readings.filter((each) => each.cover),
          2,
        ),
        list: readings.filter((each) => !each.cover),
      };
    }
    case 'contributors':
      return contributors(painter, t, block);
  }
}

/** A cover stands above its title, which is the same link: it is not spoken a second time. */
const titled = (cover: Picture): Picture => ({ ...cover, alt: '' });

const TONES = ['note', 'tip', 'important', 'warning', 'caution'];

const tone = (written: string): string =>
  TONES.includes(written.toLowerCase()) ? written.toLowerCase() : 'note';

/** The depth of an issue's main headings: some weeklies start at `#`, some at `###`. */
export const topDepthOf = (blocks: readonly Block[]): number =>
  Math.min(6, ...blocks.flatMap((block) => (block.kind === 'heading' ? [block.depth] : [])));

/** The letter in an asker's round mark: the first that can be read, in upper case. */
function initialOf(name: string): string {
  return (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '?').toUpperCase();
}

function contributors(
  painter: Painter,
  t: Translate,
  block: Extract<Block, { kind: 'contributors' }>,
): object {
  const people = (block.people ?? []).map(({ name, url, avatar }) => ({
    name,
    url: url === undefined ? null : absoluteUrl(url, painter.baseUrl),
    avatar: picture(painter, avatar),
  }));
  const named = people.filter((person) => !person.avatar);
  const html = block.content && contentWords(block.content) ? contentHtml(painter, block.content) : '';
  return {
    image: picture(painter, block.image, t('block.contributors')),
    rows: inRows(
      people.filter((person) => person.avatar),
      4,
    ),
    named,
    html,
    words: named.length > 0 || html !== '',
  };
}

function inRows<T>(items: readonly T[], size: number): T[][] {
  const rows: T[][] = [];
  for (let at = 0; at < items.length; at += size) rows.push(items.slice(at, at + size));
  return rows;
}
