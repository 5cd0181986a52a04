/** Colours of a theme that cannot be read on one another. */
import { contrast, READABLE, softOf } from './color.ts';
import type { Palette, Theme } from './theme.ts';

/** `soft` is made of surface and accent: answers and events stand on it. */
type Ground = keyof Palette | 'soft';

/** What is written on what. */
const PAIRS: readonly (readonly [keyof Palette, Ground])[] = [
  ['text', 'surface'],
  ['text', 'tint'],
  ['text', 'soft'],
  ['muted', 'surface'],
  ['muted', 'background'],
  ['muted', 'tint'],
  ['muted', 'soft'],
  ['accent', 'surface'],
  ['accent', 'tint'],
  ['accent', 'soft'],
  ['onAccent', 'accent'],
];

export interface FaintPair {
  scheme: 'light' | 'dark';
  ink: keyof Palette;
  ground: Ground;
  /** Contrast, 1 to 21. */
  found: number;
}

export const faintPairs = (theme: Pick<Theme, 'light' | 'dark'>): FaintPair[] =>
  (['light', 'dark'] as const).flatMap((scheme) => {
    const colors = { ...theme[scheme], soft: softOf(theme[scheme]) };
    return PAIRS.map(([ink, ground]) => ({
      scheme,
      ink,
      ground,
      found: contrast(colors[ink], colors[ground]),
    })).filter(({ found }) => found < READABLE);
  });
