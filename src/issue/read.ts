/** Source -> document: front matter, Markdown, blocks, outline. Errors in the source are messages, never exceptions. */
import { readBlocks } from './blocks/read-blocks.ts';
import { dateInBody } from './date-in-body.ts';
import type { Document, Publication } from './document/document.ts';
import { directionOf, guessLanguage, primaryTag } from './document/language.ts';
import { MessageCollector } from './document/message-collector.ts';
import { isTooLarge, tidySource } from './document/source.ts';
import { withTimeLimit } from './document/time-limit.ts';
import { dateOfFileName } from './front-matter/date.ts';
import { frontMatterTitle } from './front-matter/plain-title.ts';
import { folderOfDrafts } from './front-matter/publication.ts';
import { type FrontMatter, readFrontMatter } from './front-matter/read.ts';
import { splitFrontMatter } from './front-matter/split.ts';
import { sponsorOf } from './markdown/passes/sponsor-include.ts';
import { readMarkdown } from './markdown/read.ts';
import { outlineOf, tallyOf } from './outline.ts';
import { checkHead } from './targets/check-head.ts';
import { resolveSiteLink, type SiteLinkResolver } from './targets/site-links.ts';
import { takeTitle } from './title-in-body.ts';

interface ReadOptions {
  /** Path of the source, which may contain the date. */
  file: string;
  /** Language of the newsletter, for an issue that names none. */
  language?: string;
  baseUrl?: string;
  /** IANA name of the newsletter's time zone, which decides the day of an instant. Without it the day is as written. */
  timezone?: string;
  /** Resolves links that only a site's generator knows. Without it they are errors. */
  links?: SiteLinkResolver;
}

export function readIssue(source: string, options: ReadOptions): Document {
  const messages = new MessageCollector();
  const text = isTooLarge(source, messages) ? source.slice(0, HEAD_LENGTH) : source;
  const front = readHead(tidySource(text, messages), options.timezone ?? null, messages);
  const body = text === source ? front.body : '';
  const { title, date, blocks, outline } = withTimeLimit(
    { name: 'body', text: body },
    messages,
    () => readBody(body, front, messages, options),
    NO_BODY,
  );
  const head = headOf(front, { title, date }, body, options, messages);
  checkHead(head, source, messages);
  return {
    ...head,
    blocks,
    outline,
    messages: messages.list(),
  };
}

/** The part of a source over the limit that is read for its front matter. */
const HEAD_LENGTH = 16_384;

type Body = Pick<Document, 'blocks' | 'outline'> & { title: string | null; date: string | null };

const NO_BODY: Body = {
  title: null,
  date: null,
  blocks: [],
  outline: outlineOf(tallyOf({ type: 'root', children: [] }), []),
};

function readHead(source: string, timezone: string | null, messages: MessageCollector): FrontMatter {
  const split = splitFrontMatter(source, messages);
  const read = () => readFrontMatter(split, timezone, messages);
  const nothing = readFrontMatter({ ...split, dialect: 'none' }, timezone, messages);
  return withTimeLimit({ name: 'front matter', text: split.raw }, messages, read, nothing);
}

function readBody(
  body: string,
  front: FrontMatter,
  messages: MessageCollector,
  { file, links }: ReadOptions,
): Body {
  const tree = readMarkdown(body, messages, sponsorOf(front.extra), /\.mdx$/i.test(file), links);
  const tally = tallyOf(tree);
  const title = front.title === null ? takeTitle(tree) : null;
  const date = front.datetime === null ? dateInBody(tree) : null;
  const blocks = readBlocks(tree, { infer: front.infer, messages });
  return { title, date, blocks, outline: outlineOf(tally, blocks) };
}

function headOf(
  front: FrontMatter,
  said: Pick<Body, 'title' | 'date'>,
  body: string,
  options: ReadOptions,
  messages: MessageCollector,
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
    messages.error('title-missing', 'the issue has no title: give it one in its front matter', { line: 1 });
  return {
    ...rest,
    ...(coverAlt === null ? {} : { coverAlt }),
    ...publishing(publication, options.file),
    title: name ?? '',
    date: date ?? (front.datetime === null ? (dateOfFileName(options.file) ?? said.date) : null),
    cover: coverOf(rest.cover, options),
    language: spoken,
    direction: directionOf(spoken),
    summary: rest.summary && frontMatterTitle(rest.summary),
    preheader: preheader && frontMatterTitle(preheader),
    baseUrl: baseUrl ?? options.baseUrl ?? null,
  };
}

/** Resolves a cover such as Pelican's `{static}/images/a.png`. */
function coverOf(cover: string | null, { links }: ReadOptions): string | null {
  const answer = cover === null ? null : resolveSiteLink(links, cover, 'picture');
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
