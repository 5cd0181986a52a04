/** Slots that stay empty for some of the real readers. Who counts them is handed in: here is no database. */
import type { Message } from '../issue/document/document.ts';
import type { Subject } from './check.ts';

/** Of one slot, as `delivery/missing-slots.ts` counts it. */
export interface SlotCount {
  /** e.g. `reader.name` */
  slot: string;
  /** Readers without a value. */
  missing: number;
  /** What they read in its place, or null. */
  fallback: string | null;
  /** The edition asks first whether there is a value. */
  guarded: boolean;
}

/** The rules that only the readers can tell, for the table of docs/editors.md. */
export const audienceRules = [
  {
    rule: 'slot-empty',
    severity: 'warning',
    advice: 'Say what those read who have no value: `{{name "friend"}}`. Only with `--audience`.',
  },
  {
    rule: 'audience-empty',
    severity: 'warning',
    advice: 'Import or confirm subscribers: nobody would get it. Only with `--audience`.',
  },
] as const;

/** `people` would get the issue now. */
export function missingValues({ source }: Subject, people: number, counts: readonly SlotCount[]): Message[] {
  if (people === 0)
    return [
      {
        severity: 'warning',
        line: null,
        rule: 'audience-empty',
        text: 'nobody would get it: the newsletter has no confirmed subscribers',
      },
    ];
  return counts
    .filter(({ missing, fallback, guarded }) => missing > 0 && fallback === null && !guarded)
    .map(({ slot, missing }): Message => {
      const text = `${missing} of ${people} readers have no ${slot}, and read nothing there; write {{${slot} | something}}`;
      return { severity: 'warning', line: lineOfSlot(source, slot), rule: 'slot-empty', text };
    });
}

/** `{{name}}` is short for `{{reader.name}}`. Null: the theme asks for it. */
function lineOfSlot(source: string, slot: string): number | null {
  const path = slot.replace(/\./g, '\\.').replace(/^reader\\\.(?!attributes)/, '(?:reader\\.)?');
  const at = source.search(new RegExp(`\\{\\{\\s*${path}(?=\\s*[|}"“]|\\s+default)`));
  return at < 0 ? null : source.slice(0, at).split('\n').length;
}
