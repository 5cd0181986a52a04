/** Checks and facts shared by the commands for a send that has begun. */

import type { Program } from '../../bootstrap.ts';
import { Refused } from '../../errors.ts';
import type { FoundIssue } from '../../issue/find.ts';
import type { Edition } from '../../render/edition/edition.ts';

/** The part that all Message-IDs of an issue share. Null before it is sent. */
export async function editionLabel(
  program: Program,
  found: FoundIssue,
): Promise<{ hash: string; domain: string } | null> {
  if (found.editionId === null) return null;
  const row = await program.db
    .selectFrom('editions')
    .select('content')
    .where('id', '=', found.editionId)
    .executeTakeFirstOrThrow();
  const edition = row.content as Edition;
  return { hash: edition.hash.slice(0, 8), domain: edition.from.address.split('@').at(-1)! };
}

/** Refuses a send that can no longer hand anything over. */
export function refuseEnded({ name, state, compactingSince }: FoundIssue): void {
  if (['sent', 'sending', 'paused'].includes(state) && compactingSince === null) return;
  const why = compactingSince === null ? state : 'compacted to counts';
  throw new Refused('issue-not-sent', `${name} is ${why}, so none of its deliveries can be tried again`);
}
