/** The text part of an issue, written from the document: it reads well alone. */
import type { Block, Document } from '../../issue/document/document.ts';
import { withoutAnswerMark } from '../blocks/answer-mark.ts';
import { toneOf } from '../blocks/block-view.ts';
import { calendarUrl, withoutFacts } from '../blocks/event.ts';
import { usefulAlt } from '../content/alt-text.ts';
import { type ContentSettings, contentWords } from '../content/content-html.ts';
import { linkAddress, pictureAddress, siteName } from '../content/url.ts';
import { filledLabel } from '../slots/label.ts';
import type { Translate } from '../theme/words.ts';
import {
  contentLines,
  footnoteLines,
  link,
  pictureLink,
  spaced,
  type TextWriter,
  takeLinkNotes,
} from './content-lines.ts';
import { takenNumbers } from './taken-numbers.ts';
import { COLUMNS, displayWidth, hang, wrap } from './wrap.ts';

/** What stands around the blocks. Addresses may be slot markers. */
export interface TextFrame {
  newsletter: string;
  postalAddress: string;
  /** As people write it, or null. */
  date: string | null;
  viewUrl: string | null;
  unsubscribeUrl: string;
  /** Where media are served from, as in `Painter`. */
  image?: ContentSettings['image'] | undefined;
}

/** The whole text of an issue. Slots stand in it as markers of `slot`. */
export function issueText(
  document: Document,
  frame: TextFrame,
  t: Translate,
  baseUrl: string | null,
  slot: TextWriter['slot'],
): string {
  const scribe: TextWriter = {
    baseUrl,
    slot,
    notes: [],
    noted: 0,
    taken: takenNumbers(document.blocks),
    picture: t('text.picture'),
    pair: (label, value) => pair(t, label, value),
    ...(frame.image && { image: frame.image }),
  };
  const parts = [head(document, frame, t)];
  for (const block of document.blocks) {
    if (startsSection(block)) parts.push(takeLinkNotes(scribe));
    parts.push(blockText(scribe, t, block));
  }
  parts.push(takeLinkNotes(scribe), foot(frame, t));
  return `${spaced(parts).join('\n')}\n`;
}

/** Notes are listed at the end of a section, near to where they are called. */
const startsSection = (block: Block): boolean => block.kind === 'heading' && block.depth <= 3;

function head(document: Document, frame: TextFrame, t: Translate): string[] {
  const source = frame.date ? `${frame.newsletter} · ${frame.date}` : frame.newsletter;
  const view = frame.viewUrl ? ['', pair(t, t('issue.view'), frame.viewUrl)] : [];
  return [...wrap(source, COLUMNS), '', ...underlined(document.title, '='), ...view];
}

function foot(frame: TextFrame, t: Translate): string[] {
  const why = wrap(t('issue.why', { newsletter: frame.newsletter }), COLUMNS);
  const address = frame.postalAddress ? wrap(frame.postalAddress, COLUMNS) : [];
  return ['-'.repeat(COLUMNS), ...why, ...address, pair(t, t('issue.unsubscribe'), frame.unsubscribeUrl)];
}

/** `label: value`, with the colon of the language. */
const pair = (t: Translate, label: string, value: string): string => t('text.pair', { label, value });

function underlined(text: string, sign: string): string[] {
  const lines = wrap(text, COLUMNS);
  return [...lines, sign.repeat(Math.max(...lines.map(displayWidth)))];
}

function blockText(scribe: TextWriter, t: Translate, block: Block): string[] {
  const lines = (content: Parameters<typeof contentLines>[1], columns = COLUMNS): string[] =>
    contentLines(scribe, content, columns);
  switch (block.kind) {
    case 'prose':
    case 'table':
      return lines(block.content);
    case 'heading':
      return headingText(scribe, block);
    case 'banner':
      return spaced([titleText(scribe, block.title), lines(block.content)]);
    case 'image':
      return imageText(scribe, block);
    case 'quote':
      return hang(lines(block.content, COLUMNS - 2), '> ', '> ');
    case 'code':
      return hang(block.code.split('\n'), '    ', '    ');
    case 'divider':
      return ['* * *'];
    case 'footnotes':
      return spaced([[t('block.footnotes')], footnoteLines(scribe, block.content, COLUMNS)]);
    case 'callout': {
      const title = block.title ? label(scribe, block.title) : t(`block.${toneOf(block.tone)}`);
      return spaced([wrap(`[${title}]`, COLUMNS), lines(block.content)]);
    }
    case 'button':
      return wrap(link(scribe, label(scribe, block.label), block.url), COLUMNS);
    case 'video':
      return videoText(scribe, t, block);
    case 'sponsor':
      return spaced([[`[${t('block.sponsor')}]`], lines(block.content), addressLine(scribe, block.url)]);
    case 'qr':
      return [...titleText(scribe, block.text), ...pictureText(scribe, t('block.qr'), block.image.url)];
    case 'qa':
      return spaced(block.questions.map((question) => questionText(scribe, t, question)));
    case 'reading':
      return spaced(block.readings.map((reading) => readingText(scribe, reading)));
    case 'contributors':
      return contributorsText(scribe, t, block);
    case 'releases':
      return spaced(block.releases.map((release) => releaseText(scribe, release)));
    case 'tasks':
      return spaced(block.groups.map((group) => tasksText(scribe, group)));
    case 'event':
    case 'meeting':
      return eventText(scribe, t, block);
  }
}

