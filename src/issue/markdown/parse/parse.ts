/**
 * Markdown -> mdast: CommonMark, GFM tables, strikethrough, footnotes and task lists, CJK-friendly emphasis and
 * container directives (`:::qa`).
 *
 * Bare URLs are left to `bare-urls.ts`: GFM's rule swallows the Chinese text that follows a URL without a space.
 * Text and leaf directives stay off: they would eat the `:30` of `12:30` and every `::name`. A single `~` strikes
 * nothing out, since it occurs in `1~2`, in file names and in image URLs.
 */
import type { Root } from 'mdast';
import { directiveFromMarkdown } from 'mdast-util-directive';
import { type Extension as FromMarkdown, fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFootnoteFromMarkdown } from 'mdast-util-gfm-footnote';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item';
import { cjkFriendlyExtension } from 'micromark-extension-cjk-friendly';
import { directive } from 'micromark-extension-directive';
import { gfmFootnote } from 'micromark-extension-gfm-footnote';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item';
import type { Construct, Extension } from 'micromark-util-types';
import { altTextExtension } from './alt-text.ts';

const COLON = 58;

/**
 * Each costs time on every paragraph, so it is enabled only where its syntax may occur. `isUsed` may have false
 * positives but no false negatives.
 */
const OPTIONAL: readonly { isUsed: (body: string) => boolean; syntax: Extension; tree: FromMarkdown }[] = [
  { isUsed: (body) => body.includes('[^'), syntax: gfmFootnote(), tree: gfmFootnoteFromMarkdown() },
  {
    isUsed: (body) => body.includes('~~'),
    syntax: gfmStrikethrough({ singleTilde: false }),
    tree: gfmStrikethroughFromMarkdown(),
  },
  // A row of dashes with a pipe or colon beside one of them.
  {
    isUsed: (body) => /[|:][ \t]*-|-[ \t]*[|:]/.test(body),
    syntax: gfmTable(),
    tree: gfmTableFromMarkdown(),
  },
  {
    isUsed: (body) => /\[[\sxX]\]/.test(body),
    syntax: gfmTaskListItem(),
    tree: gfmTaskListItemFromMarkdown(),
  },
  { isUsed: (body) => body.includes(':::'), syntax: containerDirectives(), tree: directiveFromMarkdown() },
];
const CJK = cjkFriendlyExtension();
/** Combined extensions, by which of the optional ones are used. */
const COMBINED = new Map<string, { extensions: Extension[]; mdastExtensions: FromMarkdown[] }>();

export function parseMarkdown(body: string): Root {
  return fromMarkdown(body, optionsFor(OPTIONAL.filter(({ isUsed }) => isUsed(body))));
}

function optionsFor(used: readonly (typeof OPTIONAL)[number][]) {
  const key = OPTIONAL.map((each) => (used.includes(each) ? 'x' : '-')).join('');
  const known = COMBINED.get(key);
  if (known) return known;
  const options = {
    extensions: [...used.map(({ syntax }) => syntax), CJK],
    mdastExtensions: [...used.map(({ tree }) => tree), altTextExtension],
  };
  COMBINED.set(key, options);
  return options;
}

/** For a colon in flow, the library's extension lists the container first and the leaf second. */
function containerDirectives(): Extension {
  const constructs = directive().flow?.[COLON];
  const container: Construct | undefined = Array.isArray(constructs) ? constructs[0] : constructs;
  return container ? { flow: { [COLON]: [container] } } : {};
}
