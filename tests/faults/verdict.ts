/** Joins the ledger with what the relay received, person by person. All lists are empty after a good trial. */
import { sql } from 'kysely';
import { recount, tally } from '../../src/ledger/counts.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { judge, type Line, type Status } from '../journeys/stage.ts';
import type { Scene } from './scene.ts';

export interface Verdict {
  /** Received twice; under `resend` only those who never were in doubt. */
  doubles: string[];
  /** The ledger says accepted, the relay never had it. */
  lost: string[];
  /** Received, though the ledger says refused or skipped; under `resend` a doubt's second try may be refused. */
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

export async function judgeTrial(scene: Scene): Promise<Verdict> {
  const { plan, stage, db, issueId } = scene;
  const lines = await stage.ledger(scene.issue);
  scene.ledger = lines;
  const status = (await issueStatus(db, issueId)) as Status;
  const found = judge(lines, stage.sink.counts());
  const doubtful = plan.policy === 'resend' ? await everDoubtful(scene) : new Set<string>();
  return {
    doubles: found.doubles.filter((email) => !doubtful.has(email)),
    lost: found.lost,
    unwanted: found.unwanted.filter((email) => !doubtful.has(email)),
    afterLeaving: afterLeaving(scene),
    strange: strange(scene, lines),
    sums: await sums(scene, lines, status),
    state: status.state,
    waiting: found.waiting,
    unknown: found.unknown,
    allowedUnknown: allowedUnknown(scene),
    repeats: stage.sink.accepted.length - stage.sink.counts().size,
  };
}

function allowedUnknown({ plan, stage, openAtCrash }: Scene): number {
  // A policy that resends leaves nobody in doubt at the end.
  if (plan.policy === 'resend') return 0;
  const { unanswered, left, cutBodies } = stage.sink;
  return openAtCrash + (unanswered - left) + cutBodies;
}

/** Who was in doubt at some time, as the ledger's attempts tell. */
async function everDoubtful({ db, issueId }: Scene): Promise<Set<string>> {
  const { rows } = await sql<{ email: string }>`
    SELECT d.email FROM attempts a JOIN deliveries d ON d.issue_id = a.issue_id AND d.id = a.delivery_id
    WHERE a.issue_id = ${issueId} AND a.outcome = 'unknown'`.execute(db);
  return new Set(rows.map((row) => row.email));
}

const afterLeaving = ({ stage, leftAt }: Scene): string[] =>
  stage.sink.accepted
    .filter((mail) => mail.at > (leftAt.get(mail.to) ?? Number.POSITIVE_INFINITY))
    .map((mail) => mail.to);

function strange({ stage }: Scene, lines: readonly Line[]): string[] {
  const ids = new Map(lines.map((line) => [line.email, line.messageId]));
  return stage.sink.accepted.filter((mail) => ids.get(mail.to) !== mail.messageId).map((mail) => mail.to);
}

async function sums({ plan, db, issueId }: Scene, lines: readonly Line[], status: Status): Promise<string[]> {
  const [kept, counted] = await Promise.all([tally(db, issueId), recount(db, issueId)]);
  const { audience, ...outcomes } = status.counts;
  const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const people = new Set(lines.map((line) => line.email)).size;
  const faults: string[] = [];
  if (JSON.stringify(kept) !== JSON.stringify(counted))
    faults.push(`tallies ${JSON.stringify(kept)}, recount ${JSON.stringify(counted)}`);
  if (total !== audience) faults.push(`audience ${audience}, outcomes add up to ${total}`);
  if (lines.length !== people) faults.push(`${lines.length} rows for ${people} people`);
  // Who left before the plan reached them was never part of the audience, nor is anybody a cancel came before.
  const may = new Set(['cancelled']).has(status.state) ? 0 : plan.readers;
  if (people > plan.readers || people < may) faults.push(`${people} people of ${plan.readers} in the ledger`);
  return faults;
}
