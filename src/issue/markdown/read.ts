/** The body of an issue -> an mdast tree that says what its editor meant. */
import type { Nodes, Root } from 'mdast';
import type { Remarks } from '../document/messages.ts';
import { withoutHidden } from '../site/hidden.ts';
import type { SiteLinks } from '../targets/site-links.ts';
import { tameHtml } from './html/tame.ts';
import { boxLines } from './lines/box-lines.ts';
import { mendLines } from './lines/repair-lines.ts';
import { parseMarkdown } from './parse/parse.ts';
import { mayAbbreviate, readAbbreviations } from './passes/abbreviations.ts';
import { readAlerts } from './passes/alerts.ts';
import { takeAttributeLists } from './passes/attribute-lists.ts';
import { linkBareUrls } from './passes/bare-urls.ts';
import { mayDefine, readDefinitions } from './passes/definition-lists.ts';
import { remarkUnclosed } from './passes/directive-ends.ts';
import { mendEmphasis } from './passes/emphasis.ts';
import { numberFootnotes } from './passes/footnotes.ts';
import { mayBeTable, readHeadlessTables } from './passes/headless-tables.ts';
import { mayHoldMarkdown, readMarkdownInside } from './passes/markdown-inside.ts';
import { resolveReferences } from './passes/references.ts';
import { mendLinks } from './passes/repair-links.ts';
import { mayHoldTags, shieldTargets, unshield } from './passes/shield.ts';
import { mendSoftBreaks } from './passes/soft-breaks.ts';
import { placeSponsor, type Sponsor } from './passes/sponsor-include.ts';
import { strikeOut } from './passes/struck.ts';
import { remarkTemplates } from './passes/templates.ts';
import { trimBreaks } from './passes/trim.ts';

/** Deeper nesting is nobody's letter. */
const MAX_DEPTH = 100;
const DEEP_LINE = /^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){101}/m;

/** `isMdx`: the file holds components and expressions beside its Markdown. */
export function readMarkdown(
  body: string,
  remarks: Remarks,
  sponsor: Sponsor | null = null,
  isMdx = false,
  links?: SiteLinks,
): Root {
  if (DEEP_LINE.test(body)) throw new RangeError('nesting');
  const shown = withoutHidden(body, remarks, { isMdx, hasSponsor: sponsor !== null, links });
  const source = shieldTargets(mendLines(boxLines(shown), remarks));
  const tree = parseMarkdown(source);
  if (mayHoldTags(body)) unshield(tree);
  checkDepth(tree, 0);
  const has = (mark: string) => source.includes(mark);
  if (mayHoldMarkdown(source)) readMarkdownInside(tree);
  if (has(':::')) remarkUnclosed(tree, source, remarks);
  if (has(']:')) resolveReferences(tree);
  if (has('{')) takeAttributeLists(tree, source);
  if (has('<')) {
    tameHtml(tree, remarks);
    strikeOut(tree);
  }
  if (has('[!') || has(':::')) readAlerts(tree, source);
  if (mayBeTable(source)) readHeadlessTables(tree);
  if (mayDefine(source)) readDefinitions(tree);
  if (has('**')) mendEmphasis(tree, source);
  if (has('://')) linkBareUrls(tree);
  if (mayAbbreviate(source)) readAbbreviations(tree);
  mendSoftBreaks(tree);
  mendLinks(tree, source, remarks, links);
  trimBreaks(tree);
  if (has('[^')) numberFootnotes(tree);
  if (sponsor && has('{%'))
    placeSponsor(tree, sponsor, (text) => readMarkdown(text, remarks, null, false, links));
  if (/[{]|<%|%7B|&#|&l/i.test(source)) remarkTemplates(tree, source, remarks);
  return tree;
}

function checkDepth(node: Nodes, depth: number): void {
  if (depth > MAX_DEPTH) throw new RangeError('nesting');
  if ('children' in node) for (const child of node.children) checkDepth(child as Nodes, depth + 1);
}
