/** What an issue contains, in three lines, and how long it takes to read. */
import type { Block } from '../../issue/document/document.ts';
import { topDepthOf } from './block-context.ts';

/** A section of the issue, and the names of its items. */
interface ContentsEntry {
  title: string;
  /** Who asks, what is released, what to read; '' if no item has a name. */
  detail: string;
}

const MAX_LINES = 3;
const MAX_NAMES_PER_LINE = 3;
/** One or two lines on a phone. */
const MAX_NAME_CHARACTERS = 60;

/** Three sections, preferring those whose items have names; none for an issue with fewer than three. */
export function contentsOf(blocks: readonly Block[], between: string): ContentsEntry[] {
  const sections = sectionsOf(blocks).filter(({ title }) => title !== '');
  if (sections.length < MAX_LINES) return [];
  const withNames = sections.filter(({ names }) => names.length > 0);
  const withoutNames = sections.filter(({ names }) => names.length === 0);
  const chosen = new Set([...withNames, ...withoutNames].slice(0, MAX_LINES));
  return sections
    .filter((section) => chosen.has(section))
    .map(({ title, names }) => ({ title, detail: listed(names, between) }));
}

interface Section {
  title: string;
  names: string[];
}

function sectionsOf(blocks: readonly Block[]): Section[] {
  const depth = topDepthOf(blocks);
  const sections: Section[] = [];
  for (const block of blocks) {
    if (block.kind === 'heading' && block.depth === depth)
      sections.push({ title: shortened(block.text), names: [] });
    else sections.at(-1)?.names.push(...namesIn(block));
  }
  return sections;
}

function namesIn(block: Block): string[] {
  if (block.kind === 'qa') return block.questions.map(({ asker }) => asker).filter(Boolean);
  if (block.kind === 'releases')
    return block.releases.map(({ name, version }) => [name, version].filter(Boolean).join(' '));
  if (block.kind === 'event' || block.kind === 'meeting') return block.topic ? [block.topic] : [];
  if (block.kind === 'reading') return block.readings.slice(0, 1).map(({ title }) => title);
  return [];
}

function listed(names: readonly string[], between: string): string {
  const shortNames = [...new Set(names.map(shortened))];
  return (
    shortNames.slice(0, MAX_NAMES_PER_LINE).join(between) +
    (shortNames.length > MAX_NAMES_PER_LINE ? ' …' : '')
  );
}

function shortened(text: string): string {
  const signs = [...text.replace(/\s+/g, ' ').trim()];
  return signs.length <= MAX_NAME_CHARACTERS
    ? signs.join('')
    : `${signs.slice(0, MAX_NAME_CHARACTERS - 1).join('')}…`;
}

/** Adults read about 230 words in a Latin script a minute, or about 400 Han characters. */
const WORDS_PER_MINUTE = 230;
const CHARACTERS_PER_MINUTE = 400;

/** Minutes to read the blocks, code included; at least 1. */
export function minutesToRead(blocks: readonly Block[]): number {
  let [words, signs] = [0, 0];
  const count = (text: string): void => {
    signs += text.match(SIGNS)?.length ?? 0;
    words += text.replace(SIGNS, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu)?.length ?? 0;
  };
  visit(blocks, count);
  return Math.max(1, Math.round(words / WORDS_PER_MINUTE + signs / CHARACTERS_PER_MINUTE));
}

const SIGNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** The fields that hold words to read, unlike addresses and alt texts. */
const READ = new Set(['value', 'title', 'asker', 'topic', 'time', 'place', 'label', 'code', 'name']);

function visit(value: unknown, count: (text: string) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, count);
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) {
      if (typeof part === 'string' && READ.has(name)) count(part);
      else if (typeof part === 'object' && name !== 'properties') visit(part, count);
    }
}
