/** Colours of a theme that cannot be read on one another. */
import { contrast } from './color.ts';
import type { Palette, Theme } from './theme.ts';

/** WCAG 2.2, 1.4.3. */
export const READABLE = 4.5;

/** What is written on what. */
const PAIRS: readonly (readonly [keyof Palette, keyof Palette])[] = [
  ['text', 'surface'],
  ['text', 'tint'],
  ['muted', 'surface'],
  ['muted', 'background'],
  ['accent', 'surface'],
  ['onAccent', 'accent'],
];

export interface FaintPair {
  scheme: 'light' | 'dark';
  ink: keyof Palette;
  ground: keyof Palette;
  /** Contrast, 1 to 21. */
  found: number;
}

export const faintPairs = (theme: Pick<Theme, 'light' | 'dark'>): FaintPair[] =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    PAIRS.map(([ink, ground]) => ({
      scheme,
      ink,
      ground,
      found: contrast(theme[scheme][ink], theme[scheme][ground]),
    })).filter(({ found }) => found < READABLE),
  );
