/**
 * Addresses that a relay refused at once, instead of taking the mail and bouncing it later: the same policy applies. They
 * are read from the ledger in the background, so that a send does not wait for it.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { deliveryToken } from '../consent/tokens.ts';
import { applyReport, type FeedbackContext } from './apply-report.ts';
import type { RecipientReport } from './report.ts';

interface Refusal {
  issue: number;
  delivery: number;
  linkKey: number;
  reason: 'address' | 'mailbox-full';
  reply: string | null;
  /** As PostgreSQL writes it, to the microsecond. */
  at: string;
}

/** How far the ledger has been read. */
export interface RefusalCursor {
  at: string;
}

export const firstRefusals = (): RefusalCursor => ({ at: '-infinity' });

const PAGE = 100;
/** Older ones were read, or the database is a copy that nobody served for days. */
const MEMORY_DAYS = 2;

const CLASSES = {
  address: { class: 'hard', reason: 'user-unknown' },
  'mailbox-full': { class: 'soft', reason: 'mailbox-full' },
} as const;

/** Of two refusals that were stored at about the same time, the earlier one may be committed later. */
const OVERLAP_SECONDS = 10;

/** Applies refusals for at most `budgetMs`, the oldest first, and moves the cursor. Returns how many. */
export async function applyRefusals(
  context: FeedbackContext,
  cursor: RefusalCursor,
  budgetMs: number,
  stopped: AbortSignal,
): Promise<number> {
  const until = context.clock.monotonic() + budgetMs;
  let applied = 0;
  for (;;) {
    const page = await readRefusals(context, cursor);
    for (const refusal of page) {
      if (stopped.aborted || context.clock.monotonic() > until) return applied;
      await applyRefusal(context, refusal);
      cursor.at = refusal.at;
      applied += 1;
    }
    if (page.length < PAGE) return applied;
  }
}

/** What a rehearsal's inbox says means nothing. */
async function readRefusals({ db }: FeedbackContext, { at }: RefusalCursor): Promise<Refusal[]> {
  const { rows } = await sql<Refusal>`
    SELECT d.issue_id AS issue, d.id AS delivery, p.link_key AS "linkKey", d.reason, d.reply, a.at::text AS at
    FROM attempts a JOIN deliveries d ON d.issue_id = a.issue_id AND d.id = a.delivery_id
    JOIN subscribers p ON p.id = d.subscriber_id LEFT JOIN sends s ON s.issue_id = d.issue_id
    WHERE a.outcome = 'refused' AND a.at > greatest(now() - ${MEMORY_DAYS} * interval '1 day',
        ${at}::timestamptz - ${OVERLAP_SECONDS} * interval '1 second')
      AND d.state = 'refused' AND d.reason IN ('address', 'mailbox-full') AND NOT coalesce(s.rehearsal, false)
      AND NOT EXISTS (SELECT 1 FROM feedback_reports r
        WHERE r.issue_id = d.issue_id AND r.delivery_id = d.id AND r.source = 'smtp-reply')
    ORDER BY a.at LIMIT ${PAGE}`.execute(db);
  return rows;
}

async function applyRefusal(
  context: FeedbackContext,
  { issue, delivery, linkKey, reason, reply }: Refusal,
): Promise<void> {
  const recipient: RecipientReport = {
    recipient: null,
    original: null,
    ...CLASSES[reason],
    status: /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(reply ?? '')?.[0] ?? null,
    diagnostic: reply,
  };
  const token = deliveryToken(context.keys, { issue, delivery, linkKey });
  const digest = createHash('sha256').update(`smtp-reply ${issue} ${delivery}`).digest();
  await applyReport(
    context,
    { recipients: [recipient], clues: { deliveryTokens: [token], returnPaths: [], messageIds: [] } },
    { name: 'smtp-reply', authenticated: true, digest },
  );
}
