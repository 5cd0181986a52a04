/** The views of blocks that list things: events, questions, readings, people. */
import { contentWords } from '../content/content-words.ts';
import { picture } from '../content/picture.ts';
import { withoutAnswerMark } from './answer-mark.ts';
import { type BlockContext, type BlockOf, html, label, url } from './block-context.ts';
import { calendarUrl, withoutFacts } from './event.ts';
import type { QuestionPart, TurnPart } from './split-block.ts';

/** An event or a meeting. */
export function eventView(context: BlockContext, block: BlockOf<'event'> | BlockOf<'meeting'>): object {
  const [topic, time, place] = [block.topic, block.time, block.place].map((fact) => label(context, fact));
  const facts = time !== null || place !== null;
  const calendar = calendarUrl(context.settings, block);
  const leads = url(context, block.url);
  return { html: html(context, withoutFacts(block)), topic, time, place, facts, url: leads, calendar };
}

/** One conversation; `continued` and `continues` say where a long one was split. */
export function questionView(context: BlockContext, question: QuestionPart): object {
  const asker = label(context, question.asker) || context.t('block.someone');
  const { source } = question;
  const leads = url(context, source?.url);
  return {
    asker,
    initial: initialOf(question.asker || asker),
    askerUrl: url(context, question.askerUrl),
    continued: question.continued === true,
    continues: question.continues === true,
    turns: question.turns.map(({ role, content, continued = false }: TurnPart) => {
      const answer = role === 'answer';
      return { answer, continued, html: html(context, answer ? withoutAnswerMark(content) : content) };
    }),
    source: source && leads ? { label: label(context, source.label), url: leads } : null,
  };
}

/** The letter in an asker's round badge. */
const initialOf = (name: string): string => (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '?').toUpperCase();

/** The cover links to the same page as the title below it, so screen readers skip it. */
function readingView(context: BlockContext, reading: BlockOf<'reading'>['readings'][number]) {
  const cover = picture(context.settings, reading.cover && { ...reading.cover, alt: '' });
  return {
    title: label(context, reading.title),
    url: url(context, reading.url),
    cover,
    html: html(context, reading.note),
  };
}

/** Readings with a cover in rows of two, the others as a list. */
export function readingsView(context: BlockContext, { readings }: BlockOf<'reading'>): object {
  const views = readings.map((reading) => readingView(context, reading));
  const withCover = views.filter(({ cover }) => cover);
  return { rows: inRows(withCover, 2), list: views.filter(({ cover }) => !cover) };
}

/** People with a picture in rows of four, the others by name. */
export function contributorsView(context: BlockContext, block: BlockOf<'contributors'>): object {
  const people = (block.people ?? []).map((person) => ({
    name: label(context, person.name),
    url: url(context, person.url),
    avatar: picture(context.settings, person.avatar),
  }));
  const withAvatar = people.filter(({ avatar }) => avatar);
  const named = people.filter(({ avatar }) => !avatar);
  const said = block.content && contentWords(block.content) ? html(context, block.content) : '';
  return {
    image: picture(context.settings, block.image, context.t('block.contributors')),
    rows: inRows(withAvatar, 4),
    named,
    html: said,
    words: named.length > 0 || said !== '',
  };
}

function inRows<T>(items: readonly T[], size: number): T[][] {
  const rows: T[][] = [];
  for (let at = 0; at < items.length; at += size) rows.push(items.slice(at, at + size));
  return rows;
}
