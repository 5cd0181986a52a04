/** Headings: readers who use a screen reader navigate by them. */
import type { Block } from '../issue/document/document.ts';
import type { Check, Finding } from './check.ts';

type Heading = Extract<Block, { kind: 'heading' }>;

const isHeading = (block: Block): block is Heading => block.kind === 'heading';

const order: Check = {
  rule: 'heading-order',
  severity: 'warning',
  advice: 'Go down one level at a time: after `##` comes `###`, not `####`.',
  find: ({ document }) => {
    const headings = document.blocks.filter((block) => isHeading(block) && !block.pseudo) as Heading[];
    return headings.flatMap((heading, index): Finding[] => {
      const before = headings[index - 1];
      if (!before || heading.depth <= before.depth + 1) return [];
      const [found, expected] = ['#'.repeat(heading.depth), '#'.repeat(before.depth + 1)];
      return [
        { line: heading.line, text: `"${found}" follows "${'#'.repeat(before.depth)}"; write "${expected}"` },
      ];
    });
  },
};

const empty: Check = {
  rule: 'heading-empty',
  severity: 'warning',
  advice: 'Write some words, or remove the `##`.',
  find: ({ document }) =>
    document.blocks
      .filter((block) => isHeading(block) && block.text.trim() === '')
      .map(({ line }) => ({ line, text: 'this heading has no words' })),
};

export const headingChecks: readonly Check[] = [order, empty];
