/** Suppressions without a subscriber row: their people were erased, or suppressed before they subscribed. */
import { sql } from 'kysely';
import type { Keys } from '../../consent/keys.ts';
import { linkSuppressions } from '../../consent/suppressions.ts';
import type { Trx } from '../../db/connection.ts';
import { activeSuppressionIds } from './suppressions.ts';

/** By identity. */
interface UnlinkedSuppressions {
  /** Why the person is kept out. */
  here: Map<string, string>;
  /** Suppressed for another newsletter only: to be linked to the row that is about to be inserted. */
  elsewhere: Set<string>;
  /** Those of `here` who were erased: nothing that names them may be written. */
  erased: Set<string>;
}

export async function findUnlinkedSuppressions(
  trx: Trx,
  keys: Keys,
  newsletterId: number,
  people: readonly { identity: string }[],
): Promise<UnlinkedSuppressions> {
  const found: UnlinkedSuppressions = { here: new Map(), elsewhere: new Set(), erased: new Set() };
  const { rows: unlinked } =
    await sql`SELECT FROM suppressions WHERE lifted_at IS NULL AND subscriber_id IS NULL LIMIT 1`.execute(
      trx,
    );
  if (unlinked.length === 0) return found;
  const byHash = new Map(
    people.flatMap(({ identity }) =>
      keys.hashes(identity).map(({ hash }) => [hash.toString('hex'), identity]),
    ),
  );
  const { rows } = await sql<{ hash: string; identity: string | null; here: boolean; reason: string }>`
    SELECT encode(identity_hash, 'hex') AS hash, identity, reason,
      (newsletter_id IS NULL OR newsletter_id = ${newsletterId}) AND (until IS NULL OR until > now()) AS here
    FROM suppressions WHERE subscriber_id IS NULL AND id = ANY(ARRAY(${activeSuppressionIds(
      [...byHash.keys()],
      people.map((one) => one.identity),
    )}))`.execute(trx);
  for (const { hash, identity: plain, here, reason } of rows) {
    // By the plain identity too, where it is stored: the hash may have been made with a secret that is lost.
    const identity = byHash.get(hash) ?? plain ?? '';
    if (here) found.here.set(identity, reason === 'erased' ? 'erased' : `suppressed: ${reason}`);
    else found.elsewhere.add(identity);
    if (reason === 'erased') found.erased.add(identity);
  }
  return found;
}

export async function linkOlderSuppressions(trx: Trx, keys: Keys, identity: string): Promise<void> {
  const row = await trx
    .selectFrom('subscribers')
    .select('id')
    .where('identity', '=', identity)
    .executeTakeFirst();
  if (row) await linkSuppressions(trx, keys, identity, row.id);
}
