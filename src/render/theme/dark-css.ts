/**
 * Dark mode. Each rule with colours gets three dark counterparts: for programs that honour `prefers-color-scheme`; for
 * Outlook.com and its apps, which put `data-ogsc` (text) and `data-ogsb` (background) on elements they have darkened; and
 * for Thunderbird.
 */
import type { Declaration, Rule } from 'postcss';
import { mix } from './color.ts';
import type { Palette } from './theme.ts';

interface DarkRule {
  /** The classes that each selector of the rule needs. */
  classes: string[][];
  media: PlainRule[];
  outlook: PlainRule[];
  thunderbird: PlainRule[];
}

interface PlainRule {
  selectors: readonly string[];
  body: string;
}

/** Replaces `var(--name)` with the dark colours. */
type FillColors = (css: string, node: Declaration) => string;

/** The dark counterparts of the rules that have colours, in their order. */
export const darkRulesOf = (rules: readonly Rule[], fill: FillColors, dark: Palette): DarkRule[] =>
  rules.flatMap((rule) => darkRuleOf(rule, fill, dark));

function darkRuleOf(rule: Rule, fill: FillColors, { accent }: Palette): DarkRule[] {
  const colored = rule.nodes.filter((node) => node.type === 'decl').filter(hasColor);
  const colors = colored.map((node) => colorOf(node, fill));
  if (colors.length === 0) return [];
  return [
    {
      classes: rule.selectors.map((selector) => selector.match(/(?<=\.)[\w-]+/g) ?? []),
      media: [{ selectors: rule.selectors, body: written(colors) }],
      outlook: outlookRules(rule.selectors, colors),
      thunderbird: thunderbirdRules(rule.selectors, colors, accent),
    },
  ];
}

const hasColor = (node: Declaration): boolean =>
  /color|background|border/.test(node.prop) && node.value.includes('var(--');

interface Color {
  prop: string;
  /** The name of the value, such as `on-accent`. */
  name: string;
  value: string;
}

/** Only the colour of a border changes; its width and side are not repeated. */
function colorOf(node: Declaration, fill: FillColors): Color {
  const prop = node.prop.startsWith('border') ? 'border-color' : node.prop;
  const [color, name] = /var\(--([\w-]+)\)/.exec(node.value) as unknown as [string, string];
  return { prop, name, value: fill(color, node) };
}

const written = (colors: readonly Color[]): string =>
  colors.map(({ prop, value }) => `${prop}:${value}!important`).join(';');

const isBackground = ({ prop }: Color): boolean => prop.startsWith('background');

function outlookRules(selectors: readonly string[], colors: readonly Color[]): PlainRule[] {
  const marked = (mark: string, own: readonly Color[]): PlainRule[] =>
    own.length === 0
      ? []
      : [{ selectors: selectors.map((selector) => `[data-${mark}] ${selector}`), body: written(own) }];
  const others = colors.filter((color) => !isBackground(color));
  return [...marked('ogsb', colors.filter(isBackground)), ...marked('ogsc', others)];
}

/** Whether any of the rule's selectors can match in a mail with these classes. */
const isUsed = ({ classes }: DarkRule, used: ReadonlySet<string>): boolean =>
  classes.some((each) => each.every((name) => used.has(name)));

/** The CSS for `DARK_PLACEHOLDER`: `@media`, then Outlook.com. */
export function darkCss(rules: readonly DarkRule[], used: ReadonlySet<string>): string {
  const own = rules.filter((rule) => isUsed(rule, used));
  const media = css(own.flatMap((rule) => rule.media));
  return `@media (prefers-color-scheme:dark){\n${media}\n}\n${css(own.flatMap((rule) => rule.outlook))}`;
}

/** Merges neighbouring rules with the same body: Gmail drops all CSS beyond 16,384 characters. */
function css(rules: readonly PlainRule[]): string {
  const merged: { selectors: string[]; body: string }[] = [];
  for (const { selectors, body } of rules) {
    const last = merged.at(-1);
    if (last?.body === body) last.selectors.push(...selectors);
    else merged.push({ selectors: [...selectors], body });
  }
  return merged.map(({ selectors, body }) => `${selectors.join(',')}{${body}}`).join('\n');
}

/**
 * Thunderbird ignores `@media` inside `<style>` but obeys the element's `media` attribute. Roundcube drops the attribute
 * and would darken every mail, so each selector begins with a class that only Thunderbird puts around a mail.
 */
export function thunderbirdCss(rules: readonly DarkRule[], used: ReadonlySet<string>): string {
  const own = rules.filter((rule) => isUsed(rule, used)).flatMap((rule) => rule.thunderbird);
  return `<style media="(prefers-color-scheme:dark)">\n${css(own)}\n</style>`;
}

/** Thunderbird's dark mode removes lighter backgrounds, and darker text in rules without a background (0 to 255). */
const THUNDERBIRD_LIGHTNESS = 200;

function thunderbirdRules(
  selectors: readonly string[],
  colors: readonly Color[],
  accent: string,
): PlainRule[] {
  const own = selectors.filter((selector) => !/^(?:html|body)\b/.test(selector));
  if (own.length === 0) return [];
  const kept = colors.map((color) => ({ ...color, value: keptValue(color) }));
  const needsBackground = !colors.some(isBackground) && colors.some(({ name }) => name === 'on-accent');
  if (needsBackground) kept.push({ prop: 'background-color', name: 'accent', value: darkened(accent) });
  return [{ selectors: own.map((selector) => `.moz-text-html ${selector}`), body: written(kept) }];
}

/** A colour that Thunderbird leaves alone. Text on the accent stays as it is: its rule has that background. */
function keptValue(color: Color): string {
  if (isBackground(color)) return darkened(color.value);
  return color.prop === 'color' && color.name !== 'on-accent' ? brightened(color.value) : color.value;
}

const brightened = (color: string): string =>
  towards(color, '#ffffff', (light) => light > THUNDERBIRD_LIGHTNESS);
const darkened = (color: string): string =>
  towards(color, '#000000', (light) => light < THUNDERBIRD_LIGHTNESS);

function towards(color: string, goal: string, enough: (light: number) => boolean): string {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(color, goal, share);
    if (enough(thunderbirdLightness(mixed))) return mixed;
  }
  return goal;
}

/** Lightness as Thunderbird's DarkReader.mjs computes it, 0 to 255. */
export function thunderbirdLightness(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(mix(color, color, 0).slice(at, at + 2), 16));
  return 0.2125 * r! + 0.7154 * g! + 0.0721 * b!;
}
