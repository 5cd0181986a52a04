/** Compares the ledger with what the relay received, person by person. All lists are empty after a good trial. */
import { sql } from 'kysely';
import { recount, tally } from '../../src/ledger/counts.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { judge, type Line, type Status } from '../journeys/harness.ts';
import type { TrialContext } from './trial-context.ts';

export interface Verdict {
  /** Received twice; under `resend` only those who were never unknown. */
  doubles: string[];
  /** The ledger says accepted, the relay never had it. */
  lost: string[];
  /** Received, though the ledger says refused or skipped; under `resend` the second try of an unknown may be refused. */
  unwanted: string[];
  /** Received after their leaving was acknowledged. */
  afterLeaving: string[];
  /** Received by somebody who is not in the ledger, or under another Message-ID than the ledger's. */
  strange: string[];
  /** Sums that do not add up, each in words. */
  sums: string[];
  state: string;
  waiting: number;
  unknown: number;
  /** Connections open at a crash, dots that got no reply to read, and bodies cut with our dot behind them. */
  allowedUnknown: number;
  /** Under `resend`: copies beyond the first. */
  repeats: number;
}

export async function judgeTrial(context: TrialContext): Promise<Verdict> {
  const { plan, harness, db, issueId } = context;
  const lines = await harness.ledger(context.issue);
  context.ledger = lines;
  const status = (await issueStatus(db, issueId)) as Status;
  const found = judge(lines, harness.sink.counts());
  const unknowns = plan.policy === 'resend' ? await everUnknown(context) : new Set<string>();
  return {
    doubles: found.doubles.filter((email) => !unknowns.has(email)),
    lost: found.lost,
    unwanted: found.unwanted.filter((email) => !unknowns.has(email)),
    afterLeaving: afterLeaving(context),
    strange: strange(context, lines),
    sums: await sums(context, lines, status),
    state: status.state,
    waiting: found.waiting,
    unknown: found.unknown,
    allowedUnknown: allowedUnknown(context),
    repeats: harness.sink.accepted.length - harness.sink.counts().size,
  };
}

function allowedUnknown({ plan, harness, openAtCrash }: TrialContext): number {
  // A policy that resends leaves nobody unknown at the end.
  if (plan.policy === 'resend') return 0;
  const { unanswered, left, cutBodies } = harness.sink;
  return openAtCrash + (unanswered - left) + cutBodies;
}

/** Who was unknown at some time, by the ledger's attempts. */
async function everUnknown({ db, issueId }: TrialContext): Promise<Set<string>> {
  const { rows } = await sql<{ email: string }>`
    SELECT d.email FROM attempts a JOIN deliveries d ON d.issue_id = a.issue_id AND d.id = a.delivery_id
    WHERE a.issue_id = ${issueId} AND a.outcome = 'unknown'`.execute(db);
  return new Set(rows.map((row) => row.email));
}

const afterLeaving = ({ harness, leftAt }: TrialContext): string[] =>
  harness.sink.accepted
    .filter((mail) => mail.at > (leftAt.get(mail.to) ?? Number.POSITIVE_INFINITY))
    .map((mail) => mail.to);

function strange({ harness }: TrialContext, lines: readonly Line[]): string[] {
  const ids = new Map(lines.map((line) => [line.email, line.messageId]));
  return harness.sink.accepted.filter((mail) => ids.get(mail.to) !== mail.messageId).map((mail) => mail.to);
}

async function sums(
  { plan, db, issueId }: TrialContext,
  lines: readonly Line[],
  status: Status,
): Promise<string[]> {
  const [kept, counted] = await Promise.all([tally(db, issueId), recount(db, issueId)]);
  const { audience, ...outcomes } = status.counts;
  const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const people = new Set(lines.map((line) => line.email)).size;
  const faults: string[] = [];
  if (JSON.stringify(kept) !== JSON.stringify(counted))
    faults.push(`tallies ${JSON.stringify(kept)}, recount ${JSON.stringify(counted)}`);
  if (total !== audience) faults.push(`audience ${audience}, outcomes add up to ${total}`);
  if (lines.length !== people) faults.push(`${lines.length} rows for ${people} people`);
  // Whoever left before the plan reached them was never part of the audience; a cancel may come before everybody.
  const may = new Set(['cancelled']).has(status.state) ? 0 : plan.readers;
  if (people > plan.readers || people < may) faults.push(`${people} people of ${plan.readers} in the ledger`);
  return faults;
}
