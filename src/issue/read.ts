/** Source -> document: front matter, Markdown, blocks, outline. Faults of the content are messages, never exceptions. */
import type { Root } from 'mdast';
import { understand } from './blocks/understand.ts';
import type { Document } from './document.ts';
import { dateOfFileName } from './front-matter/date.ts';
import { type FrontMatter, readFrontMatter } from './front-matter/read.ts';
import { directionOf, guessLanguage, primaryTag } from './language.ts';
import { readMarkdown } from './markdown/read.ts';
import { Remarks } from './messages.ts';
import { outlineOf, tallyOf } from './outline.ts';
import { isTooLarge, tidySource } from './source.ts';
import { titleFromHeading } from './title.ts';
import { withinTime } from './within-time.ts';

export interface ReadOptions {
  /** Path of the source; it may carry the date. */
  file: string;
  /** Language of the newsletter, for an issue that names none. */
  language?: string;
  baseUrl?: string;
  /** Stands in tests for the current time. */
  now?: Date;
}

/** The longest that the reading of one issue may take, in milliseconds. */
const TIME_LIMIT = 5_000;

export function readIssue(source: string, options: ReadOptions): Document {
  const remarks = new Remarks();
  const text = isTooLarge(source, remarks) ? source.slice(0, 16_384) : source;
  const front = readFrontMatter(tidySource(text, remarks), remarks);
  const body = text === source ? front.body : '';
  const understood = readBody(body, front, remarks);
  return {
    ...about(front, understood.title, body, options, remarks),
    ...understood.parts,
    messages: remarks.list(),
  };
}

type Parts = Pick<Document, 'blocks' | 'outline'>;

/** Whatever a body does to the parser, the rest of the document is still worth having. */
function readBody(
  body: string,
  front: FrontMatter,
  remarks: Remarks,
): { title: string | null; parts: Parts } {
  try {
    return withinTime(TIME_LIMIT, () => {
      const tree = readMarkdown(body, remarks);
      return understandBody(tree, front, remarks);
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    remarks.error('body-unreadable', unreadable(error), { line: 1 });
    return {
      title: null,
      parts: { blocks: [], outline: outlineOf(tallyOf({ type: 'root', children: [] }), []) },
    };
  }
}

function understandBody(tree: Root, front: FrontMatter, remarks: Remarks) {
  const tally = tallyOf(tree);
  const heading = front.title === null ? titleFromHeading(tree) : null;
  const blocks = understand(tree, { infer: front.infer, remarks });
  return { title: heading, parts: { blocks, outline: outlineOf(tally, blocks) } };
}

function unreadable(error: Error): string {
  if (error instanceof RangeError) return 'the Markdown is nested too deeply to be read';
  if ('code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    return `the Markdown takes more than ${TIME_LIMIT / 1000} s to read; its structure repeats or nests without end`;
  }
  return `the Markdown could not be read: ${error.message}`;
}

function about(
  front: FrontMatter,
  heading: string | null,
  body: string,
  options: ReadOptions,
  remarks: Remarks,
) {
  const { body: _, infer: __, title, date, language, baseUrl, preheader, ...rest } = front;
  const spoken =
    primaryTag(language) ?? primaryTag(options.language) ?? guessLanguage(`${title ?? ''} ${body}`);
  const name = title ?? heading;
  if (name === null)
    remarks.error('title-missing', 'the issue has no title: give it one in its front matter', { line: 1 });
  return {
    ...rest,
    title: name ?? '',
    date: date ?? (front.datetime === null ? dateOfFileName(options.file) : null),
    language: spoken,
    direction: directionOf(spoken),
    preheader,
    baseUrl: baseUrl ?? options.baseUrl ?? null,
  };
}
