/**
 * A rule's colours in the dark, three times: for programs that honour `prefers-color-scheme`; for Outlook.com and its
 * apps, which put `data-ogsc` (text) and `data-ogsb` (background) on what they have darkened; and for Thunderbird.
 */
import type { Declaration, Rule } from 'postcss';
import { mix } from './color.ts';
import type { Palette } from './theme.ts';

export interface DarkRule {
  /** The classes that each selector of the rule needs. */
  classes: string[][];
  media: Dark[];
  outlook: Dark[];
  thunderbird: Dark[];
}

/** One rule. */
interface Dark {
  selectors: readonly string[];
  body: string;
}

/** Fills `var(--name)` with the dark colours. */
type Fill = (css: string, node: Declaration) => string;

/** The twins of the rules that have colours, in their order. */
export const darkRulesOf = (rules: readonly Rule[], fill: Fill, dark: Palette): DarkRule[] =>
  rules.flatMap((rule) => twinOf(rule, fill, dark));

function twinOf(rule: Rule, fill: Fill, { accent }: Palette): DarkRule[] {
  const painted = rule.nodes.filter((node) => node.type === 'decl').filter(isPainted);
  const colors = painted.map((node) => colorOf(node, fill));
  if (colors.length === 0) return [];
  return [
    {
      classes: rule.selectors.map((selector) => selector.match(/(?<=\.)[\w-]+/g) ?? []),
      media: [{ selectors: rule.selectors, body: written(colors) }],
      outlook: outlookTwin(rule.selectors, colors),
      thunderbird: thunderbirdTwin(rule.selectors, colors, accent),
    },
  ];
}

const isPainted = (node: Declaration): boolean =>
  /color|background|border/.test(node.prop) && node.value.includes('var(--');

interface Color {
  prop: string;
  /** The name of the value, such as `on-accent`. */
  name: string;
  value: string;
}

/** Only the colour of a border changes, so its width and side need no repeating. */
function colorOf(node: Declaration, fill: Fill): Color {
  const prop = node.prop.startsWith('border') ? 'border-color' : node.prop;
  const [color, name] = /var\(--([\w-]+)\)/.exec(node.value) as unknown as [string, string];
  return { prop, name, value: fill(color, node) };
}

const written = (colors: readonly Color[]): string =>
  colors.map(({ prop, value }) => `${prop}:${value}!important`).join(';');

const isGround = ({ prop }: Color): boolean => prop.startsWith('background');

function outlookTwin(selectors: readonly string[], colors: readonly Color[]): Dark[] {
  const marked = (mark: string, own: readonly Color[]): Dark[] =>
    own.length === 0
      ? []
      : [{ selectors: selectors.map((selector) => `[data-${mark}] ${selector}`), body: written(own) }];
  const others = colors.filter((color) => !isGround(color));
  return [...marked('ogsb', colors.filter(isGround)), ...marked('ogsc', others)];
}

/** Whether any of the rule's selectors can match in a mail with these classes. */
const isUsed = ({ classes }: DarkRule, used: ReadonlySet<string>): boolean =>
  classes.some((each) => each.every((name) => used.has(name)));

/** For the place of the dark twins: `@media`, then Outlook.com. */
export function darkCss(twins: readonly DarkRule[], used: ReadonlySet<string>): string {
  const own = twins.filter((twin) => isUsed(twin, used));
  const media = css(own.flatMap((twin) => twin.media));
  return `@media (prefers-color-scheme:dark){\n${media}\n}\n${css(own.flatMap((twin) => twin.outlook))}`;
}

/** Neighbours that say the same are one rule: beyond 16,384 characters of CSS Gmail takes all of it away. */
function css(rules: readonly Dark[]): string {
  const merged: { selectors: string[]; body: string }[] = [];
  for (const { selectors, body } of rules) {
    const last = merged.at(-1);
    if (last?.body === body) last.selectors.push(...selectors);
    else merged.push({ selectors: [...selectors], body });
  }
  return merged.map(({ selectors, body }) => `${selectors.join(',')}{${body}}`).join('\n');
}

/**
 * Thunderbird ignores `@media` inside `<style>` and obeys the element's `media`. Roundcube drops that attribute, and
 * would darken every mail: so each selector begins with an element that only Thunderbird puts around a mail.
 */
export function thunderbirdCss(twins: readonly DarkRule[], used: ReadonlySet<string>): string {
  const rules = twins.filter((twin) => isUsed(twin, used)).flatMap((twin) => twin.thunderbird);
  return `<style media="(prefers-color-scheme:dark)">\n${css(rules)}\n</style>`;
}

/** Its dark mode takes away lighter grounds, and darker text that stands in a rule without a ground (0 to 255). */
const THUNDERBIRD_LIGHT = 200;

function thunderbirdTwin(selectors: readonly string[], colors: readonly Color[], accent: string): Dark[] {
  const own = selectors.filter((selector) => !/^(?:html|body)\b/.test(selector));
  if (own.length === 0) return [];
  const kept = colors.map((color) => ({ ...color, value: keptValue(color) }));
  const bare = !colors.some(isGround) && colors.some(({ name }) => name === 'on-accent');
  if (bare) kept.push({ prop: 'background-color', name: 'accent', value: darkened(accent) });
  return [{ selectors: own.map((selector) => `.moz-text-html ${selector}`), body: written(kept) }];
}

/** The colour as Thunderbird leaves it alone. What is written on the accent stays: its rule has that ground. */
function keptValue(color: Color): string {
  if (isGround(color)) return darkened(color.value);
  return color.prop === 'color' && color.name !== 'on-accent' ? brightened(color.value) : color.value;
}

const brightened = (color: string): string => towards(color, '#ffffff', (light) => light > THUNDERBIRD_LIGHT);
const darkened = (color: string): string => towards(color, '#000000', (light) => light < THUNDERBIRD_LIGHT);

function towards(color: string, goal: string, enough: (light: number) => boolean): string {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(color, goal, share);
    if (enough(thunderbirdLight(mixed))) return mixed;
  }
  return goal;
}

/** As its DarkReader.mjs counts, 0 to 255. */
export function thunderbirdLight(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(mix(color, color, 0).slice(at, at + 2), 16));
  return 0.2125 * r! + 0.7154 * g! + 0.0721 * b!;
}
