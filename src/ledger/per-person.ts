/** The ledger of an issue, one line per person. */
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
  relay: string | null;
  /** What was reported later: bounced, complained. */
  feedback: string | null;
}

/** One attempt to hand it over, and how it ended. */
interface Attempt {
  at: Date;
  outcome: string;
  /** The stage of the SMTP dialogue: `connect`, `mail`, `rcpt`, `data`, `dot`. Null: none was reached. */
  stage: string | null;
  reply: string | null;
  relay: string | null;
}

export interface FullLine extends PersonLine {
  lane: string;
  firstAttemptAt: Date | null;
  history: Attempt[];
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

const PAGE = 2_000;

/** Streams the lines in key order, page by page, so that memory stays flat at a million people. */
export async function* people(db: Db, issueId: number, outcome: Outcome | null): AsyncGenerator<PersonLine> {
  for await (const page of pages(db, issueId, outcome)) yield* page;
}

/** The whole ledger: every line with every attempt, oldest first. An accepted attempt is the last of its line. */
export async function* fullLedger(
  db: Db,
  issueId: number,
  outcome: Outcome | null,
): AsyncGenerator<FullLine> {
  for await (const page of pages(db, issueId, outcome)) {
    const attempts = await attemptsOf(
      db,
      issueId,
      page.map((line) => line.id),
    );
    for (const line of page) {
      const { at, reply, relay, state } = line;
      const accepted = state === 'accepted' ? [{ at, outcome: state, stage: 'dot', reply, relay }] : [];
      yield { ...line, history: [...(attempts.get(line.id) ?? []), ...accepted] };
    }
  }
}

type Row = Omit<FullLine, 'history'>;

async function* pages(db: Db, issueId: number, outcome: Outcome | null): AsyncGenerator<Row[]> {
  const states = outcome === null ? null : outcomeStates[outcome];
  for (let after = 0; ; ) {
    const { rows } = await sql<Omit<Row, 'outcome'>>`
      SELECT id, email, state, reason, reply, attempts, moved_at AS at, lane, relay, feedback, first_attempt_at AS "firstAttemptAt"
      FROM deliveries
      WHERE issue_id = ${issueId} AND id > ${after} AND (${states}::text[] IS NULL OR state::text = ANY(${states}::text[]))
      ORDER BY id LIMIT ${PAGE}`.execute(db);
    if (rows.length === 0) return;
    yield rows.map((row) => ({ ...row, outcome: outcomeOf(row.state) }));
    after = rows.at(-1)!.id;
  }
}

async function attemptsOf(db: Db, issueId: number, ids: readonly number[]): Promise<Map<number, Attempt[]>> {
  const { rows } = await sql<Attempt & { id: number }>`
    SELECT delivery_id AS id, at, outcome, stage, reply, relay FROM attempts
    WHERE issue_id = ${issueId} AND delivery_id BETWEEN ${ids[0]} AND ${ids.at(-1)} AND delivery_id = ANY(${ids}::bigint[])
    ORDER BY at, fence`.execute(db);
  const attempts = new Map<number, Attempt[]>();
  for (const { id, ...attempt } of rows) attempts.set(id, [...(attempts.get(id) ?? []), attempt]);
  return attempts;
}
