/** Colours of a theme that cannot be read on one another. */
import { contrast, MIN_CONTRAST, softTint } from './color.ts';
import type { Palette, Theme } from './theme.ts';

/** The soft grounds are made of the surface and a colour: answers stand on one, events on the other. */
type Ground = keyof Palette | 'soft' | 'markSoft';

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
  ['text', 'markSoft'],
  ['muted', 'markSoft'],
  ['accent', 'markSoft'],
  ['mark', 'surface'],
  ['mark', 'markSoft'],
  ['onAccent', 'accent'],
];

export interface LowContrastPair {
  scheme: 'light' | 'dark';
  ink: keyof Palette;
  ground: Ground;
  /** Contrast, 1 to 21. */
  found: number;
}

export const lowContrastPairs = (theme: Pick<Theme, 'light' | 'dark'>): LowContrastPair[] =>
  (['light', 'dark'] as const).flatMap((scheme) => {
    const { surface, accent, mark } = theme[scheme];
    const soft = { soft: softTint(surface, accent), markSoft: softTint(surface, mark) };
    const colors = { ...theme[scheme], ...soft };
    return PAIRS.map(([ink, ground]) => ({
      scheme,
      ink,
      ground,
      found: contrast(colors[ink], colors[ground]),
    })).filter(({ found }) => found < MIN_CONTRAST);
  });
