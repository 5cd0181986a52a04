/**
 * Reads tags of Liquid, Nunjucks, Jinja and Hexo (`{% name ... %}`). Tags with a known result are evaluated
 * (`{% if false %}`, `{% raw %}`), boxes and code are converted, and all others are errors, since only the generator
 * knows what they show.
 */
import { blankOut } from './blank-out.ts';
import { calloutLine } from './callout-line.ts';
import type { Rewrite } from './prose.ts';
import type { SiteText } from './site-text.ts';

const TAG = /\{%-?\s*([\w-]+)((?:(?!\{%|%\})[\s\S]){0,1000}?)-?%\}/y;
/** Tags that show nothing. */
const SILENT = new Set('assign import from layout more endnomarkdown continue break'.split(' '));
/** Blocks that show nothing where they stand. */
const SILENT_BLOCKS = new Set(['capture', 'macro', 'set']);
/** Blocks whose content is shown as it is, including tags. */
const LITERAL = new Set(['raw', 'verbatim', 'nunjucks-raw']);
const CODE = new Set(['codeblock', 'code']);
const NOTES = new Set(['note', 'notel', 'callout', 'admonition', 'alert', 'tip', 'warning', 'info', 'hint']);
const INCLUDE_OF_SPONSOR = /^sponsors?\.(?:html|md)\b/;
/** Blocks whose content may be shown never, once or many times. */
const CONDITIONS = new Set(
  'for case if unless ifchanged tablerow while with block call filter switch'.split(' '),
);
const FIXED: Readonly<Record<string, boolean>> = {
  false: false,
  true: true,
  nil: false,
  null: false,
  none: false,
  'not true': false,
  'not false': true,
};

interface Tag {
  at: number;
  end: number;
  name: string;
  args: string;
  whole: string;
}

export class TemplateTags {
  readonly #site: SiteText;
  constructor(site: SiteText) {
    this.#site = site;
  }

  read(at: number): Rewrite | null {
    const tag = this.#tagAt(at);
    if (!tag) return kramdownTag(this.#site, at);
    const { name, args } = tag;
    if (name === 'if' || name === 'unless') return this.#condition(tag);
    if (LITERAL.has(name)) return this.#literal(tag);
    if (name === 'highlight') return this.#highlight(tag);
    if (CODE.has(name)) return this.#code(tag);
    if (name === 'include' && this.#site.hasSponsor && INCLUDE_OF_SPONSOR.test(args))
      return this.#kept(tag, tag.end);
    if (SILENT.has(name) || (name === 'set' && args.includes('='))) return this.#gone(tag, tag.end);
    if (SILENT_BLOCKS.has(name)) return this.#gone(tag, this.#blockEnd(tag)?.end ?? this.#rest(tag));
    if (NOTES.has(name) && this.#isAlone(tag)) return this.#note(tag);
    return this.#unknown(tag);
  }

  #tagAt(at: number): Tag | null {
    TAG.lastIndex = at;
    const [whole, name = '', args = ''] = TAG.exec(this.#site.text) ?? [];
    if (whole === undefined) return null;
    return { at, end: at + whole.length, name: name.toLowerCase(), args: args.trim(), whole };
  }

  #gone({ at }: Tag, end: number): Rewrite {
    return { end, text: blankOut(this.#site.text.slice(at, end)) };
  }

  #kept({ at }: Tag, end: number): Rewrite {
    return { end, text: this.#site.text.slice(at, end) };
  }

  /** The generator may show the content between the tags never or twice, so it is left out with them. */
  #unknown(tag: Tag): Rewrite {
    this.#site.unknown(tag.at, tag.whole);
    const end = CONDITIONS.has(tag.name) ? this.#blockEnd(tag)?.end : undefined;
    return this.#gone(tag, end ?? tag.end);
  }

  #rest(tag: Tag): number {
    this.#site.unclosed(tag.at, tag.whole);
    return this.#site.text.length;
  }

  /** The tag that ends a block, past blocks of its own name inside. */
  #blockEnd({ name, end }: Tag): { at: number; end: number } | null {
    const { text, ends } = this.#site;
    if (!ends.after(end, endOf(name))) return null;
    const pattern = new RegExp(`\\{%-?\\s*(end)?${name}\\b[^%]*%\\}`, 'g');
    pattern.lastIndex = end;
    let depth = 1;
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
      depth += found[1] ? -1 : 1;
      if (depth === 0) return { at: found.index, end: found.index + found[0].length };
    }
    return null;
  }

