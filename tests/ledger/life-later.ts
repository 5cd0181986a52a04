/** What may happen to a send after the handover: evidence, second tries, canaries, its end, and its compaction. */

import type { Db } from '../../src/db/connection.ts';
import { compactIssue } from '../../src/delivery/housekeeping/pruning/compact-ledgers.ts';
import { acceptByEvidence, acceptByReader, resendByEvidence } from '../../src/ledger/evidence.ts';
import { retryRefused } from '../../src/ledger/retry-refused.ts';
import { moveCanaries } from '../../src/sends/canary.ts';
import { finishIssue } from '../../src/sends/finish.ts';
import { type Row, rowsOf } from './fixtures.ts';

/** What these acts need to know of a history, and change of it. */
export interface HistoryView {
  readonly issue: number;
  /** Dots by address identity: what the relay has. */
  readonly dots: Map<string, number>;
  /** Drops whatever a worker still holds of this delivery. */
  dropHeld(id: number): void;
}

async function pickRow(
  db: Db,
  history: HistoryView,
  pick: number,
  of: (row: Row) => boolean,
): Promise<Row | undefined> {
  const rows = (await rowsOf(db, history.issue)).filter(of);
  return rows[pick % Math.max(1, rows.length)];
}

/** The ledger does not say so, but the relay has it. */
const has = ({ dots }: HistoryView, { key, state }: Row): boolean =>
  (dots.get(key) ?? 0) > 0 && state !== 'accepted';

/** The relay's log has a message that it got. */
export async function findTaken(db: Db, history: HistoryView, pick: number): Promise<void> {
  const row = await pickRow(db, history, pick, (r) => has(history, r));
  if (row) await acceptByEvidence(db, history.issue, [{ id: row.id, reply: 'the line' }], 'relay-log');
}

/** The reader uses the link of a mail that they got. */
export async function readerActs(db: Db, history: HistoryView, pick: number): Promise<void> {
  const row = await pickRow(db, history, pick, (r) => has(history, r) && r.subscriber_id !== null);
  if (row) await acceptByReader(db, { issue: history.issue, delivery: row.id }, row.subscriber_id!);
}

/** The relay's log shows that an unknown never arrived: its dot was lost on the way, and no reply will come. */
export async function findMissed(db: Db, history: HistoryView, pick: number): Promise<void> {
  const row = await pickRow(db, history, pick, (r) => r.state === 'unknown');
  if (!row) return;
  history.dropHeld(row.id);
  history.dots.set(row.key, 0);
  await resendByEvidence(db, history.issue, [row.id]);
}

export const retryAll = async (db: Db, history: HistoryView): Promise<void> =>
  void (await retryRefused(db, history.issue));
export const canaries = async (db: Db): Promise<void> => void (await moveCanaries(db));
export const finish = async (db: Db, history: HistoryView): Promise<void> =>
  void (await finishIssue(db, history.issue));
export const compact = async (db: Db, history: HistoryView): Promise<void> =>
  void (await compactIssue(db, history.issue));
