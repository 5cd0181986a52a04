/** The kept reports: what came back, without any address. */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import type { FoundDelivery } from './match.ts';
import type { Action } from './policy.ts';
import type { RecipientReport } from './report.ts';

/** Where a report came from. */
export interface FeedbackSource {
  /** `imap`, `lmtp`, `smtp`, `cli`, or a provider's name. */
  name: string;
  /** A provider that proved who it is: what it says is believed. Anybody can send a mail. */
  authenticated: boolean;
  /** Identifies the report, e.g. the hash of the mail or of the provider's event id. */
  digest: Buffer;
}

const MAX_DIAGNOSTIC_CHARS = 500;
const MAX_WORD_CHARS = 80;

/** Stores what one of its recipients' parts says. Null when the same report was applied before. */
export async function storeReport(
  trx: Trx,
  source: FeedbackSource,
  part: number,
  what: RecipientReport,
  found: FoundDelivery | null,
): Promise<number | null> {
  const row = await trx
    .insertInto('feedback_reports')
    .values({
      digest: source.digest,
      part,
      source: source.name,
      class: what.class,
      reason: what.reason.slice(0, MAX_WORD_CHARS),
      status: what.status?.slice(0, MAX_WORD_CHARS) ?? null,
      diagnostic: withoutAddresses(what.diagnostic),
      found_by: found?.by ?? null,
      proven: found?.proven ?? false,
      issue_id: found?.issue ?? null,
      delivery_id: found?.id ?? null,
      newsletter_id: found?.newsletterId ?? null,
      subscriber_id: found?.subscriberId ?? null,
      lane: found?.lane ?? null,
      relay: found?.relay ?? null,
      action: 'none',
    })
    .onConflict((conflict) => conflict.columns(['digest', 'part']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function noteAction(trx: Trx, report: number, action: Action): Promise<void> {
  await trx.updateTable('feedback_reports').set({ action }).where('id', '=', report).execute();
}

/** No other report of its lane was quarantined in the last hour: one warning is enough. */
export async function isFirstQuarantined(trx: Trx, report: number, lane: string): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM feedback_reports
    WHERE action = 'quarantined' AND lane = ${lane} AND id <> ${report} AND at > now() - interval '1 hour' LIMIT 1`.execute(
    trx,
  );
  return rows.length === 0;
}

/** Of an hour. Strangers can write such mails, so the table must not grow as they please. */
const MAX_UNPROVEN = 1_000;

export async function hasEnoughUnproven(db: Db): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM (
    SELECT 1 FROM feedback_reports WHERE at > now() - interval '1 hour' AND NOT proven LIMIT ${MAX_UNPROVEN}) r`.execute(
    db,
  );
  return rows[0]!.n >= MAX_UNPROVEN;
}

/** What was done when the same report was applied before. */
export async function earlierAction(db: Db, digest: Buffer, part: number): Promise<Action> {
  const row = await db
    .selectFrom('feedback_reports')
    .select('action')
    .where('digest', '=', digest)
    .where('part', '=', part)
    .executeTakeFirst();
  return (row?.action ?? 'none') as Action;
}

/** The same mail was read before. */
export async function wasStored(db: Db, digest: Buffer): Promise<boolean> {
  const row = await db
    .selectFrom('feedback_reports')
    .select('id')
    .where('digest', '=', digest)
    .executeTakeFirst();
  return row !== undefined;
}

/** Servers repeat the address that they refuse, and quote our links and ids. */
function withoutAddresses(text: string | null): string | null {
  if (text === null) return null;
  return text
    .replace(/\0/g, '')
    .slice(0, 4 * MAX_DIAGNOSTIC_CHARS)
    .replace(/[^\s<>,;:"'()[\]]{1,256}@[^\s<>,;"'()[\]]{1,256}/g, '…')
    .replace(/https?:\/\/\S+/g, '…')
    .slice(0, MAX_DIAGNOSTIC_CHARS);
}