  /** Removes the tags and keeps the text between them as it is. */
  #literal(tag: Tag): Rewrite {
    const closing = this.#site.ends.after(tag.end, endOf(tag.name));
    if (!closing) return this.#gone(tag, this.#rest(tag));
    const end = closing.index + closing[0].length;
    return { end, text: blankOut(tag.whole) + this.#site.text.slice(tag.end, closing.index) };
  }

  /** On lines of its own, `repair-lines.ts` makes it a fence later; within a line it becomes a code span. */
  #highlight(tag: Tag): Rewrite {
    const closing = this.#site.ends.after(tag.end, endOf(tag.name));
    if (!closing) return this.#unknown(tag);
    const end = closing.index + closing[0].length;
    const code = this.#site.text.slice(tag.end, closing.index);
    return code.includes('\n') ? this.#kept(tag, end) : { end, text: `\`\` ${code.trim()} \`\`` };
  }

  #code(tag: Tag): Rewrite {
    const closing = this.#site.ends.after(tag.end, endOf(tag.name));
    if (!closing || !this.#isAlone(tag)) return this.#unknown(tag);
    const end = closing.index + closing[0].length;
    const language = /\blang:([\w+#-]+)/.exec(tag.args)?.[1] ?? '';
    const code = this.#site.text.slice(tag.end, closing.index);
    return { end, text: `\`\`\`\`\`${language}${blankOut(tag.whole)}${code}\`\`\`\`\`` };
  }

  #note(tag: Tag): Rewrite {
    const block = this.#blockEnd(tag);
    if (!block) return this.#unknown(tag);
    this.#site.closings.set(block.at, { end: block.end, text: ':::' });
    return { end: tag.end, text: calloutLine(tag.name, tag.args) + blankOut(tag.whole) };
  }

  #isAlone({ at, end }: Tag): boolean {
    const { text } = this.#site;
    return (
      /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, at - 40), at)) &&
      /^[ \t]*(?:\n|$)/.test(text.slice(end, end + 40))
    );
  }

  /** Continues after the tag of the branch that is shown; the rest of the block is removed when it is reached. */
  #condition(tag: Tag): Rewrite {
    const block = branchesOf(this.#site.text, tag);
    if (!block) return this.#gone(tag, this.#rest(tag));
    const branch = visibleBranch(block.branches);
    if (branch === undefined) this.#site.unknown(tag.at, tag.whole);
    if (!branch) return this.#gone(tag, block.end);
    this.#site.skips.set(branch.to, block.end);
    return this.#gone(tag, branch.from);
  }
}

const endOf = (name: string): RegExp => new RegExp(`\\{%-?\\s*end${name}\\s*-?%\\}`);

interface Branch {
  /** Null: `else`. */
  condition: string | null;
  isNegated: boolean;
  from: number;
  to: number;
}

const BRANCH =
  /\{%-?\s*(if|unless|elsif|elif|elseif|else|endif|endunless)\b((?:(?!%\})[\s\S]){0,300}?)-?%\}/g;

/** The branches of a condition, and where it ends; null when nothing ends it. */
function branchesOf(text: string, { name, args, end }: Tag): { branches: Branch[]; end: number } | null {
  const branches: Branch[] = [{ condition: args, isNegated: name === 'unless', from: end, to: end }];
  let depth = 0;
  BRANCH.lastIndex = end;
  for (let found = BRANCH.exec(text); found; found = BRANCH.exec(text)) {
    const [whole, word = '', condition = ''] = found;
    if (word === 'if' || word === 'unless') depth++;
    else if (depth > 0) depth -= word.startsWith('end') ? 1 : 0;
    else {
      branches.at(-1)!.to = found.index;
      const next = found.index + whole.length;
      if (word.startsWith('end')) return { branches, end: next };
      branches.push({
        condition: word === 'else' ? null : condition.trim(),
        isNegated: false,
        from: next,
        to: next,
      });
    }
  }
  return null;
}

/** Null: none is shown. Undefined: only the generator knows. */
function visibleBranch(branches: readonly Branch[]): Branch | null | undefined {
  for (const branch of branches) {
    const value = branch.condition === null ? true : FIXED[branch.condition.toLowerCase()];
    if (value === undefined) return undefined;
    if (value !== branch.isNegated) return branch;
  }
  return null;
}

/** `{::nomarkdown}...{:/nomarkdown}`: the tags are removed, and their content is HTML. */
function kramdownTag({ text, ends, skips }: SiteText, at: number): Rewrite | null {
  if (!text.startsWith('{::nomarkdown', at)) return null;
  const opening = ends.after(at, /\}/);
  const closing = opening && ends.after(opening.index, /\{:\/(?:nomarkdown)?\}/);
  if (!opening || !closing) return null;
  skips.set(closing.index, closing.index + closing[0].length);
  return { end: opening.index + 1, text: '' };
}
