/** What the readers of this folder work with. */
import type { EndFinder } from './blank-out.ts';
import type { Rewrite } from './prose.ts';

export interface SiteText {
  text: string;
  ends: EndFinder;
  /** MDX: `{...}` is a program, `<Card>` a component. */
  isMdx: boolean;
  /** The front matter names a sponsor, whose include is placed elsewhere. */
  hasSponsor: boolean;
  /** Ranges that are taken away when they are reached: begin -> end. */
  skips: Map<number, number>;
  /** What closing tags become: their offset -> the text. */
  closings: Map<number, Rewrite>;
  /** Says that `what` at an offset is known to the generator only. */
  unknown(at: number, what: string): void;
  /** Says that nothing closes `what`: all that follows is hidden. */
  unclosed(at: number, what: string): void;
}