type Of<K extends Block['kind']> = Extract<Block, { kind: K }>;

function headingText(scribe: TextWriter, block: Of<'heading'>): string[] {
  const text = contentLines(scribe, block.content, 10_000).join(' ') || block.text;
  return text ? underlined(text, block.depth <= 2 ? '=' : '-') : [];
}

/** A label with its slots. */
const label = (scribe: TextWriter, text: string): string => filledLabel(scribe.slot, text);

const titleText = (scribe: TextWriter, text: string | undefined): string[] =>
  text ? wrap(label(scribe, text), COLUMNS) : [];

function addressLine(scribe: TextWriter, written: string | undefined): string[] {
  const url = written === undefined ? null : linkAddress(scribe, written);
  return url === null ? [] : [url];
}

/** A picture that stands alone is content: where nobody wrote what it shows, the text tells the way to it. */
function imageText(scribe: TextWriter, { image, url: written }: Of<'image'>): string[] {
  const spoken = usefulAlt(image.alt);
  const shown = spoken
    ? `[${label(scribe, spoken)}]`
    : pictureLink(scribe, image.url) || `[${scribe.picture}]`;
  const url = written === undefined ? null : linkAddress(scribe, written);
  return wrap(url === null ? shown : `${shown} <${url}>`, COLUMNS);
}

/** A picture by the words for what it is, with its address. */
function pictureText(scribe: TextWriter, spoken: string, src: string): string[] {
  const address = pictureAddress(scribe, src);
  const isWhole = address !== null && !address.startsWith('data:');
  return wrap(isWhole ? `[${spoken}] <${address}>` : `[${spoken}]`, COLUMNS);
}

function videoText(scribe: TextWriter, t: Translate, { title, url: written }: Of<'video'>): string[] {
  const url = linkAddress(scribe, written);
  if (url === null) return [];
  const named = title ? label(scribe, title) : siteName(url);
  return wrap(link(scribe, t('block.watch', { title: named }), written), COLUMNS);
}

function questionText(scribe: TextWriter, t: Translate, question: Of<'qa'>['questions'][number]): string[] {
  const name = question.asker ? label(scribe, question.asker) : t('block.someone');
  const asker = t('text.asks', { name });
  const turns = question.turns.map(({ role, content }) => {
    if (role === 'question') return hang(contentLines(scribe, content, COLUMNS - 2), '> ', '> ');
    return [t('text.answer'), ...contentLines(scribe, withoutAnswerMark(content), COLUMNS)];
  });
  const source = question.source;
  const about = source
    ? pair(t, t('block.source'), link(scribe, label(scribe, source.label), source.url))
    : '';
  return spaced([wrap(asker, COLUMNS), ...turns, about ? wrap(about, COLUMNS) : []]);
}

function readingText(scribe: TextWriter, reading: Of<'reading'>['readings'][number]): string[] {
  const note = reading.note ? contentLines(scribe, reading.note, COLUMNS - 2) : [];
  const title = wrap(label(scribe, reading.title), COLUMNS - 2);
  return hang([...title, ...addressLine(scribe, reading.url), ...note], '* ');
}

function contributorsText(scribe: TextWriter, t: Translate, block: Of<'contributors'>): string[] {
  const names = (block.people ?? []).map(({ name }) => label(scribe, name)).join(', ');
  const content = block.content && contentWords(block.content) ? block.content : [];
  const image = block.image ? pictureText(scribe, t('block.contributors'), block.image.url) : [];
  return spaced([image, names ? wrap(names, COLUMNS) : [], contentLines(scribe, content, COLUMNS)]);
}

function releaseText(scribe: TextWriter, release: Of<'releases'>['releases'][number]): string[] {
  const name = label(scribe, [release.name, release.version].filter(Boolean).join(' '));
  const title = release.url ? link(scribe, name, release.url) : name;
  return [...wrap(title, COLUMNS), ...contentLines(scribe, release.content, COLUMNS)];
}

function tasksText(scribe: TextWriter, group: Of<'tasks'>['groups'][number]): string[] {
  const title = label(scribe, group.level ? `${group.project} (${group.level})` : group.project);
  return [
    ...wrap(title, COLUMNS),
    ...group.tasks.flatMap((task) => hang(contentLines(scribe, task, COLUMNS - 2), '- ')),
  ];
}

function eventText(scribe: TextWriter, t: Translate, block: Of<'event'> | Of<'meeting'>): string[] {
  const facts = (['topic', 'time', 'place'] as const).flatMap((name) =>
    block[name] ? wrap(pair(t, t(`block.${name}`), label(scribe, block[name])), COLUMNS) : [],
  );
  const join = t(block.kind === 'event' ? 'block.join' : 'block.join-meeting');
  const url = block.url ? wrap(link(scribe, join, block.url), COLUMNS) : [];
  const file = calendarUrl({ image: scribe.image ?? (() => null) }, block);
  const calendar = file ? wrap(link(scribe, t('block.calendar'), file), COLUMNS) : [];
  return spaced([facts, contentLines(scribe, withoutFacts(block), COLUMNS), [...url, ...calendar]]);
}
