/**
 * Reads `{{ ... }}`: Hugo's shortcodes (`{{< figure src="a.png" >}}`) and expressions of generators (`{{ site.title
 * }}`). Slots stay.
 */
import { splitSlots } from '../document/slot-syntax.ts';
import { blankOut } from './blank-out.ts';
import { calloutLine } from './callout-line.ts';
import { figure, video } from './media-shortcodes.ts';
import type { Rewrite } from './prose.ts';
import type { SiteText } from './site-text.ts';

const SHORTCODE = /\{\{([<%])-?\s*(\/?)\s*([\w./-]+)((?:(?!\{\{)[\s\S]){0,1000}?)-?[>%]\}\}/y;
/** A shortcode in comment marks is how a post shows a shortcode literally. */
const LITERAL = /\{\{([<%])\/\*([\s\S]{0,1000}?)\*\/[>%]\}\}/y;
const EXPRESSION = /\{\{[-~]?\s*([^{}]{1,300}?)\s*[-~]?\}\}/y;
/** Expressions of site templates: known first words, a filter, a call. */
const OF_SITES =
  /^(?:site|page|post|posts|config|layout|theme|paginator|collections?|pkg|eleventy|include|content|frontmatter|data|forloop|url_for|partial|toc)\b|^[.$'"]|\||\w\(/i;
const SILENT = new Set(['toc', 'more', 'section', 'summary']);
const BOXES = new Set(
  'notice admonition callout alert hint note tip info warning danger important caution details expand'.split(
    ' ',
  ),
);

export function readBraces(site: SiteText, at: number): Rewrite | null {
  if (site.text[at + 1] !== '{') return null;
  return literal(site, at) ?? shortcode(site, at) ?? expression(site, at);
}

function literal({ text }: SiteText, at: number): Rewrite | null {
  LITERAL.lastIndex = at;
  const [whole, sign = '', inner = ''] = LITERAL.exec(text) ?? [];
  if (whole === undefined) return null;
  const [open, close] = sign === '<' ? ['&lt;', '>'] : ['%', '%'];
  return { end: at + whole.length, text: `{{${open}${inner}${close}}}` };
}

function expression(site: SiteText, at: number): Rewrite | null {
  EXPRESSION.lastIndex = at;
  const [whole, inner = ''] = EXPRESSION.exec(site.text) ?? [];
  if (whole === undefined || !OF_SITES.test(inner)) return null;
  const end = at + whole.length;
  if (splitSlots(whole).some((part) => typeof part !== 'string')) return { end, text: whole };
  site.unknown(at, whole);
  return { end, text: blankOut(whole) };
}

function shortcode(site: SiteText, at: number): Rewrite | null {
  SHORTCODE.lastIndex = at;
  const [whole, , slash, written = '', rest = ''] = SHORTCODE.exec(site.text) ?? [];
  if (whole === undefined) return null;
  const end = at + whole.length;
  const name = written.toLowerCase();
  const args = rest.trim().replace(/\/$/, '');
  const made = slash === '/' ? null : madeOf(site, { at, end, name, args });
  if (made) return made;
  if (!SILENT.has(name)) site.unknown(at, whole);
  return { end, text: blankOut(whole) };
}

interface Shortcode {
  at: number;
  end: number;
  name: string;
  args: string;
}

function madeOf(site: SiteText, code: Shortcode): Rewrite | null {
  const html = figure(code.name, code.args) ?? video(code.name, code.args);
  // The comment makes it a block of HTML on its own line, so that the lines below are Markdown again.
  if (html !== null) return { end: code.end, text: `<!---->${html}` };
  return code.name === 'highlight' || BOXES.has(code.name) ? block(site, code) : null;
}

/** A pair of shortcodes on lines of their own: code, or a box. */
function block(site: SiteText, { at, end, name, args }: Shortcode): Rewrite | null {
  const { text, ends, closings } = site;
  const closing = ends.after(end, new RegExp(`\\{\\{[<%]-?\\s*/\\s*${name}\\s*-?[>%]\\}\\}`));
  if (!closing || !isAlone(text, at, end)) return null;
  const stop = closing.index + closing[0].length;
  const lines = blankOut(text.slice(at, end));
  if (name === 'highlight') {
    const language = /^["']?([\w+#-]+)/.exec(args)?.[1] ?? '';
    const fence = '`'.repeat(5);
    return { end: stop, text: fence + language + lines + text.slice(end, closing.index) + fence };
  }
  closings.set(closing.index, { end: stop, text: ':::' });
  return { end, text: calloutLine(name, args) + lines };
}

/** Whether there is nothing else on the lines of a range. */
const isAlone = (text: string, at: number, end: number): boolean =>
  /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, at - 40), at)) &&
  /^[ \t]*(?:\n|$)/.test(text.slice(end, end + 40));
