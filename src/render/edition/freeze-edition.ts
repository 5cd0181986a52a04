/** Freezes an edition. The same content always has the same hash. */
import { createHash } from 'node:crypto';
import type { Edition } from './edition.ts';

/** Adds the hash and makes the edition immutable. */
export function freezeEdition(draft: Omit<Edition, 'hash'>): Edition {
  const hash = createHash('sha256').update(canonical(draft)).digest('hex');
  const edition: Edition = {
    ...draft,
    slots: Object.freeze([...draft.slots]),
    from: Object.freeze({ ...draft.from }),
    replyTo: draft.replyTo && Object.freeze({ ...draft.replyTo }),
    headers: Object.freeze({ ...draft.headers }),
    hash,
  };
  return Object.freeze(edition);
}

/** JSON with sorted keys, so that the order in which fields were set does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
