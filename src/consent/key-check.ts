/**
 * Losing a secret silently breaks every link that it signed and every suppression that is only a hash made with it. So
 * each start compares the key ids in the database with the secrets it was given and refuses to go on when one is missing,
 * unless it is told to forget that key. A suppression that keeps the plain identity still works.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import type { Keys } from './keys.ts';

/** A key id that the database needs and that no given secret has. */
interface MissingKey {
  kid: string;
  /** At most how many mails have links that it signed. */
  mails: number;
  /** Suppressions of erased people, which are stored as a hash only. */
  suppressions: number;
}

/** Throws Refused('secret-missing') with what would break, unless `forget` (key ids) or an earlier start allows it. */
export async function checkKeys(db: Db, keys: Keys, forget: readonly string[]): Promise<void> {
  const missing = (await missingKeys(db, keys)).filter(({ kid }) => !forget.includes(kid));
  if (missing.length > 0) throw new Refused('secret-missing', describe(missing));
}

/**
 * `checkKeys` for a process that will send mail: records that the newest key signs from now on and that the keys in
 * `forget` are forgotten, so that later starts need not repeat it.
 */
export async function adoptKeys(db: Db, keys: Keys, forget: readonly string[]): Promise<void> {
  await checkKeys(db, keys, forget);
  await db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
    await recordFirstKeys(trx, keys);
    const newest = keys.kids[0]!;
    await sql`UPDATE signing_keys SET until = now() WHERE until IS NULL AND kid <> ${newest}`.execute(trx);
    await sql`INSERT INTO signing_keys (kid) VALUES (${newest})
      ON CONFLICT (kid) DO UPDATE SET until = NULL, forgotten_at = NULL`.execute(trx);
    await sql`INSERT INTO signing_keys (kid, until, forgotten_at)
      SELECT kid, now(), now() FROM unnest(${[...forget]}::text[]) AS kid WHERE kid <> ALL(${[...keys.kids]}::text[])
      ON CONFLICT (kid) DO UPDATE SET forgotten_at = now()`.execute(trx);
    await sql`UPDATE signing_keys SET forgotten_at = NULL WHERE kid = ANY(${[...keys.kids]}::text[])`.execute(
      trx,
    );
  });
}

/** Mails may have been sent before anything was recorded, signed by any of the keys given now. */
async function recordFirstKeys(trx: Trx, keys: Keys): Promise<void> {
  await sql`INSERT INTO signing_keys (kid, since, until)
    SELECT kid, '-infinity', now() FROM unnest(${[...keys.kids]}::text[]) AS kid
    WHERE NOT EXISTS (SELECT FROM signing_keys)`.execute(trx);
}

async function missingKeys(db: Db, keys: Keys): Promise<MissingKey[]> {
  const { rows } = await sql<MissingKey>`
    WITH hashes AS (
      SELECT hash_kid AS kid, count(*)::int AS suppressions FROM suppressions
      WHERE lifted_at IS NULL AND identity IS NULL AND (until IS NULL OR until > now()) GROUP BY hash_kid
    ), needed AS (
      SELECT kid FROM hashes UNION SELECT kid FROM signing_keys
    )
    SELECT n.kid, coalesce(h.suppressions, 0) AS suppressions, ${mailsSignedBy(sql`k`)} AS mails
    FROM needed n LEFT JOIN hashes h ON h.kid = n.kid LEFT JOIN signing_keys k ON k.kid = n.kid
    WHERE n.kid <> ALL(${[...keys.kids]}::text[]) AND k.forgotten_at IS NULL
    ORDER BY n.kid`.execute(db);
  return rows.filter(({ mails, suppressions }) => mails + suppressions > 0);
}

/** Rehearsals reach nobody, so their links do not count. An issue that was signed by two keys counts for both. */
const mailsSignedBy = (k: ReturnType<typeof sql>) => sql<number>`(CASE WHEN ${k}.kid IS NULL THEN 0 ELSE (
  SELECT coalesce(sum(
    coalesce((SELECT sum(t.accepted + t.unknown) FROM tallies t WHERE t.issue_id = i.id), 0)
    + coalesce((SELECT sum(c.count) FROM compacted_counts c WHERE c.issue_id = i.id AND c.state IN ('accepted', 'unknown')), 0)
  ), 0) FROM issues i JOIN sends s ON s.issue_id = i.id
  WHERE s.sending_since IS NOT NULL AND NOT s.rehearsal
    AND s.sending_since <= coalesce(${k}.until, now()) AND coalesce(s.sent_at, now()) >= ${k}.since
) + (
  SELECT count(*) FROM deliveries d
  WHERE d.issue_id = 0 AND d.state IN ('accepted', 'unknown') AND d.relay IS DISTINCT FROM 'inbox'
    AND d.moved_at BETWEEN ${k}.since AND coalesce(${k}.until, now())
) END)::int`;

function describe(missing: readonly MissingKey[]): string {
  const lost = missing.map(
    ({ kid, mails, suppressions }) =>
      `key ${kid}: ${[mails > 0 && lostLinks(mails), suppressions > 0 && lostHashes(suppressions)].filter(Boolean).join(', and ')}`,
  );
  const kids = missing.map(({ kid }) => kid).join(',');
  return `expected every secret that the database still needs, found ${missing.length === 1 ? 'one' : missing.length} missing:
  ${lost.join('\n  ')}
Put the old secret behind the new one (POSTRIDER_SECRET=new,old; without that setting it is the file "secret" of the data folder). To go on without it for good, start once with POSTRIDER_FORGET_KEYS=${kids}.`;
}

const lostLinks = (mails: number): string =>
  `the links of up to ${mails.toLocaleString('en')} ${mails === 1 ? 'mail' : 'mails'} stop working, so readers cannot unsubscribe with them`;

const lostHashes = (suppressions: number): string =>
  `${suppressions.toLocaleString('en')} erased ${suppressions === 1 ? 'person is' : 'people are'} no longer recognised, so an import would bring them back`;
