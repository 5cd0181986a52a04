/**
 * Settles and marks in one statement, the hot path. It settles what was answered and marks what is about to be handed
 * over, so that a connection's next mark never commits before its previous settle, and a batch costs one round trip per
 * group of open connections.
 */
import { CompiledQuery } from 'kysely';
import { type Db, prepared } from '../db/connection.ts';
import { partitionOf } from '../db/partitions.ts';
import { isIneligible, isPending } from './moves/eligibility.ts';
import { mayGetNotice } from './moves/notices.ts';
import type { DeliveryReason } from './moves/reasons.ts';
import { fromStatesSql, moves, type Target } from './moves/transitions.ts';
import { SERVICE } from './service-mail.ts';

/** "Let me write the final dot of this delivery." */
export interface Mark {
  id: number;
  /** As the row was read: the mark is refused if the row has moved since. */
  fence: number;
}

/** How a marked delivery ended. */
export interface Settle {
  id: number;
  /** The fence that the mark returned. */
  fence: number;
  state: Target<'settle'>;
  reason: DeliveryReason | null;
  reply: string | null;
  stage: string | null;
  relay: string;
  /** 1 if this was an attempt, 0 if not (the dot was not written, or a throttle). */
  counted: 0 | 1;
  /** Milliseconds until it is due again; null: do not visit it again. */
  dueInMs: number | null;
}

/** Which of the requested ids succeeded. */
export interface MarkedAndSettled {
  /** Deliveries whose dot may be written; their fence is the requested one + 1. */
  marked: Ids;
  /** Deliveries that were settled; somebody else had moved the others (a late reply after a lost lease). */
  settled: Ids;
}

const settledStates = Object.keys(moves.settle) as Target<'settle'>[];

type Ids = Pick<ReadonlySet<number>, 'has'>;

/** The usual case: every request succeeded. */
const ALL: Ids = { has: () => true };

/**
 * One statement for one issue. A mark is granted only while the issue is sending and not expired, the worker's lease
 * holds (all by the database's clock) and the row is unchanged since it was read. For a row that was visited before,
 * consent is checked again; a fresh row needs no check, since an unsubscribe moves the row itself. A confirmation goes
 * to pending people only.
 */
export async function markAndSettle(
  db: Db,
  issueId: number,
  workerId: number,
  settles: readonly Settle[],
  marks: readonly Mark[],
): Promise<MarkedAndSettled> {
  const keepsAttempts = settles.some((settle) => settle.state !== 'accepted');
  const requested = settles.length + marks.length;
  const values = valuesOf(issueId, settles, marks);
  values.push(issueId, workerId);
  if (keepsAttempts) values.push(...furtherValues(settles, marks.length));
  const { rows } = await db.executeQuery<{
    moved: number;
    settled: number[] | null;
    marked: number[] | null;
  }>(CompiledQuery.raw(statement(partitionOf(issueId), keepsAttempts), values));
  const { moved, settled, marked } = rows[0]!;
  return moved === requested
    ? { settled: ALL, marked: ALL }
    : { settled: new Set(settled), marked: new Set(marked) };
}

/** `$1` to `$7`: settles first, then marks. */
function valuesOf(issueId: number, settles: readonly Settle[], marks: readonly Mark[]): unknown[] {
  let ids = '';
  let fences = '';
  let issues = '';
  let states = '';
  let replies = '';
  let relays = '';
  let counted = '';
  for (const settle of settles) {
    ids += `,${settle.id}`;
    fences += `,${settle.fence}`;
    issues += `,${issueId}`;
    states += `,${settle.state}`;
    replies += `,${quoted(settle.reply)}`;
    relays += `,${quoted(settle.relay)}`;
    counted += `,${settle.counted}`;
  }
  for (const mark of marks) {
    ids += `,${mark.id}`;
    fences += `,${mark.fence}`;
    issues += `,${issueId}`;
    states += ',handing';
    replies += ',NULL';
    relays += ',NULL';
    counted += ',0';
  }
  return [ids, fences, issues, states, replies, relays, counted].map((items) => `{${items.slice(1)}}`);
}

/** Values that only a settle other than `accepted` has. */
function furtherValues(settles: readonly Settle[], marks: number): string[] {
  const blank = Array.from({ length: marks }, () => null);
  return [
    texts([...settles.map((s) => s.reason), ...blank]),
    texts([...settles.map((s) => s.stage), ...blank]),
    texts([...settles.map((s) => s.dueInMs?.toString() ?? null), ...blank]),
  ];
}

/**
 * The mark's condition. Delivery `d` waits, the issue (`$8`) is sending and not expired, and the worker's lease (`$9`)
 * holds, and the person may get it.
 */
