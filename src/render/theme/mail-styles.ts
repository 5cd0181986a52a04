/** Turns a theme's `content.css` into CSS that mail programs understand. */
import type { AtRule, Declaration, Rule } from 'postcss';
import { Refused } from '../../errors.ts';
import { readableOn, softTint } from './color.ts';
import { darkCss, darkRulesOf, thunderbirdCss } from './dark-css.ts';
import type { EmailFiles } from './email-files.ts';
import { outlookFonts } from './outlook-fonts.ts';
import type { Palette, Theme } from './theme.ts';
import { readThemeCss } from './theme-css.ts';

interface MailStyles {
  /** For style attributes. */
  inline: string;
  /** For the head: media queries, pseudo-classes, and the placeholder for dark rules. */
  head: string;
  late: LateStyles;
}

/** Styles that are added after inlining, when the classes that the mail uses are known. */
export interface LateStyles {
  /** The dark rules for `DARK_PLACEHOLDER`. */
  dark: (used: ReadonlySet<string>) => string;
  /** Elements for the end of the head: Thunderbird's dark mode and Outlook's fonts. */
  head: (used: ReadonlySet<string>) => string;
}

/** Replaced in the head once it is known which classes the mail uses. */
export const DARK_PLACEHOLDER = '#dark-rules{}';

/** Reads the `content.css` of a theme for one direction. Throws Refused('template') with file and line. */
export function mailStyles(emails: EmailFiles, theme: Theme, direction: 'ltr' | 'rtl'): MailStyles {
  const { nodes, fileOf } = readThemeCss(emails, theme.name, 'content.css');
  const isInline = (node: Rule | AtRule): node is Rule =>
    node.type === 'rule' && !/:(?!first-child|last-child)/.test(node.selector);
  const rules = nodes.filter(isInline);
  const others = nodes.filter((node) => !isInline(node));
  const light = cssValues(theme, theme.light);
  const write = (node: Rule | AtRule): string =>
    physical(fill(node.toString(), light, fileOf(node), node), direction);
  const dark = cssValues(theme, theme.dark);
  const darkRules = darkRulesOf(rules, (css, node) => fill(css, dark, fileOf(node), node), theme.dark);
  const fonts = outlookFonts(theme);
  return {
    inline: rules.map(write).join('\n'),
    head: `${others.map(write).map(tight).join('\n')}\n${DARK_PLACEHOLDER}`,
    late: {
      dark: (used) => darkCss(darkRules, used),
      head: (used) => thunderbirdCss(darkRules, used) + fonts,
    },
  };
}

/** One line for each rule. */
const tight = (css: string): string =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;\}/g, '}');

/** A grey on which both black and white are visible. */
const GREY = '#a4abb5';

type Values = Readonly<Record<string, string>>;

/** The values of `var(--name)`: the palette, colours made from it, fonts, and the typography of titles. */
export function cssValues(theme: Theme, palette: Palette): Values {
  const on = (color: string): string => readableOn(color, palette.tint);
  const colors: Values = {
    ...palette,
    soft: softTint(palette.surface, palette.accent),
    markSoft: softTint(palette.surface, palette.mark),
    warning: on('#b45309'),
    codeKeyword: on('#a626a4'),
    codeString: on('#1f7a3d'),
    codeName: on('#2f5fc4'),
    codeNumber: on('#a8540a'),
    grey: GREY,
    darkBorder: theme.dark.border,
  };
  const dashed = Object.entries(colors).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    value,
  ]);
  return {
    ...Object.fromEntries(dashed),
    font: theme.font,
    'code-font': theme.codeFont,
    'title-line': theme.square ? '1.3' : '1.15',
    'title-tracking': theme.square ? '0' : '-0.02em',
  };
}

function fill(css: string, known: Values, file: string, at: Rule | AtRule | Declaration): string {
  return css.replace(/var\(--([\w-]+)\)/g, (_, name: string) => {
    const value = known[name];
    if (value !== undefined) return value;
    const line = at.source?.start?.line ?? 1;
    throw new Refused('template', `${file}:${line}: there is no value "--${name}"`);
  });
}

/** Mail programs do not understand logical properties. */
function physical(css: string, direction: 'ltr' | 'rtl'): string {
  const [start, end] = direction === 'ltr' ? ['left', 'right'] : ['right', 'left'];
  return css
    .replace(/inline-start/g, start)
    .replace(/inline-end/g, end)
    .replace(/text-align:\s*(start|end)/g, (_, side) => `text-align: ${side === 'start' ? start : end}`);
}
