/** Pairs of a theme's colours with too little contrast to read. */
import { contrast, MIN_CONTRAST, softTint } from './color.ts';
import type { Palette, Theme } from './theme.ts';

/** The soft backgrounds are mixed from the surface and a colour: one is for answers, the other for events. */
type Background = keyof Palette | 'soft' | 'markSoft';

/** Which colour is written on which background. */
const PAIRS: readonly (readonly [keyof Palette, Background])[] = [
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

interface LowContrastPair {
  scheme: 'light' | 'dark';
  ink: keyof Palette;
  background: Background;
  /** Contrast, 1 to 21. */
  found: number;
}

export const lowContrastPairs = (theme: Pick<Theme, 'light' | 'dark'>): LowContrastPair[] =>
  (['light', 'dark'] as const).flatMap((scheme) => {
    const { surface, accent, mark } = theme[scheme];
    const soft = { soft: softTint(surface, accent), markSoft: softTint(surface, mark) };
    const colors = { ...theme[scheme], ...soft };
    return PAIRS.map(([ink, background]) => ({
      scheme,
      ink,
      background,
      found: contrast(colors[ink], colors[background]),
    })).filter(({ found }) => found < MIN_CONTRAST);
  });
