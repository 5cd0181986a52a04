/** Blocks as lines of plain text. */
import type { Block } from '../../issue/document/document.ts';
import { withoutAnswerMark } from '../blocks/answer-mark.ts';
import type { BlockOf } from '../blocks/block-context.ts';
import { toneOf } from '../blocks/callout-tone.ts';
import { calendarUrl, withoutFacts } from '../blocks/event.ts';
import { usefulAlt } from '../content/alt-text.ts';
import { contentWords } from '../content/content-words.ts';
import { linkAddress, pictureAddress, siteName } from '../content/url.ts';
import { filledLabel } from '../slots/label.ts';
import type { Translate } from '../theme/words.ts';
import { contentLines, footnoteLines } from './content-lines.ts';
import { link, pictureLink, type TextWriter } from './text-writer.ts';
import { COLUMNS, hang, spaced, underlined, wrap } from './wrap.ts';

/** The lines of one block. */
export function blockText(writer: TextWriter, t: Translate, block: Block): string[] {
  const lines = (content: Parameters<typeof contentLines>[1], columns = COLUMNS): string[] =>
    contentLines(writer, content, columns);
  switch (block.kind) {
    case 'prose':
    case 'table':
      return lines(block.content);
    case 'heading':
      return headingText(writer, block);
    case 'banner':
      return spaced([titleText(writer, block.title), lines(block.content)]);
    case 'image':
      return imageText(writer, block);
    case 'quote':
      return hang(lines(block.content, COLUMNS - 2), '> ', '> ');
    case 'code':
      return hang(block.code.split('\n'), '    ', '    ');
    case 'divider':
      return ['* * *'];
    case 'footnotes':
      return spaced([[t('block.footnotes')], footnoteLines(writer, block.content, COLUMNS)]);
    case 'callout': {
      const title = block.title ? label(writer, block.title) : t(`block.${toneOf(block.tone)}`);
      return spaced([wrap(`[${title}]`, COLUMNS), lines(block.content)]);
    }
    case 'button':
      return wrap(link(writer, label(writer, block.label), block.url), COLUMNS);
    case 'video':
      return videoText(writer, t, block);
    case 'sponsor':
      return spaced([[`[${t('block.sponsor')}]`], lines(block.content), addressLine(writer, block.url)]);
    case 'qr':
      return [...titleText(writer, block.text), ...pictureText(writer, t('block.qr'), block.image.url)];
    case 'qa':
      return spaced(block.questions.map((question) => questionText(writer, t, question)));
    case 'reading':
      return spaced(block.readings.map((reading) => readingText(writer, reading)));
    case 'contributors':
      return contributorsText(writer, t, block);
    case 'releases':
      return spaced(block.releases.map((release) => releaseText(writer, release)));
    case 'tasks':
      return spaced(block.groups.map((group) => tasksText(writer, group)));
    case 'event':
    case 'meeting':
      return eventText(writer, t, block);
  }
}

function headingText(writer: TextWriter, block: BlockOf<'heading'>): string[] {
  const text = contentLines(writer, block.content, 10_000).join(' ') || block.text;
  return text ? underlined(text, block.depth <= 2 ? '=' : '-') : [];
}

/** A label with its slots. */
const label = (writer: TextWriter, text: string): string => filledLabel(writer.slot, text);

const titleText = (writer: TextWriter, text: string | undefined): string[] =>
  text ? wrap(label(writer, text), COLUMNS) : [];

function addressLine(writer: TextWriter, written: string | undefined): string[] {
  const url = written === undefined ? null : linkAddress(writer, written);
  return url === null ? [] : [url];
}

/** A picture that stands alone is content: without a useful alt text, the text gives its address. */
function imageText(writer: TextWriter, { image, url: written }: BlockOf<'image'>): string[] {
  const spoken = usefulAlt(image.alt);
  const imageLine = spoken
    ? `[${label(writer, spoken)}]`
    : pictureLink(writer, image.url) || `[${writer.picture}]`;
  const url = written === undefined ? null : linkAddress(writer, written);
  return wrap(url === null ? imageLine : `${imageLine} <${url}>`, COLUMNS);
}

