/** The colours that a newsletter can override. */
import { Refused } from '../../errors.ts';
import type { Palette } from '../../render/theme/theme.ts';
import { readWord } from './values.ts';

/** The colours that a newsletter can override, each also as `dark.<name>`. */
export const colorNames: Readonly<Record<keyof Palette, string>> = {
  background: 'around the mail',
  surface: 'the mail itself',
  tint: 'quiet areas: questions, code, cards',
  border: 'lines',
  text: 'what is read',
  muted: 'dates, captions, footer',
  accent: 'links, buttons',
  onAccent: 'what is written on the accent',
  mark: 'what stands out but is not a link: events, versions, sponsors',
};

/** Adds `colors` to the overrides in `before`; returns them as JSON. */
export function readColors(
  before: Readonly<Record<string, string>>,
  colors: Readonly<Record<string, string>>,
): string {
  const result: Record<string, string> = { ...before };
  for (const [name, value] of Object.entries(colors)) {
    readWord(name.replace(/^dark\./, ''), Object.keys(colorNames));
    if (value === '') delete result[name];
    else result[name] = readColor(name, value);
  }
  return JSON.stringify(result);
}

function readColor(name: string, value: string): string {
  if (/^#[0-9a-f]{6}$/i.test(value)) return value.toLowerCase();
  throw new Refused(
    'bad-color',
    `expected ${name} to be a colour such as #1f4fd8, found "${value.slice(0, 40)}"`,
  );
}
