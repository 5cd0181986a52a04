/** The ledger of an issue, one line a person. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { DeliveryState } from '../db/schema.ts';

export type Outcome = 'waiting' | 'accepted' | 'refused' | 'skipped' | 'unknown';

export interface PersonLine {
  id: number;
  email: string;
  outcome: Outcome;
  state: DeliveryState;
  reason: string | null;
  reply: string | null;
  attempts: number;
  at: Date;
}

const outcomeStates: Record<Outcome, readonly DeliveryState[]> = {
  waiting: ['planned', 'handing', 'deferred'],
  accepted: ['accepted'],
  refused: ['refused'],
  skipped: ['skipped'],
  unknown: ['unknown'],
};

export const outcomes = Object.keys(outcomeStates) as Outcome[];

const outcomeOf = (state: DeliveryState): Outcome => outcomes.find((o) => outcomeStates[o].includes(state))!;

/** Streams the lines in key order, page by page, so that memory stays flat at a million people. */
export async function* people(db: Db, issueId: number, outcome: Outcome | null): AsyncGenerator<PersonLine> {
  const states = outcome === null ? null : outcomeStates[outcome];
  for (let after = 0; ; ) {
    const { rows } = await sql<Omit<PersonLine, 'outcome'>>`
      SELECT id, email, state, reason, reply, attempts, moved_at AS at FROM deliveries
      WHERE issue_id = ${issueId} AND id > ${after} AND (${states}::text[] IS NULL OR state::text = ANY(${states}::text[]))
      ORDER BY id LIMIT 2000`.execute(db);
    for (const row of rows) yield { ...row, outcome: outcomeOf(row.state) };
    if (rows.length === 0) return;
    after = rows.at(-1)!.id;
  }
}
