/** What an issue holds, in three lines, and how long it takes to read. */
import type { Block } from '../../issue/document/document.ts';
import { topDepthOf } from './block-context.ts';

/** A section of the issue, and the names of what it holds. */
export interface ContentsEntry {
  title: string;
  /** Who asks, what is released, what to read; '' where nothing has a name. */
  detail: string;
}

const LINES = 3;
/** Names of one line. */
const NAMES = 3;
/** In characters: a line of a phone or two. */
const LONGEST_NAME = 60;

/** Three sections, those first that hold something with a name; none for an issue that has fewer than three. */
export function contentsOf(blocks: readonly Block[], between: string): ContentsEntry[] {
  const sections = sectionsOf(blocks).filter(({ title }) => title !== '');
  if (sections.length < LINES) return [];
  const telling = sections.filter(({ names }) => names.length > 0);
  const others = sections.filter(({ names }) => names.length === 0);
  const chosen = new Set([...telling, ...others].slice(0, LINES));
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
  const shown = [...new Set(names.map(shortened))];
  return shown.slice(0, NAMES).join(between) + (shown.length > NAMES ? ' …' : '');
}

function shortened(text: string): string {
  const signs = [...text.replace(/\s+/g, ' ').trim()];
  return signs.length <= LONGEST_NAME ? signs.join('') : `${signs.slice(0, LONGEST_NAME - 1).join('')}…`;
}

/** Adults read some 230 words of a Latin script a minute, and some 400 Han characters. */
const WORDS_A_MINUTE = 230;
const SIGNS_A_MINUTE = 400;

/** At least 1. Code counts as it stands. */
export function minutesToRead(blocks: readonly Block[]): number {
  let [words, signs] = [0, 0];
  const count = (text: string): void => {
    signs += text.match(SIGNS)?.length ?? 0;
    words += text.replace(SIGNS, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu)?.length ?? 0;
  };
  visit(blocks, count);
  return Math.max(1, Math.round(words / WORDS_A_MINUTE + signs / SIGNS_A_MINUTE));
}

const SIGNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** Whatever is read stands under one of these names; addresses and alternatives do not. */
const READ = new Set(['value', 'title', 'asker', 'topic', 'time', 'place', 'label', 'code', 'name']);

function visit(value: unknown, count: (text: string) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, count);
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) {
      if (typeof part === 'string' && READ.has(name)) count(part);
      else if (typeof part === 'object' && name !== 'properties') visit(part, count);
    }
}
