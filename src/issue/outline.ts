/** Counts the parts of an issue, for people who check what Postrider understood. */
import type { Root } from 'mdast';
import type { Block, Outline } from './document/document.ts';
import { isBareLink } from './markdown/passes/bare-urls.ts';
import { lineText } from './markdown/tree/text.ts';
import { walk } from './markdown/tree/walk.ts';

/** What is counted in the tree, before blocks are made of it. */
type Tally = Pick<Outline, 'headings' | 'images' | 'links' | 'bareUrls' | 'codeBlocks' | 'tables'>;

/** Counts images of Markdown only, not the cover of the front matter. */
export function tallyOf(tree: Root): Tally {
  const tally: Tally = { headings: [], images: 0, links: 0, bareUrls: 0, codeBlocks: 0, tables: 0 };
  walk(tree, (node) => {
    if (node.data?.included) return false;
    if (node.type === 'heading') tally.headings.push(lineText(node));
    else if (node.type === 'image') tally.images += node.data?.html ? 0 : 1;
    else if (node.type === 'link') tally[isBareLink(node) ? 'bareUrls' : 'links']++;
    else if (node.type === 'code') tally.codeBlocks++;
    else if (node.type === 'table') tally.tables++;
  });
  return { ...tally, headings: tally.headings.filter((text) => text !== '') };
}

export function outlineOf(tally: Tally, blocks: readonly Block[]): Outline {
  return { ...tally, ...namesIn(blocks) };
}

function namesIn(
  blocks: readonly Block[],
): Pick<Outline, 'questions' | 'readings' | 'contributors' | 'contributorImage' | 'pseudoHeadings'> {
  const contributors = blocks.filter((block) => block.kind === 'contributors');
  const people = contributors.flatMap((block) => block.people ?? []).map(({ name }) => name);
  return {
    questions: blocks
      .flatMap((block) => (block.kind === 'qa' ? block.questions : []))
      .map(({ asker, turns, source }) => {
        const answers = turns.filter(({ role }) => role === 'answer').length;
        return { asker, answers, source: source?.url ?? null };
      }),
    readings: blocks
      .flatMap((block) => (block.kind === 'reading' ? block.readings : []))
      .map(({ title, url, cover }) => ({ title, url, cover: cover?.url ?? null })),
    contributors: people.length > 0 ? people : null,
    contributorImage: contributors.some((block) => block.image !== undefined),
    pseudoHeadings: blocks.flatMap((block) => (block.kind === 'heading' && block.pseudo ? [block.text] : [])),
  };
}
