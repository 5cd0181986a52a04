/**
 * Removes what a site generator removes before it parses Markdown: comments of template languages, branches that are
 * never taken, hidden elements. A template whose value only the generator knows (`{% include x %}`) is an error with its
 * line, and is not mailed. Code stays as it is.
 */
import type { MessageCollector } from '../document/message-collector.ts';
import { placeOf } from '../document/source.ts';
import { siteTagAt } from '../targets/site-form.ts';
import { resolveSiteLink, type SiteLinkResolver } from '../targets/site-links.ts';
import { EndFinder } from './blank-out.ts';
import { readComment } from './comments.ts';
import { HiddenElements } from './hidden-elements.ts';
import { isModuleLine, readComponent, readExpression } from './mdx.ts';
import { type Reader, type Rewrite, rewriteProse } from './prose.ts';
import { readBraces } from './shortcodes.ts';
import type { SiteText } from './site-text.ts';
import { TemplateTags } from './template-tags.ts';

/** A text without any of these has nothing to remove. */
const MARKS = /\{[%#:{/]|<|%%|^(?:import|export)\s|\[toc\]|\[_toc_\]/im;
/** Placeholders of a table of contents, which a mail does not have. */
const TOC_LINE = /^\s*(?:@?\[toc\](?:\([^)]*\))?|\[\[_?toc_?\]\])\s*$/i;

export function removeHidden(
  text: string,
  messages: MessageCollector,
  {
    isMdx,
    hasSponsor,
    links,
  }: Pick<SiteText, 'isMdx' | 'hasSponsor'> & { links?: SiteLinkResolver | undefined },
): string {
  if (!isMdx && !MARKS.test(text)) return text;
  const skips = new Map<number, number>();
  const closings = new Map<number, Rewrite>();
  const site: SiteText = {
    text,
    ends: new EndFinder(text),
    isMdx,
    hasSponsor,
    skips,
    closings,
    ...reporters(text, messages),
  };
  const [tags, elements] = [new TemplateTags(site), new HiddenElements(site)];
  const readers: Record<string, Reader> = {
    '{': (_, at) =>
      site.closings.get(at) ??
      skipped(site, at) ??
      readComment(site, at) ??
      linked(site, at, links, messages) ??
      tags.read(at) ??
      readBraces(site, at) ??
      mdx(site, at),
    '<': (_, at) =>
      skipped(site, at) ??
      readComment(site, at) ??
      (isMdx ? readComponent(site, at) : null) ??
      elements.read(at),
    '%': (_, at) => readComment(site, at),
  };
  let isTop = true;
  return rewriteProse(text, readers, (line) => {
    const isModule = (isTop || isMdx) && isModuleLine(line, isMdx);
    if (line.trim() !== '' && !isModule) isTop = false;
    return isModule || TOC_LINE.test(line);
  });
}

/** Resolves a tag that stands for an address in prose. Those in `](...)` are resolved later. */
function linked(
  { text }: SiteText,
  at: number,
  links: SiteLinkResolver | undefined,
  messages: MessageCollector,
): Rewrite | null {
  const tag = siteTagAt(text, at);
  const answer = tag === null ? null : resolveSiteLink(links, tag, 'link');
  if (tag === null || answer === null) return null;
  if ('url' in answer) return { end: at + tag.length, text: answer.url };
  messages.error('link-of-site', `the address ${JSON.stringify(tag)} ${answer.why}`, placeOf(text, at));
  return { end: at + tag.length, text: '' };
}

const mdx = (site: SiteText, at: number): Rewrite | null => (site.isMdx ? readExpression(site, at) : null);

function skipped({ text, skips }: SiteText, at: number): Rewrite | null {
  const end = skips.get(at);
  return end === undefined ? null : { end, text: text.slice(at, end).replace(/[^\n]+/g, '') };
}

function reporters(text: string, messages: MessageCollector): Pick<SiteText, 'unknown' | 'unclosed'> {
  const short = (what: string) => (what.length > 60 ? `${what.slice(0, 60)}…` : what).replace(/\s+/g, ' ');
  return {
    unknown(at, what) {
      const said = `only the site's generator knows what ${short(what)} shows: write it out, or put it in code`;
      messages.error('template-unknown', said, placeOf(text, at));
    },
    unclosed(at, what) {
      const said = `nothing ends what ${short(what)} hides: all that follows is left out`;
      messages.error('template-unclosed', said, placeOf(text, at));
    },
  };
}