const mayBeMarked = (partition: string) => `d.state IN (${fromStatesSql('mark', 'handing')})
        AND (SELECT ($8::bigint = 0 OR EXISTS (SELECT 1 FROM issues i JOIN sends s ON s.issue_id = i.id
          WHERE i.id = $8 AND i.state = 'sending' AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())))
          AND EXISTS (SELECT 1 FROM workers WHERE id = $9::bigint AND ended_at IS NULL AND lease_until > clock_timestamp()))
        AND ${partition === partitionOf(SERVICE) ? mayGetServiceMail : mayGetIssue}`;

/**
 * For a row that was visited before, consent is checked again, and that the relay still remembers the key of a resent
 * one (resend-by-key.ts); a fresh row needs no check, since an unsubscribe moves the row itself.
 */
const mayGetIssue = `(d.fence = 0 OR (coalesce(d.resend_until > clock_timestamp(), true) AND NOT ${isIneligible}))`;

/** Each kind has its own check. */
const mayGetServiceMail = `CASE d.kind
          WHEN 'confirmation' THEN ${isPending}
          WHEN 'notice' THEN ${mayGetNotice}
          ELSE ${mayGetIssue} END`;

/** The settle to each state, from the states that the table of moves allows. */
const maySettle = settledStates
  .map((to) => `WHEN '${to}' THEN d.state IN (${fromStatesSql('settle', to)})`)
  .join('\n        ');

/**
 * Settles and marks in one UPDATE of one partition. Two UPDATEs, or one over all partitions, would open them for each
 * group and update the tallies twice. A mark is a move to `handing`. If all settles are `accepted`, no attempts are
 * stored and the statement is shorter.
 *
 * The issue is passed as a column beside the ids, not as one value: from a single value PostgreSQL would estimate one
 * row, since a new issue is not in its statistics yet, and then read all the issue's rows for every group. This way
 * each row is looked up by its key. The statement is prepared, since planning it costs more than running it.
 */
function statement(partition: string, keepsAttempts: boolean): string {
  const key = `${partition}${keepsAttempts ? '-kept' : ''}`;
  const known = written.get(key);
  if (known) return known;
  const text = prepared(
    `mark-and-settle-${key}`,
    `
    WITH x AS (
      SELECT * FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::delivery_state[], $5::text[], $6::text[], $7::smallint[]
        ${keepsAttempts ? ', $10::text[], $11::text[], $12::float8[]' : ''})
        AS x(id, fence, issue_id, state, reply, relay, counted${keepsAttempts ? ', reason, stage, due_in_ms' : ''})
    ), moved AS (
      UPDATE ${partition} d SET state = x.state, attempts = d.attempts + x.counted, moved_at = clock_timestamp(),
        first_attempt_at = coalesce(d.first_attempt_at, clock_timestamp()),
        fence = CASE x.state WHEN 'handing' THEN d.fence + 1 ELSE d.fence END,
        worker_id = CASE x.state WHEN 'handing' THEN $9 ELSE d.worker_id END,
        reason = CASE x.state WHEN 'handing' THEN d.reason ${keepsAttempts ? 'ELSE x.reason' : ''} END,
        reply = CASE x.state WHEN 'handing' THEN d.reply ELSE x.reply END,
        relay = CASE x.state WHEN 'handing' THEN d.relay ELSE x.relay END,
        due_at = ${keepsAttempts ? "clock_timestamp() + x.due_in_ms * interval '1 millisecond'" : 'NULL'}
      FROM x
      WHERE d.issue_id = x.issue_id AND d.id = x.id AND d.fence = x.fence
        AND CASE x.state WHEN 'handing' THEN ${mayBeMarked(partition)}
        ${maySettle} END
      RETURNING d.id, d.state
    )${keepsAttempts ? `, ${storedAttempts}` : ''}
    SELECT count(*)::int AS moved,
      CASE WHEN count(*) < cardinality($1::bigint[]) THEN array_agg(id) FILTER (WHERE state <> 'handing') END AS settled,
      CASE WHEN count(*) < cardinality($1::bigint[]) THEN array_agg(id) FILTER (WHERE state = 'handing') END AS marked
    FROM moved`,
  );
  written.set(key, text);
  return text;
}

const storedAttempts = `kept AS (
      INSERT INTO attempts (issue_id, delivery_id, fence, outcome, stage, reply, relay)
      SELECT x.issue_id, x.id, x.fence, x.state::text, x.stage, coalesce(x.reply, x.reason), x.relay
      FROM x JOIN moved USING (id) WHERE x.state NOT IN ('accepted', 'handing')
    )`;

/** Statement texts by partition. They take a few hundred bytes per hundred issues. */
const written = new Map<string, string>();

/** Arrays in PostgreSQL's text format: `pg` would inspect each item in turn to find its type. */
const texts = (items: readonly (string | null)[]): string => `{${items.map(quoted).join()}}`;

const quoted = (item: string | null): string =>
  item === null ? 'NULL' : `"${QUOTED.test(item) ? item.replace(/["\\]/g, '\\$&') : item}"`;

const QUOTED = /["\\]/;
