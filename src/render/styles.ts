/** A theme's `content.css` -> CSS that mail programs understand. */
import postcss, { type AtRule, type Declaration, type Rule } from 'postcss';
import { Refused } from '../errors.ts';
import { readableOn, softOf } from './color.ts';
import type { EmailFiles } from './emails.ts';
import type { Palette, Theme } from './theme.ts';
import { themeFile } from './theme-files.ts';

export interface MailStyles {
  /** Goes into style attributes. */
  inline: string;
  /** Stays in the head: media queries, pseudo-classes, and the place of the dark twins. */
  head: string;
  /** The dark twins of the rules with colours, of those whose classes the mail uses. */
  dark: (used: ReadonlySet<string>) => string;
}

/** Stands in the head until the mail is made and it is known which classes it uses. */
export const DARK_PLACE = '#dark-twins{}';

/** Reads the `content.css` of a theme for one direction. Throws Refused('template') with file and line. */
export function mailStyles(emails: EmailFiles, theme: Theme, direction: 'ltr' | 'rtl'): MailStyles {
  const path = themeFile(emails, theme.name, 'content.css');
  const file = emails.name(path);
  const { rules, others } = parse(emails.need(path), file);
  const light = values(theme, theme.light);
  const write = (node: Rule | AtRule): string =>
    physical(fill(node.toString(), light, file, node), direction);
  const dark = values(theme, theme.dark);
  const twins = rules.flatMap((rule) => twinOf(rule, dark, file));
  return {
    inline: rules.map(write).join('\n'),
    head: `${others.map(write).join('\n')}\n${DARK_PLACE}`,
    dark: (used) => darkCss(twins.filter((twin) => isUsed(twin, used))),
  };
}

function parse(css: string, file: string): { rules: Rule[]; others: (Rule | AtRule)[] } {
  const nodes = parsed(css, file).nodes.filter((node) => node.type !== 'comment') as (Rule | AtRule)[];
  const isInline = (node: Rule | AtRule): node is Rule =>
    node.type === 'rule' && !/:(?!first-child|last-child)/.test(node.selector);
  return { rules: nodes.filter(isInline), others: nodes.filter((node) => !isInline(node)) };
}

function parsed(css: string, file: string): postcss.Root {
  try {
    return postcss.parse(css);
  } catch (error) {
    if (!(error instanceof postcss.CssSyntaxError)) throw error;
    throw new Refused('template', `${file}:${error.line ?? 1}: ${error.reason}`, { cause: error });
  }
}

type Values = Readonly<Record<string, string>>;

/** What `var(--name)` means: the palette, the fonts, and colours made from them. */
export function values(theme: Theme, palette: Palette): Values {
  const on = (color: string): string => readableOn(color, palette.tint);
  const colors: Values = {
    ...palette,
    onAccent: palette.onAccent,
    soft: softOf(palette),
    warning: on('#b45309'),
    codeKeyword: on('#a626a4'),
    codeString: on('#1f7a3d'),
    codeName: on('#2f5fc4'),
    codeNumber: on('#a8540a'),
  };
  const dashed = Object.entries(colors).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    value,
  ]);
  return { ...Object.fromEntries(dashed), font: theme.font, 'code-font': theme.codeFont };
}

function fill(css: string, known: Values, file: string, at: Rule | AtRule | Declaration): string {
  return css.replace(/var\(--([\w-]+)\)/g, (_, name: string) => {
    const value = known[name];
    if (value !== undefined) return value;
    const line = at.source?.start?.line ?? 1;
    throw new Refused('template', `${file}:${line}: there is no value "--${name}"`);
  });
}

/** Mail programs do not know logical properties. */
function physical(css: string, direction: 'ltr' | 'rtl'): string {
  const [start, end] = direction === 'ltr' ? ['left', 'right'] : ['right', 'left'];
  return css
    .replace(/inline-start/g, start)
    .replace(/inline-end/g, end)
    .replace(/text-align:\s*(start|end)/g, (_, side) => `text-align: ${side === 'start' ? start : end}`);
}

/**
 * A rule's colours in the dark. Twice the same: for programs that honour `prefers-color-scheme`, and for
 * Outlook.com and its apps, which put `data-ogsc` (text) and `data-ogsb` (background) on what they have darkened.
 */
interface Twin {
  /** The classes that each selector of the rule needs. */
  classes: string[][];
  media: string;
  outlook: string;
}

function twinOf(rule: Rule, dark: Values, file: string): Twin[] {
  const painted = rule.nodes.filter((node) => node.type === 'decl').filter(isPainted);
  const texts = painted.map((node) => important(node, dark, file));
  if (texts.length === 0) return [];
  const outlook = ['ogsb', 'ogsc'].flatMap((mark) => {
    const own = texts.filter((text) => text.startsWith('background') === (mark === 'ogsb'));
    const marked = rule.selectors.map((selector) => `[data-${mark}] ${selector}`);
    return own.length > 0 ? [`${marked.join(',')}{${own.join(';')}}`] : [];
  });
  return [
    {
      classes: rule.selectors.map((selector) => selector.match(/(?<=\.)[\w-]+/g) ?? []),
      media: `${rule.selectors.join(',')}{${texts.join(';')}}`,
      outlook: outlook.join('\n'),
    },
  ];
}

/** Whether any of the rule's selectors can match in a mail with these classes. */
const isUsed = ({ classes }: Twin, used: ReadonlySet<string>): boolean =>
  classes.some((each) => each.every((name) => used.has(name)));

function darkCss(twins: readonly Twin[]): string {
  const media = twins.map((twin) => twin.media).join('\n');
  return `@media (prefers-color-scheme:dark){\n${media}\n}\n${twins.map((twin) => twin.outlook).join('\n')}`;
}

const isPainted = (node: Declaration): boolean =>
  /color|background|border/.test(node.prop) && node.value.includes('var(--');

/** Only the colour of a border changes, so its width and side need no repeating. */
function important(node: Declaration, dark: Values, file: string): string {
  const prop = node.prop.startsWith('border') ? 'border-color' : node.prop;
  const color = /var\(--[\w-]+\)/.exec(node.value)![0];
  return `${prop}:${fill(color, dark, file, node)}!important`;
}
