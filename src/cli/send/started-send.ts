/** What commands about a send that has begun check and know alike. */

import type { Program } from '../../bootstrap.ts';
import { Refused } from '../../errors.ts';
import type { FoundIssue } from '../../issue/find.ts';
import type { Edition } from '../../render/edition/edition.ts';

/** What the Message-IDs of an issue have in common. */
export async function editionLabel(
  program: Program,
  found: FoundIssue,
): Promise<{ hash: string; domain: string } | null> {
  if (found.edition_id === null) return null;
  const row = await program.db
    .selectFrom('editions')
    .select('content')
    .where('id', '=', found.edition_id)
    .executeTakeFirstOrThrow();
  const edition = row.content as Edition;
  return { hash: edition.hash.slice(0, 8), domain: edition.from.address.split('@').at(-1)! };
}

/** Only a send that may still hand something over. */
export function refuseEnded({ name, state, compacting_since }: FoundIssue): void {
  if (['sent', 'sending', 'paused'].includes(state) && compacting_since === null) return;
  const why = compacting_since === null ? state : 'thinned to counts';
  throw new Refused('issue-not-sent', `${name} is ${why}, so none of its deliveries can be tried again`);
}
