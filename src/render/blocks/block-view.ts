/** What a block template (`emails/blocks/<kind>.mjml`) sees as `block.*`: plain values, ready HTML, whole addresses. */
import type { Element } from 'hast';
import type { Block, Content } from '../../issue/document/document.ts';
import {
  type ContentSettings,
  codeBlock,
  contentHtml,
  contentWords,
  picture,
} from '../content/content-html.ts';
import { linkAddress, siteName } from '../content/url.ts';
import { filledLabel } from '../slots/label.ts';
import type { Translate } from '../theme/words.ts';
import { withoutAnswerMark } from './answer-mark.ts';
import { calendarUrl, withoutFacts } from './event.ts';
import { headlineOf } from './headline.ts';
import type { BlockPart, QuestionPart, TurnPart } from './split-block.ts';

/** What views are made with. */
export interface BlockContext {
  painter: ContentSettings;
  /** Its name: what repeats it right below it is left out. */
  newsletter: string;
  t: Translate;
  /** The first block of the issue: a picture there goes from edge to edge. */
  opening: Block | undefined;
  /** The depth of the main headings (`topDepthOf`): they become `<h2>`, for the title is the `<h1>`. */
  topDepth: number;
}

type Kind = Block['kind'];
type Of<K extends Kind> = Extract<Block, { kind: K }>;
type View<K extends Kind> = (easel: BlockContext, block: Of<K>) => object | null;

/** The view of a block, or null when nothing of it can be shown (a picture or a button without an address). */
export function blockView<K extends Kind>(easel: BlockContext, block: Of<K>): object | null {
  return (VIEWS[block.kind] as View<K>)(easel, block);
}

/** Some weeklies start their headings at `#`, some at `###`. */
export const topDepthOf = (blocks: readonly Block[]): number =>
  Math.min(6, ...blocks.flatMap((block) => (block.kind === 'heading' ? [block.depth] : [])));

const html = ({ painter }: BlockContext, content: Content | undefined): string =>
  content ? contentHtml(painter, content) : '';

const url = ({ painter }: BlockContext, address: string | undefined): string | null =>
  address === undefined ? null : linkAddress(painter, address);

