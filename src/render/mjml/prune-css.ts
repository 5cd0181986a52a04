/**
 * Removes rules of `<mj-style inline="inline">` that cannot match anything in the mail before it is compiled: inlining
 * searches the whole mail for each selector and takes longer than everything else MJML does.
 */
import postcss from 'postcss';

const INLINE = /(<mj-style inline="inline">)([\s\S]*?)(?=<\/mj-style>)/g;

/** Tags that MJML adds itself. */
const MJML_TAGS = new Set(['html', 'body', 'div', 'table', 'tbody', 'tr', 'td', 'img', 'a', 'p']);
/** Selectors such as `.flow > p:first-child`. Rules with any others are kept. */
const UNDERSTOOD = /^[\w.\s>+~-]*(?::(?:first|last)-child[\w.\s>+~-]*)*$/;

/** MJML that compiles to the same HTML, with fewer rules. */
export function pruneCss(mjml: string): string {
  if (!mjml.includes('<mj-style inline="inline">')) return mjml;
  const classes = new Set<string>();
  for (const [, names] of mjml.matchAll(/\bclass="([^"]*)"/g))
    for (const name of names!.split(/\s+/)) classes.add(name);
  const tags = new Set([...mjml.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, tag]) => tag!));
  const matches = ({ classes: needed, tags: named }: Selector): boolean =>
    needed.every((name) => classes.has(name) || /^mj-|-outlook$/.test(name)) &&
    named.every((tag) => tags.has(tag) || MJML_TAGS.has(tag));
  return mjml.replace(INLINE, (_, open: string, css: string) => {
    const rules = rulesOf(css).map((rule) => {
      if (typeof rule === 'string') return rule;
      const kept = rule.selectors.filter((selector) => typeof selector === 'string' || matches(selector));
      return kept.length > 0 ? `${kept.map(textOf).join(',')}{${rule.body}}` : '';
    });
    // Keeps the number of lines, because faults are reported by line.
    return open + rules.join('') + '\n'.repeat(css.split('\n').length - 1);
  });
}

interface Selector {
  text: string;
  classes: string[];
  tags: string[];
}

/** Strings are kept as they are. */
type Rule = string | { selectors: (string | Selector)[]; body: string };

const textOf = (selector: string | Selector): string =>
  typeof selector === 'string' ? selector : selector.text;

/** A theme's CSS is the same for every mail, so it is parsed once. */
const known = new Map<string, Rule[]>();
const MAX_KNOWN = 8;

function rulesOf(css: string): Rule[] {
  const rules = known.get(css) ?? read(css);
  known.delete(css);
  known.set(css, rules);
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN) known.delete(oldest!);
  return rules;
}

function read(css: string): Rule[] {
  return postcss.parse(css).nodes.flatMap((node): Rule[] => {
    if (node.type === 'comment') return [];
    if (node.type !== 'rule') return [node.toString()];
    const body = node.nodes
      .filter(({ type }) => type === 'decl')
      .map(String)
      .join(';');
    return [{ selectors: node.selectors.map(selectorOf), body }];
  });
}

function selectorOf(text: string): string | Selector {
  if (!UNDERSTOOD.test(text)) return text;
  const plain = text.replace(/:(?:first|last)-child/g, '');
  const tags = [...plain.matchAll(/(?<![\w.-])[a-z][a-z0-9]*/g)].map(([tag]) => tag);
  return { text, classes: plain.match(/(?<=\.)[\w-]+/g) ?? [], tags };
}
