/** Removes comments of template languages and note-taking tools (`{% comment %}`, `{# x #}`, `%%x%%`). */
import { blankOut } from './blank-out.ts';
import type { Rewrite } from './prose.ts';
import type { SiteText } from './site-text.ts';

interface Comment {
  /** Matches at the given place only. */
  open: RegExp;
  end: RegExp;
  /** It is a comment only where it is closed. Without this, an unclosed comment hides the rest. */
  isLoose?: boolean;
}

const COMMENTS: readonly Comment[] = [
  // Liquid (Jekyll, Eleventy), and its `doc`.
  { open: /\{%-?\s*comment\b[^%]*%\}/y, end: /\{%-?\s*endcomment\s*-?%\}/ },
  { open: /\{%-?\s*doc\s*-?%\}/y, end: /\{%-?\s*enddoc\s*-?%\}/ },
  { open: /\{%-?\s*#/y, end: /%\}/, isLoose: true },
  // Nunjucks, Jinja, Twig; `{#id}` and `{#id .class}` are attribute lists.
  { open: /\{#(?![^{}\n]*[^#{}\n]\})/y, end: /#\}/, isLoose: true },
  // kramdown.
  { open: /\{::comment[^}/]*\}/y, end: /\{:\/(?:comment)?\}/ },
  { open: /\{::options\b[^}]*/y, end: /\}/, isLoose: true },
  // Go templates, Handlebars, MDX.
  { open: /\{\{-?\s*\/\*/y, end: /\*\/\s*-?\}\}/, isLoose: true },
  { open: /\{\{!--/y, end: /--\}\}/, isLoose: true },
  { open: /\{\{!/y, end: /\}\}/, isLoose: true },
  { open: /\{\/\*/y, end: /\*\/\s*\}/, isLoose: true },
  // EJS, ERB.
  { open: /<%#/y, end: /-?%>/, isLoose: true },
  // Hugo's themes.
  { open: /\{\{[<%]-?\s*comment\s*[>%]\}\}/y, end: /\{\{[<%]\s*\/\s*comment\s*[>%]\}\}/ },
];
/** Obsidian's `%%comment%%`, unless a word or number precedes it. Over several lines only from the start of a line. */
const PERCENTS = /%%(?!%)/y;

export function readComment(site: SiteText, at: number): Rewrite | null {
  const { text, ends } = site;
  if (text[at] === '%') return percents(site, at);
  for (const { open, end, isLoose } of COMMENTS) {
    open.lastIndex = at;
    const opening = open.exec(text);
    if (!opening) continue;
    const closing = ends.after(at + opening[0].length, end);
    if (!closing && isLoose) continue;
    if (!closing) site.unclosed(at, opening[0]);
    const to = closing ? closing.index + closing[0].length : text.length;
    return { end: to, text: blankOut(text.slice(at, to)) };
  }
  return null;
}

function percents({ text, ends }: SiteText, at: number): Rewrite | null {
  PERCENTS.lastIndex = at;
  if (!PERCENTS.test(text) || /[\w%.)\]}]/.test(text[at - 1] ?? '')) return null;
  const closing = ends.after(at + 2, /%%(?!%)/);
  const inner = closing ? text.slice(at + 2, closing.index) : '';
  const isAtStart = text.slice(text.lastIndexOf('\n', at) + 1, at).trim() === '';
  if (!closing || inner === '' || (inner.includes('\n') && !isAtStart)) return null;
  const end = closing.index + 2;
  return { end, text: blankOut(text.slice(at, end)) };
}
