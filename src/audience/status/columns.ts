/** Sorts the columns of a file into those that tell the status of a person, and the others. */
import type { StatusAnswers } from './answers.ts';
import { foldTitle } from './fold.ts';
import { type Hint, hintOf } from './hints.ts';
import { type ColumnKind, columnKindOf } from './titles.ts';
import type { Tool } from './tools.ts';

export interface FileHeader {
  titles: readonly string[];
  /** Columns that are read for something else, such as the address. */
  taken: ReadonlySet<number>;
  /** Our own export, whose attributes are what they are called. */
  own: boolean;
  /** In a list without a header, the index of the text beside the address; -1: none. */
  name?: number;
}

export interface StatusColumn {
  at: number;
  title: string;
  kind: ColumnKind;
}

/** An attribute as far as its title tells; a word in it may tell otherwise. */
export interface OtherColumn {
  at: number;
  title: string;
  hint: Hint;
}

export function sortColumns(
  { titles, taken, own, name: nameAt = -1 }: FileHeader,
  tool: Tool | null,
  answers: StatusAnswers,
): { statusColumns: StatusColumn[]; otherColumns: OtherColumn[] } {
  const statusColumns: StatusColumn[] = [];
  const otherColumns: OtherColumn[] = [];
  const attributes = foldedSet(answers.attributeColumns);
  const ignored = foldedSet(answers.ignoreColumns);
  const named = foldedSet(answers.statusColumns);
  for (const [at, title] of titles.entries()) {
    const folded = foldTitle(title);
    // Lists without a header write `ann@example.org unsubscribed`.
    if (at === nameAt && !own && !attributes.has(folded)) otherColumns.push({ at, title, hint: null });
    if (taken.has(at) || ignored.has(folded) || attributes.has(folded) || /^attribute:/i.test(title))
      continue;
    const ofTool = tool?.columns?.[folded];
    const kind = named.has(folded)
      ? ({ kind: 'words' } as const)
      : ofTool === undefined
        ? columnKindOf(folded)
        : ofTool;
    if (kind) statusColumns.push({ at, title, kind });
    else if (!own) otherColumns.push({ at, title, hint: ofTool === null ? null : hintOf(folded) });
  }
  return { statusColumns, otherColumns };
}

const foldedSet = (titles: readonly string[]): ReadonlySet<string> => new Set(titles.map(foldTitle));
