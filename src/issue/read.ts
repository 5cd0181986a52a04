/** Source -> document: front matter, Markdown, blocks, outline. Faults of the content are messages, never exceptions. */
import { understand } from './blocks/understand.ts';
import { dateLine } from './date-line.ts';
import { bounded } from './document/bounded.ts';
import type { Document, Publication } from './document/document.ts';
import { directionOf, guessLanguage, primaryTag } from './document/language.ts';
import { Remarks } from './document/messages.ts';
import { isTooLarge, tidySource } from './document/source.ts';
import { dateOfFileName } from './front-matter/date.ts';
import { writtenTitle } from './front-matter/plain-title.ts';
import { folderOfDrafts } from './front-matter/publication.ts';
import { type FrontMatter, readFrontMatter } from './front-matter/read.ts';
import { splitFrontMatter } from './front-matter/split.ts';
import { sponsorOf } from './markdown/passes/sponsor-include.ts';
import { readMarkdown } from './markdown/read.ts';
import { outlineOf, tallyOf } from './outline.ts';
import { remarkHead } from './targets/head.ts';
import { type SiteLinks, siteAnswer } from './targets/site-links.ts';
import { takeTitle } from './title-line.ts';

export interface ReadOptions {
  /** Path of the source; it may carry the date. */
  file: string;
  /** Language of the newsletter, for an issue that names none. */
  language?: string;
  baseUrl?: string;
  /** IANA name of the newsletter's time zone: it decides which day a moment is. Without it the day counts as written. */
  timezone?: string;
  /** What addresses of a site's generator lead to; without it they are errors. */
  links?: SiteLinks;
}

export function readIssue(source: string, options: ReadOptions): Document {
  const remarks = new Remarks();
  const text = isTooLarge(source, remarks) ? source.slice(0, HEAD_LENGTH) : source;
  const front = readHead(tidySource(text, remarks), options.timezone ?? null, remarks);
  const body = text === source ? front.body : '';
  const { title, date, blocks, outline } = bounded(
    { name: 'body', text: body },
    remarks,
    () => readBody(body, front, remarks, options),
    NO_BODY,
  );
  const head = about(front, { title, date }, body, options, remarks);
  remarkHead(head, source, remarks);
  return {
    ...head,
    blocks,
    outline,
    messages: remarks.list(),
  };
}

/** As much of a source over the limit as may hold its front matter. */
const HEAD_LENGTH = 16_384;

type Body = Pick<Document, 'blocks' | 'outline'> & { title: string | null; date: string | null };

const NO_BODY: Body = {
  title: null,
  date: null,
  blocks: [],
  outline: outlineOf(tallyOf({ type: 'root', children: [] }), []),
};

function readHead(source: string, timezone: string | null, remarks: Remarks): FrontMatter {
  const split = splitFrontMatter(source, remarks);
  const read = () => readFrontMatter(split, timezone, remarks);
  const nothing = readFrontMatter({ ...split, dialect: 'none' }, timezone, remarks);
  return bounded({ name: 'front matter', text: split.raw }, remarks, read, nothing);
}

function readBody(body: string, front: FrontMatter, remarks: Remarks, { file, links }: ReadOptions): Body {
  const tree = readMarkdown(body, remarks, sponsorOf(front.extra), /\.mdx$/i.test(file), links);
  const tally = tallyOf(tree);
  const title = front.title === null ? takeTitle(tree) : null;
  const date = front.datetime === null ? dateLine(tree) : null;
  const blocks = understand(tree, { infer: front.infer, remarks });
  return { title, date, blocks, outline: outlineOf(tally, blocks) };
}

function about(
  front: FrontMatter,
  said: Pick<Body, 'title' | 'date'>,
  body: string,
  options: ReadOptions,
  remarks: Remarks,
) {
  const {
    body: _,
    infer: __,
    title,
    date,
    language,
    baseUrl,
    preheader,
    coverAlt,
    publication,
    ...rest
  } = front;
  const spoken =
    primaryTag(language) ?? primaryTag(options.language) ?? guessLanguage(`${title ?? ''} ${body}`);
  const name = title ?? said.title;
  if (name === null)
    remarks.error('title-missing', 'the issue has no title: give it one in its front matter', { line: 1 });
  return {
    ...rest,
    ...(coverAlt === null ? {} : { coverAlt }),
    ...publishing(publication, options.file),
    title: name ?? '',
    date: date ?? (front.datetime === null ? (dateOfFileName(options.file) ?? said.date) : null),
    cover: coverOf(rest.cover, options),
    language: spoken,
    direction: directionOf(spoken),
    summary: rest.summary && writtenTitle(rest.summary),
    preheader: preheader && writtenTitle(preheader),
    baseUrl: baseUrl ?? options.baseUrl ?? null,
  };
}

/** Pelican's `{static}/images/a.png` is found beside the file too. */
function coverOf(cover: string | null, { links }: ReadOptions): string | null {
  const answer = cover === null ? null : siteAnswer(links, cover, 'picture');
  return answer && 'url' in answer ? answer.url : cover;
}

function publishing(said: Publication | null, file: string): Pick<Document, 'draft' | 'publication'> {
  const folder = folderOfDrafts(file);
  if (said === null && folder === null) return { draft: false };
  const held = [...(said?.held ?? []), ...(folder ? [folder] : [])];
  return {
    draft: held.length > 0,
    publication: { held, from: said?.from ?? null, until: said?.until ?? null },
  };
}
