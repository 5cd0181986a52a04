/** What an issue is made of, counted: for people who check what Postrider understood. */
import type { Root } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Block, Outline } from './document.ts';
import { isBareLink } from './markdown/bare-urls.ts';
import { lineText } from './markdown/text.ts';

/** What is counted in the tree itself, before blocks are made of it. */
export type Tally = Pick<Outline, 'headings' | 'images' | 'links' | 'bareUrls' | 'codeBlocks' | 'tables'>;

/** Images as Markdown writes them (the cover is in the front matter and not among them). */
export function tallyOf(tree: Root): Tally {
  return { headings: headingsOf(tree), ...countsIn(tree) };
}

export function outlineOf(tally: Tally, blocks: readonly Block[]): Outline {
  return { ...tally, ...namesIn(blocks) };
}

function headingsOf(tree: Root): string[] {
  const headings: string[] = [];
  visit(tree, 'heading', (node) => {
    headings.push(lineText(node));
  });
  return headings.filter((text) => text !== '');
}

function countsIn(tree: Root): Omit<Tally, 'headings'> {
  const counts = { images: 0, links: 0, bareUrls: 0, codeBlocks: 0, tables: 0 };
  visit(tree, (node) => {
    if (node.type === 'image') counts.images += node.data?.html ? 0 : 1;
    else if (node.type === 'link') counts[isBareLink(node) ? 'bareUrls' : 'links']++;
    else if (node.type === 'code') counts.codeBlocks++;
    else if (node.type === 'table') counts.tables++;
  });
  return counts;
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
