/** Contrast after WCAG 2.2, 1.4.3: of the theme in the newsletter's own colours, and of colours in the text. */
import type { Element } from 'hast';
import type { Block } from '../issue/document/document.ts';
import { contrast, MIN_CONTRAST } from '../render/theme/color.ts';
import { lowContrastPairs } from '../render/theme/low-contrast.ts';
import { themeFor } from '../render/theme/theme.ts';
import type { Check, Finding, Subject } from './check.ts';
import { lineOf } from './source-lines.ts';

const themeOf = ({ emails, newsletter, document }: Subject) =>
  themeFor(emails, newsletter, document.language);

const theme: Check = {
  rule: 'color-contrast',
  severity: 'warning',
  advice:
    'Choose a darker or lighter colour (`newsletter set NAME --color.accent …`, or `theme.yaml`); 4.5 can be read.',
  find: (subject) => {
    // What is not rendered has a theme that may not be there at all.
    if (!subject.edition) return [];
    return lowContrastPairs(themeOf(subject)).map(({ scheme, ink, ground, found }): Finding => {
      const where = scheme === 'dark' ? ' in the dark' : '';
      const text = `the colour ${ink} on ${ground}${where} has a contrast of ${found.toFixed(1)}; at least ${MIN_CONTRAST} can be read`;
      return { line: null, text };
    });
  },
};

const ofText: Check = {
  rule: 'text-contrast',
  severity: 'warning',
  advice:
    'Leave the colour away, or choose one that can be read on the light and on the dark ground of the mail.',
  find: (subject) => {
    if (!subject.edition) return [];
    const { light, dark } = themeOf(subject);
    return coloured(subject.document.blocks).flatMap(({ color, ground, line }): Finding[] => {
      const on = ground === null ? [light.surface, dark.surface] : [ground];
      const found = Math.min(...on.map((each) => contrast(color, each)));
      if (found >= 2) return [];
      const text = `text in ${color} has a contrast of ${found.toFixed(1)} to its ground${ground === null ? ' in light or dark mode' : ''}: it cannot be seen`;
      return [{ line: lineOf(subject.source, color, line), text }];
    });
  },
};

interface Coloured {
  /** `#rgb` or `#rrggbb`; names and functions are not judged. */
  color: string;
  ground: string | null;
  line: number;
}

function coloured(blocks: readonly Block[]): Coloured[] {
  const found: Coloured[] = [];
  const visit = (value: unknown, line: number): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { properties } = value as Partial<Element>;
    const style = typeof properties?.style === 'string' ? properties.style : '';
    const color = colorIn(style, 'color');
    if (color) found.push({ color, ground: colorIn(style, 'background-color'), line });
    for (const part of Object.values(value)) visit(part, line);
  };
  for (const block of blocks) visit(block, block.line);
  return found;
}

const colorIn = (style: string, property: string): string | null =>
  new RegExp(`(?:^|;)\\s*${property}:\\s*(#[0-9a-f]{6}|#[0-9a-f]{3})\\b`, 'i').exec(style)?.[1] ?? null;

export const colorChecks: readonly Check[] = [theme, ofText];
