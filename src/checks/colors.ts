/** Contrast (WCAG 2.2, 1.4.3) of the theme in the newsletter's own colours, and of colours in the text. */
import type { Element } from 'hast';
import type { Block } from '../issue/document/document.ts';
import { contrast, MIN_CONTRAST } from '../render/theme/color.ts';
import { lowContrastPairs } from '../render/theme/low-contrast.ts';
import { themeFor } from '../render/theme/theme.ts';
import type { Check, CheckedIssue, Finding } from './check.ts';
import { lineOf } from './source-lines.ts';

const themeOf = ({ emails, newsletter, document }: CheckedIssue) =>
  themeFor(emails, newsletter, document.language);

const theme: Check = {
  rule: 'color-contrast',
  severity: 'warning',
  advice:
    'Choose a darker or lighter colour (`newsletter set NAME --color.accent …`, or `theme.yaml`); readable text needs 4.5.',
  find: (issue) => {
    // If the issue was not rendered, its theme may not even exist.
    if (!issue.edition) return [];
    return lowContrastPairs(themeOf(issue)).map(({ scheme, ink, background, found }): Finding => {
      const where = scheme === 'dark' ? ' in dark mode' : '';
      const text = `the colour ${ink} on ${background}${where} has a contrast of ${found.toFixed(1)}; readable text needs ${MIN_CONTRAST}`;
      return { line: null, text };
    });
  },
};

const ofText: Check = {
  rule: 'text-contrast',
  severity: 'warning',
  advice:
    'Leave the colour out, or choose one that is readable on both the light and the dark background of the mail.',
  find: (issue) => {
    if (!issue.edition) return [];
    const { light, dark } = themeOf(issue);
    return coloredIn(issue.document.blocks).flatMap(({ color, background, line }): Finding[] => {
      const on = background === null ? [light.surface, dark.surface] : [background];
      const found = Math.min(...on.map((each) => contrast(color, each)));
      if (found >= 2) return [];
      const text = `text in ${color} has a contrast of ${found.toFixed(1)} with its background${background === null ? ' in light or dark mode' : ''}: readers cannot see it`;
      return [{ line: lineOf(issue.source, color, line), text }];
    });
  },
};

interface ColoredText {
  /** `#rgb` or `#rrggbb`; names and functions are not checked. */
  color: string;
  background: string | null;
  line: number;
}

function coloredIn(blocks: readonly Block[]): ColoredText[] {
  const found: ColoredText[] = [];
  const visit = (value: unknown, line: number): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { properties } = value as Partial<Element>;
    const style = typeof properties?.style === 'string' ? properties.style : '';
    const color = colorIn(style, 'color');
    if (color) found.push({ color, background: colorIn(style, 'background-color'), line });
    for (const part of Object.values(value)) visit(part, line);
  };
  for (const block of blocks) visit(block, block.line);
  return found;
}

const colorIn = (style: string, property: string): string | null =>
  new RegExp(`(?:^|;)\\s*${property}:\\s*(#[0-9a-f]{6}|#[0-9a-f]{3})\\b`, 'i').exec(style)?.[1] ?? null;

export const colorChecks: readonly Check[] = [theme, ofText];