/** A picture by its name, with its address. */
function pictureText(writer: TextWriter, spoken: string, src: string): string[] {
  const address = pictureAddress(writer, src);
  const isWhole = address !== null && !address.startsWith('data:');
  return wrap(isWhole ? `[${spoken}] <${address}>` : `[${spoken}]`, COLUMNS);
}

function videoText(writer: TextWriter, t: Translate, { title, url: written }: BlockOf<'video'>): string[] {
  const url = linkAddress(writer, written);
  if (url === null) return [];
  const named = title ? label(writer, title) : siteName(url);
  return wrap(link(writer, t('block.watch', { title: named }), written), COLUMNS);
}

function questionText(
  writer: TextWriter,
  t: Translate,
  question: BlockOf<'qa'>['questions'][number],
): string[] {
  const name = question.asker ? label(writer, question.asker) : t('block.someone');
  const asker = t('text.asks', { name });
  const turns = question.turns.map(({ role, content }) => {
    if (role === 'question') return hang(contentLines(writer, content, COLUMNS - 2), '> ', '> ');
    return [t('text.answer'), ...contentLines(writer, withoutAnswerMark(content), COLUMNS)];
  });
  const source = question.source;
  const about = source
    ? writer.pair(t('block.source'), link(writer, label(writer, source.label), source.url))
    : '';
  return spaced([wrap(asker, COLUMNS), ...turns, about ? wrap(about, COLUMNS) : []]);
}

function readingText(writer: TextWriter, reading: BlockOf<'reading'>['readings'][number]): string[] {
  const note = reading.note ? contentLines(writer, reading.note, COLUMNS - 2) : [];
  const title = wrap(label(writer, reading.title), COLUMNS - 2);
  return hang([...title, ...addressLine(writer, reading.url), ...note], '* ');
}

function contributorsText(writer: TextWriter, t: Translate, block: BlockOf<'contributors'>): string[] {
  const names = (block.people ?? []).map(({ name }) => label(writer, name)).join(', ');
  const content = block.content && contentWords(block.content) ? block.content : [];
  const image = block.image ? pictureText(writer, t('block.contributors'), block.image.url) : [];
  return spaced([image, names ? wrap(names, COLUMNS) : [], contentLines(writer, content, COLUMNS)]);
}

function releaseText(writer: TextWriter, release: BlockOf<'releases'>['releases'][number]): string[] {
  const name = label(writer, [release.name, release.version].filter(Boolean).join(' '));
  const title = release.url ? link(writer, name, release.url) : name;
  return [...wrap(title, COLUMNS), ...contentLines(writer, release.content, COLUMNS)];
}

function tasksText(writer: TextWriter, group: BlockOf<'tasks'>['groups'][number]): string[] {
  const title = label(writer, group.level ? `${group.project} (${group.level})` : group.project);
  return [
    ...wrap(title, COLUMNS),
    ...group.tasks.flatMap((task) => hang(contentLines(writer, task, COLUMNS - 2), '- ')),
  ];
}

function eventText(writer: TextWriter, t: Translate, block: BlockOf<'event'> | BlockOf<'meeting'>): string[] {
  const facts = (['topic', 'time', 'place'] as const).flatMap((name) =>
    block[name] ? wrap(writer.pair(t(`block.${name}`), label(writer, block[name])), COLUMNS) : [],
  );
  const join = t(block.kind === 'event' ? 'block.join' : 'block.join-meeting');
  const url = block.url ? wrap(link(writer, join, block.url), COLUMNS) : [];
  const file = calendarUrl({ image: writer.image ?? (() => null) }, block);
  const calendar = file ? wrap(link(writer, t('block.calendar'), file), COLUMNS) : [];
  return spaced([facts, contentLines(writer, withoutFacts(block), COLUMNS), [...url, ...calendar]]);
}
