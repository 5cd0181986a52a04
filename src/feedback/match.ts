/**
 * Finds the delivery that a report is about. An id that we signed proves that whoever wrote the report has seen that
 * mail; a Message-ID or an address does not, since a reader can guess those of others. A provider that proved who it is
 * is believed in all of them.
 */
import { sql } from 'kysely';
import { readAddress } from '../consent/identity.ts';
import type { Keys } from '../consent/keys.ts';
import { readReturnPath } from '../consent/mail/mail-tokens.ts';
import { type DeliveryClaim, readDeliveryToken } from '../consent/tokens.ts';
import type { Db } from '../db/connection.ts';
import type { DeliveryState } from '../db/schema.ts';
import { readMessageId } from '../ledger/message-id.ts';
import type { RecipientReport, Report } from './report.ts';

type FoundBy = 'return-path' | 'header' | 'message-id' | 'relay-id' | 'recipient';

export interface FoundDelivery {
  by: FoundBy;
  proven: boolean;
  issue: number;
  id: number;
  newsletterId: number;
  /** Null: the person was erased. */
  subscriberId: number | null;
  /** Of the subscriber, whom the mail went to. */
  identity: string | null;
  lane: string;
  relay: string | null;
  state: DeliveryState;
}

/** A mail that names more ids than this is no report about one of ours. */
const MAX_CLUES = 20;
/** An address alone is a clue only for so long after we mailed it. */
const RECENT_DAYS = 30;

/** `authenticated`: the report is the word of a provider that proved who it is. */
export async function findDelivery(
  db: Db,
  keys: Keys,
  clues: Report['clues'],
  recipient: RecipientReport,
  authenticated: boolean,
): Promise<FoundDelivery | null> {
  const identities = identitiesOf(recipient);
  const signed = await bySignedIds(db, keys, clues, identities);
  if (signed) return signed;
  const named = (await byMessageId(db, clues)) ?? (await byAddress(db, clues, identities, authenticated));
  return named && { ...named, proven: authenticated };
}

/** The identities that a report names: the final recipient, and the one that the mail was first sent to. */
export function identitiesOf({ recipient, original }: RecipientReport): string[] {
  return [recipient, original].flatMap((address) => {
    try {
      return address === null ? [] : [readAddress(address).identity];
    } catch {
      return [];
    }
  });
}

type Row = Omit<FoundDelivery, 'by' | 'proven'>;

const columns = sql`d.issue_id AS issue, d.id, d.newsletter_id AS "newsletterId", p.id AS "subscriberId", p.identity,
  d.lane, d.relay, d.state`;

/** A report may quote several of our mails, so the one that went to the address that it names comes first. */
async function bySignedIds(
  db: Db,
  keys: Keys,
  { returnPaths, deliveryTokens }: Report['clues'],
  identities: readonly string[],
): Promise<FoundDelivery | null> {
  const claims: [FoundBy, DeliveryClaim | null][] = [
    ...returnPaths.map((path): [FoundBy, DeliveryClaim | null] => [
      'return-path',
      readReturnPath(keys, path),
    ]),
    ...deliveryTokens.map((token): [FoundBy, DeliveryClaim | null] => [
      'header',
      readDeliveryToken(keys, token),
    ]),
  ];
  let first: FoundDelivery | null = null;
  for (const [by, claim] of claims.slice(0, MAX_CLUES)) {
    const row = claim && (await byClaim(db, claim));
    if (!row) continue;
    const found = { ...row, by, proven: true };
    if (row.identity !== null && identities.includes(row.identity)) return found;
    first ??= found;
  }
  return first;
}

/** The link key must be the person's: in a restored database the numbers may belong to somebody else's mail. */
async function byClaim(db: Db, { issue, delivery, linkKey }: DeliveryClaim): Promise<Row | null> {
  const { rows } = await sql<Row>`
    SELECT ${columns} FROM deliveries d JOIN subscribers p ON p.id = d.subscriber_id AND p.link_key = ${linkKey}
    WHERE d.issue_id = ${issue} AND d.id = ${delivery}`.execute(db);
  return rows[0] ?? null;
}

async function byMessageId(
  db: Db,
  { messageIds }: Report['clues'],
): Promise<Omit<FoundDelivery, 'proven'> | null> {
  for (const id of messageIds.slice(0, MAX_CLUES)) {
    const named = readMessageId(id);
    if (!named) continue;
    const { rows } = await sql<Row>`
      SELECT ${columns} FROM deliveries d LEFT JOIN subscribers p ON p.id = d.subscriber_id
      LEFT JOIN issues i ON i.id = d.issue_id LEFT JOIN editions e ON e.id = i.edition_id
      WHERE d.issue_id = ${named.issue} AND d.id = ${named.delivery}
        AND (d.issue_id = 0 OR left(e.hash, ${named.label.length}) = ${named.label})`.execute(db);
    if (rows[0]) return { ...rows[0], by: 'message-id' };
  }
  return null;
}

/**
 * The latest mail to the address; with an id of the relay, the mail whose reply gave that id. A signed-in provider may
 * carry mail of others, too, so an id that names none of our mails does not fall back on the address.
 */
async function byAddress(
  db: Db,
  { relayIds = [] }: Report['clues'],
  identities: readonly string[],
  authenticated: boolean,
): Promise<Omit<FoundDelivery, 'proven'> | null> {
  if (identities.length === 0) return null;
  const ids = authenticated ? relayIds.filter((id) => id.length >= 6).slice(0, MAX_CLUES) : [];
  const said = sql`(${ids.length === 0} OR EXISTS (
    SELECT 1 FROM unnest(${ids}::text[]) AS r(id) WHERE position(r.id IN d.reply) > 0))`;
  const { rows } = await sql<Row>`
    SELECT ${columns} FROM (
      SELECT * FROM deliveries WHERE kind = 'issue' AND key = ANY(${identities}::text[])
        AND issue_id = ANY(ARRAY(SELECT issue_id FROM sends WHERE sending_since > now() - ${RECENT_DAYS} * interval '1 day'))
      UNION ALL
      SELECT * FROM deliveries WHERE issue_id = 0 AND moved_at > now() - ${RECENT_DAYS} * interval '1 day'
        AND subscriber_id = ANY(ARRAY(SELECT id FROM subscribers WHERE identity = ANY(${identities}::text[])))
    ) d JOIN subscribers p ON p.id = d.subscriber_id
    WHERE d.state IN ('accepted', 'unknown') AND ${said} ORDER BY d.moved_at DESC LIMIT 1`.execute(db);
  return rows[0] ? { ...rows[0], by: ids.length > 0 ? 'relay-id' : 'recipient' } : null;
}
