/** The body of an issue -> an mdast tree, with the editor's mistakes repaired. The order of the passes matters. */
import type { Nodes, Root } from 'mdast';
import type { MessageCollector } from '../document/message-collector.ts';
import { removeHidden } from '../site/remove-hidden.ts';
import type { SiteLinkResolver } from '../targets/site-links.ts';
import { normalizeRawHtml } from './html/raw-html.ts';
import { convertAdmonitions } from './lines/admonitions.ts';
import { repairLines } from './lines/repair-lines.ts';
import { parseMarkdown } from './parse/parse.ts';
import { mayHaveAbbreviations, readAbbreviations } from './passes/abbreviations.ts';
import { readAlerts } from './passes/alerts.ts';
import { removeAttributeLists } from './passes/attribute-lists.ts';
import { linkBareUrls } from './passes/bare-urls.ts';
import { mayHaveDefinitions, readDefinitions } from './passes/definition-lists.ts';
import { numberFootnotes } from './passes/footnotes.ts';
import { mayHaveHeadlessTables, readHeadlessTables } from './passes/headless-tables.ts';
import { mayHaveMarkdownInHtml, readMarkdownInHtml } from './passes/markdown-in-html.ts';
import { resolveReferences } from './passes/references.ts';
import { repairEmphasis } from './passes/repair-emphasis.ts';
import { repairLinks } from './passes/repair-links.ts';
import { repairSoftBreaks } from './passes/repair-soft-breaks.ts';
import { mayHaveTags, shieldAddresses, unshieldAddresses } from './passes/shield-addresses.ts';
import { placeSponsor, type Sponsor } from './passes/sponsor-include.ts';
import { readStruckHtml } from './passes/struck-html.ts';
import { reportTemplates } from './passes/templates.ts';
import { trimBreaks } from './passes/trim-breaks.ts';
import { warnOfUnclosedDirectives } from './passes/unclosed-directives.ts';

/** Nothing that a person writes is nested deeper. */
const MAX_DEPTH = 100;
const DEEP_LINE = /^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){101}/m;

/** `isMdx`: the file holds components and expressions beside its Markdown. */
export function readMarkdown(
  body: string,
  messages: MessageCollector,
  sponsor: Sponsor | null = null,
  isMdx = false,
  links?: SiteLinkResolver,
): Root {
  if (DEEP_LINE.test(body)) throw new RangeError('nesting');
  const visible = removeHidden(body, messages, { isMdx, hasSponsor: sponsor !== null, links });
  const source = shieldAddresses(repairLines(convertAdmonitions(visible), messages));
  const tree = parseMarkdown(source);
  if (mayHaveTags(body)) unshieldAddresses(tree);
  checkDepth(tree, 0);
  const has = (mark: string) => source.includes(mark);
  if (mayHaveMarkdownInHtml(source)) readMarkdownInHtml(tree);
  if (has(':::')) warnOfUnclosedDirectives(tree, source, messages);
  if (has(']:')) resolveReferences(tree);
  if (has('{')) removeAttributeLists(tree, source);
  if (has('<')) {
    normalizeRawHtml(tree, messages);
    readStruckHtml(tree);
  }
  if (has('[!') || has(':::')) readAlerts(tree, source);
  if (mayHaveHeadlessTables(source)) readHeadlessTables(tree);
  if (mayHaveDefinitions(source)) readDefinitions(tree);
  if (has('**')) repairEmphasis(tree, source);
  if (has('://')) linkBareUrls(tree);
  if (mayHaveAbbreviations(source)) readAbbreviations(tree);
  repairSoftBreaks(tree);
  repairLinks(tree, source, messages, links);
  trimBreaks(tree);
  if (has('[^')) numberFootnotes(tree);
  if (sponsor && has('{%'))
    placeSponsor(tree, sponsor, (text) => readMarkdown(text, messages, null, false, links));
  if (/[{]|<%|%7B|&#|&l/i.test(source)) reportTemplates(tree, source, messages);
  return tree;
}

function checkDepth(node: Nodes, depth: number): void {
  if (depth > MAX_DEPTH) throw new RangeError('nesting');
  if ('children' in node) for (const child of node.children) checkDepth(child as Nodes, depth + 1);
}
