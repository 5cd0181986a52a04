/** The text and state that the readers of this folder share. */
import type { EndFinder } from './blank-out.ts';
import type { Rewrite } from './prose.ts';

export interface SiteText {
  text: string;
  ends: EndFinder;
  /** In MDX `{...}` is an expression, and `<Card>` a component. */
  isMdx: boolean;
  /** The front matter names a sponsor, whose include a later pass replaces. */
  hasSponsor: boolean;
  /** Ranges to remove when they are reached: start -> end. */
  skips: Map<number, number>;
  /** The replacements of closing tags, by their offset. */
  closings: Map<number, Rewrite>;
  /** Adds the error that only the generator knows what `what` shows. */
  unknown(at: number, what: string): void;
  /** Adds the error that nothing closes `what`, so that all that follows is hidden. */
  unclosed(at: number, what: string): void;
}
