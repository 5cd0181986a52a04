/** Lists, adds and lifts suppressions by hand. */
import { sql } from 'kysely';
import { readAddress } from '../consent/identity.ts';
import type { Keys } from '../consent/keys.ts';
import { suppress } from '../consent/suppress.ts';
import { activeSuppressions, type SuppressionReason } from '../consent/suppressions.ts';
import type { Db } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import { waitWhileInFlight } from '../ledger/unsubscribe-guard.ts';
import { readSource } from './person/source.ts';
import type { StoreContext } from './store/context.ts';

/** The reasons that an operator may give; `erased` is reserved for erasing. */
export const SETTABLE_REASONS = ['by-hand', 'bounce', 'complaint', 'not-me'] as const;
export type SettableReason = (typeof SETTABLE_REASONS)[number];

export interface ListedSuppression {
  /** Null: the person was erased, and only a hash is known. */
  email: string | null;
  reason: SuppressionReason;
  /** Null: everywhere. */
  newsletter: string | null;
  source: string;
  since: Date;
  /** Null: until it is lifted. */
  until: Date | null;
}

interface SuppressionFilter {
  newsletterId: number | null;
  reason: SuppressionReason | null;
}

const PAGE = 1_000;

/** Active suppressions in pages, the oldest first. With a newsletter, only its own, without those that apply everywhere. */
export async function* listSuppressions(
  db: Db,
  { newsletterId, reason }: SuppressionFilter,
): AsyncGenerator<ListedSuppression[]> {
  for (let last = 0; ; ) {
    const { rows } = await sql<ListedSuppression & { id: number }>`
      SELECT x.id, coalesce(p.email, x.identity) AS email, x.reason, n.slug AS newsletter, x.source,
        x.created_at AS since, x.until
      FROM suppressions x LEFT JOIN newsletters n ON n.id = x.newsletter_id
      LEFT JOIN subscribers p ON p.id = x.subscriber_id
      WHERE x.id > ${last} AND x.lifted_at IS NULL AND (x.until IS NULL OR x.until > now())
        AND (${newsletterId}::bigint IS NULL OR x.newsletter_id = ${newsletterId})
        AND (${reason}::text IS NULL OR x.reason = ${reason})
      ORDER BY x.id LIMIT ${PAGE}`.execute(db);
    if (rows.length === 0) return;
    yield rows.map(({ id: _, ...suppression }) => suppression);
    last = rows.at(-1)?.id ?? last;
  }
}

interface SuppressionByHand {
  address: string;
  /** Null: everywhere. */
  newsletterId: number | null;
  reason: SettableReason;
  source: string;
}

/** Resolves once nothing more is handed over for them. False: the same suppression was active before. */
export async function addSuppression(
  { db, keys, clock }: StoreContext,
  { address, newsletterId, reason, source }: SuppressionByHand,
): Promise<boolean> {
  const ask = { identity: readAddress(address).identity, newsletterId, reason, until: null };
  const stated = `cli: ${readSource(source)}`;
  const { added, subscriberId } = await db
    .transaction()
    .execute((trx) => suppress(trx, keys, { ...ask, source: stated }));
  if (subscriberId !== null) await waitWhileInFlight(db, clock, { subscriberId, newsletterId }, reason);
  return added;
}

/** Lifted when no reason is named. The other reasons record what the person said, so they must be named. */
const LIFTED_BY_DEFAULT: readonly SuppressionReason[] = ['by-hand', 'bounce'];

/**
 * Lifts suppressions in exactly that scope and returns their reasons. Throws Refused('not-suppressed') when none is
 * active.
 */
export async function liftSuppression(
  db: Db,
  keys: Keys,
  { address, newsletterId, reason }: SuppressionFilter & { address: string },
): Promise<SuppressionReason[]> {
  const { identity } = readAddress(address);
  return db.transaction().execute(async (trx) => {
    const active = await activeSuppressions(trx, keys, identity, newsletterId);
    const here = active.filter((one) => one.newsletterId === newsletterId);
    const lifted = here.filter((one) =>
      reason ? one.reason === reason : LIFTED_BY_DEFAULT.includes(one.reason),
    );
    if (lifted.length === 0) throw new Refused('not-suppressed', nothingToLift(active, newsletterId, reason));
    await sql`UPDATE suppressions SET lifted_at = now() WHERE id = ANY(${lifted.map(({ id }) => id)}::bigint[])`.execute(
      trx,
    );
    return lifted.map((one) => one.reason);
  });
}

function nothingToLift(
  active: readonly { reason: string; newsletterId: number | null }[],
  newsletterId: number | null,
  reason: string | null,
): string {
  const scope = newsletterId === null ? 'everywhere' : 'for this newsletter';
  const others = active.map(
    (one) => `${one.reason} ${one.newsletterId === null ? 'everywhere' : 'for this newsletter'}`,
  );
  const found = others.length === 0 ? 'none' : others.join(', ');
  return `expected a suppression ${scope}${reason ? ` for ${reason}` : ` for ${LIFTED_BY_DEFAULT.join(' or ')}`}, found ${found}; name the reason with --reason, and the scope with --newsletter`;
}