/** A label as the template prints it; null where there is none. */
const label = ({ painter }: BlockContext, text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : filledLabel(painter.slot, text);

const plain = (easel: BlockContext, block: { content: Content }) => ({ html: html(easel, block.content) });

const VIEWS: { [K in Kind]: View<K> } = {
  prose: plain,
  quote: plain,
  table: plain,
  footnotes: plain,
  divider: () => ({}),
  heading: (easel, { content, depth }) => ({
    html: html(easel, content),
    level: Math.min(Math.max(depth - easel.topDepth, 0) + 2, 4),
  }),
  code: (easel, block) => ({ html: html(easel, [listing(block)]) }),
  banner(easel, { title, image, content }) {
    const { words } = headlineOf(title ?? '', easel.newsletter, {});
    const said = html(easel, content);
    const shown = label(easel, words || null);
    return {
      title: shown,
      image: picture(easel.painter, image, label(easel, title) ?? easel.t('block.banner')),
      html: said,
      words: shown !== null || said !== '',
    };
  },
  image(easel, block) {
    const image = picture(easel.painter, block.image, easel.painter.picture);
    if (image === null) return null;
    const wide = image.width === easel.painter.width;
    return { image, url: url(easel, block.url), hero: wide && block === easel.opening };
  },
  qr(easel, { image, text }) {
    const shown = picture(easel.painter, image, easel.t('block.qr'));
    return shown && { image: shown, text: label(easel, text) };
  },
  button(easel, { label: words, url: address }) {
    const leads = url(easel, address);
    return leads === null ? null : { label: label(easel, words), url: leads };
  },
  video(easel, { title, url: address, cover }) {
    const leads = url(easel, address);
    if (leads === null) return null;
    const named = label(easel, title) || siteName(leads);
    return { title: named, url: leads, cover: picture(easel.painter, cover, named) };
  },
  sponsor: (easel, block) => ({ ...plain(easel, block), url: url(easel, block.url) }),
  callout(easel, block) {
    const tone = toneOf(block.tone);
    return { ...plain(easel, block), tone, title: label(easel, block.title) ?? easel.t(`block.${tone}`) };
  },
  event: gathering,
  meeting: gathering,
  tasks: (easel, { groups }) => ({
    groups: groups.map(({ project, level, tasks }) => ({
      project: label(easel, project),
      level: label(easel, level),
      tasks: tasks.map((task) => html(easel, task)),
    })),
  }),
  releases: (easel, { releases }) => ({
    releases: releases.map((each) => ({
      name: label(easel, each.name),
      version: label(easel, each.version),
      url: url(easel, each.url),
      html: html(easel, each.content),
    })),
  }),
  qa: (easel, { questions }) => ({ questions: questions.map((question) => questionView(easel, question)) }),
  reading(easel, { readings }) {
    const shown = readings.map((reading) => readingView(easel, reading));
    return {
      rows: inRows(
        shown.filter(({ cover }) => cover),
        2,
      ),
      list: shown.filter(({ cover }) => !cover),
    };
  },
  contributors,
};

/** Where a listing was cut, its frame stays open. */
function listing({ code, language, cut }: Of<'code'> & Pick<BlockPart, 'cut'>): Element {
  const pre = codeBlock(code, language);
  const open = [...(cut?.above ? ['goes-on'] : []), ...(cut?.below ? ['to-go-on'] : [])];
  return open.length > 0 ? { ...pre, properties: { className: open } } : pre;
}

function gathering(easel: BlockContext, block: Of<'event'> | Of<'meeting'>): object {
  const [topic, time, place] = [block.topic, block.time, block.place].map((fact) => label(easel, fact));
  const facts = time !== null || place !== null;
  const calendar = calendarUrl(easel.painter, block);
  const leads = url(easel, block.url);
  return { html: html(easel, withoutFacts(block)), topic, time, place, facts, url: leads, calendar };
}

function questionView(easel: BlockContext, question: QuestionPart): object {
  const asker = label(easel, question.asker) || easel.t('block.someone');
  const { source } = question;
  const leads = url(easel, source?.url);
  return {
    asker,
    initial: initialOf(question.asker || asker),
    askerUrl: url(easel, question.askerUrl),
    continued: question.continued === true,
    continues: question.continues === true,
    turns: question.turns.map(({ role, content, continued = false }: TurnPart) => {
      const answer = role === 'answer';
      return { answer, continued, html: html(easel, answer ? withoutAnswerMark(content) : content) };
    }),
    source: source && leads ? { label: label(easel, source.label), url: leads } : null,
  };
}

/** The letter in an asker's round mark: the first that can be read, in upper case. */
const initialOf = (name: string): string => (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '?').toUpperCase();

/** A cover stands above its title, which is the same link: it is not spoken a second time. */
function readingView(easel: BlockContext, reading: Of<'reading'>['readings'][number]) {
  const cover = picture(easel.painter, reading.cover && { ...reading.cover, alt: '' });
  return {
    title: label(easel, reading.title),
    url: url(easel, reading.url),
    cover,
    html: html(easel, reading.note),
  };
}

function contributors(easel: BlockContext, block: Of<'contributors'>): object {
  const people = (block.people ?? []).map((person) => ({
    name: label(easel, person.name),
    url: url(easel, person.url),
    avatar: picture(easel.painter, person.avatar),
  }));
  const named = people.filter(({ avatar }) => !avatar);
  const said = block.content && contentWords(block.content) ? html(easel, block.content) : '';
  return {
    image: picture(easel.painter, block.image, easel.t('block.contributors')),
    rows: inRows(
      people.filter(({ avatar }) => avatar),
      4,
    ),
    named,
    html: said,
    words: named.length > 0 || said !== '',
  };
}

const TONES = ['note', 'tip', 'important', 'warning', 'caution'];

/** The tone of a callout as `emails/words` and `content.css` know it. */
export const toneOf = (written: string): string =>
  TONES.includes(written.toLowerCase()) ? written.toLowerCase() : 'note';

function inRows<T>(items: readonly T[], size: number): T[][] {
  const rows: T[][] = [];
  for (let at = 0; at < items.length; at += size) rows.push(items.slice(at, at + size));
  return rows;
}
