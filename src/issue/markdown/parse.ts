/**
 * Markdown -> mdast: CommonMark, GFM tables, strikethrough, footnotes and task lists, CJK-friendly emphasis and
 * container directives (`:::qa`).
 *
 * Bare URLs are left to `bare-urls.ts`: GFM's rule swallows the Chinese text that follows a URL without a blank.
 * Text and leaf directives stay off: they would eat the `:30` of `12:30` and every `::name`. A single `~` is no
 * strikethrough: it stands in `1~2`, in file names and in image URLs.
 */
import type { Root } from 'mdast';
import { directiveFromMarkdown } from 'mdast-util-directive';
import { fromMarkdown } from 'mdast-util-from-markdown';
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

const COLON = 58;

const EXTENSIONS: Extension[] = [
  gfmFootnote(),
  gfmStrikethrough({ singleTilde: false }),
  gfmTable(),
  gfmTaskListItem(),
  cjkFriendlyExtension(),
  containerDirectives(),
];

export function parseMarkdown(body: string): Root {
  return fromMarkdown(body, {
    extensions: EXTENSIONS,
    mdastExtensions: [
      gfmFootnoteFromMarkdown(),
      gfmStrikethroughFromMarkdown(),
      gfmTableFromMarkdown(),
      gfmTaskListItemFromMarkdown(),
      directiveFromMarkdown(),
    ],
  });
}

/** The extension offers, for a colon in flow, the container first and the leaf second. */
function containerDirectives(): Extension {
  const constructs = directive().flow?.[COLON];
  const container: Construct | undefined = Array.isArray(constructs) ? constructs[0] : constructs;
  return container ? { flow: { [COLON]: [container] } } : {};
}
