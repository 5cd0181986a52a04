/** Slots that stay empty for some of the real readers. The counts are passed in; checks use no database. */
import type { Message } from '../issue/document/document.ts';
import type { CheckedIssue } from './check.ts';

/** The count for one slot, from `sends/missing-slots.ts`. */
interface SlotCount {
  /** e.g. `reader.name` */
  slot: string;
  /** Readers without a value. */
  missing: number;
  /** What they see instead, or null. */
  fallback: string | null;
  /** The edition checks first whether there is a value (`{{#if}}`). */
  guarded: boolean;
}

/** The rules that need the list of readers, for the table in docs/editors.md. */
export const audienceRules = [
  {
    rule: 'slot-empty',
    severity: 'warning',
    advice: 'Add a fallback for readers without a value: `{{name "friend"}}`. Only with `--audience`.',
  },
  {
    rule: 'audience-empty',
    severity: 'warning',
    advice: 'Import or confirm subscribers: nobody would get the issue. Only with `--audience`.',
  },
] as const;

/** `people` is the number of readers who would get the issue now. */
export function missingValues(
  { source }: CheckedIssue,
  people: number,
  counts: readonly SlotCount[],
): Message[] {
  if (people === 0)
    return [
      {
        severity: 'warning',
        line: null,
        rule: 'audience-empty',
        text: 'nobody would get this issue: the newsletter has no confirmed subscribers',
      },
    ];
  return counts
    .filter(({ missing, fallback, guarded }) => missing > 0 && fallback === null && !guarded)
    .map(({ slot, missing }): Message => {
      const text = `${missing} of ${people} readers have no ${slot} and would see a gap there; add a fallback: {{${slot} | something}}`;
      return { severity: 'warning', line: lineOfSlot(source, slot), rule: 'slot-empty', text };
    });
}

/** `{{name}}` is short for `{{reader.name}}`. Null: the slot is in the theme. */
function lineOfSlot(source: string, slot: string): number | null {
  const path = slot.replace(/\./g, '\\.').replace(/^reader\\\.(?!attributes)/, '(?:reader\\.)?');
  const at = source.search(new RegExp(`\\{\\{\\s*${path}(?=\\s*[|}"“]|\\s+default)`));
  return at < 0 ? null : source.slice(0, at).split('\n').length;
}
