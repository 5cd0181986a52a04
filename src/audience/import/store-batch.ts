/** Writes one batch of an import: readers, pending people, and those who left, bounced or complained. */
import type { Status } from '../status/status.ts';
import type { Recorder, StoreResult } from '../store/context.ts';
import { type Departure, storeDepartures } from '../store/departures.ts';
import { storePeople } from '../store/people.ts';
import { type Decision, decide } from './decide.ts';
import type { Batch } from './read-rows.ts';
import { cameInAs } from './report.ts';
import { byLine, type ReportLine } from './report-lines.ts';
import type { ImportRun } from './run.ts';
import { readStatements } from './statements.ts';

/** Departures lock each identity, and a server has room for some thousand locks. */
const MAX_DEPARTURES = 500;

export async function storeBatch(run: ImportRun, batch: Batch): Promise<void> {
  const identities = batch.rows.map(({ person }) => person.identity);
  const known = run.statements && (await readStatements(run.statements, identities));
  const decisions = batch.rows.map((row) =>
    decide(run.defaultStatus, row, known?.get(row.person.identity) ?? null),
  );
  const lines = [...batch.lines];
  for (const round of rounds(decisions)) await storeRound(run, round, lines);
  await run.writer.endBatch(batch, lines.sort(byLine));
}

/** The second row of one person goes into a second round, as if it were in another batch. */
function rounds(decisions: readonly Decision[]): Decision[][] {
  const times = new Map<string, number>();
  const result: Decision[][] = [];
  for (const decision of decisions) {
    const round = times.get(decision.person.identity) ?? 0;
    times.set(decision.person.identity, round + 1);
    const others = result[round] ?? [];
    others.push(decision);
    result[round] = others;
  }
  return result;
}

async function storeRound(
  run: ImportRun,
  decisions: readonly Decision[],
  lines: ReportLine[],
): Promise<void> {
  const having = (...statuses: Status[]) => decisions.filter(({ status }) => statuses.includes(status));
  await storeSubscribers(run, having('mailable'), run.source, lines);
  await storeSubscribers(run, having('unconfirmed', 'unknown'), null, lines);
  await skip(run, having('skipped'), lines);
  const departed = having('complained', 'left', 'bounced');
  for (let at = 0; at < departed.length; at += MAX_DEPARTURES)
    await storeDeparted(run, departed.slice(at, at + MAX_DEPARTURES), lines);
}

/** `source` null: they are pending. */
async function storeSubscribers(
  run: ImportRun,
  decisions: readonly Decision[],
  source: string | null,
  lines: ReportLine[],
): Promise<void> {
  const { newsletterId, dryRun, types } = run;
  const { db, keys } = run.context;
  const confirmedBy = source === null ? null : `import: ${source}`;
  const people = decisions.map(({ person }) => person);
  await step(run, decisions, lines, (record) =>
    storePeople(db, keys, { newsletterId, confirmedBy, dryRun, types, record }, people),
  );
}

async function storeDeparted(
  run: ImportRun,
  decisions: readonly Decision[],
  lines: ReportLine[],
): Promise<void> {
  const departures = decisions.map((decision) => departureOf(decision, run.source));
  const { newsletterId, dryRun } = run;
  await step(run, decisions, lines, (record) =>
    storeDepartures(run.context, { newsletterId, dryRun, record }, departures),
  );
}

async function skip(run: ImportRun, decisions: readonly Decision[], lines: ReportLine[]): Promise<void> {
  const results = decisions.map(({ reason: { column, word } }) => ({
    outcome: 'skipped' as const,
    why: `${column}: ${word}`,
  }));
  await step(run, decisions, lines, (record) =>
    run.context.db.transaction().execute((trx) => record(trx, results)),
  );
}

type Outcome = Parameters<ImportRun['writer']['count']>[0];

/** One transaction, which an earlier run may have committed already. */
async function step(
  run: ImportRun,
  decisions: readonly Decision[],
  lines: ReportLine[],
  write: (record: Recorder<Outcome>) => Promise<unknown>,
): Promise<void> {
  if (decisions.length === 0) return;
  const earlier = (await run.checkpoint?.next()) ?? null;
  if (earlier) {
    lines.push(...earlier);
    return;
  }
  await write(async (trx, results) => {
    const own = count(run, decisions, results);
    await run.checkpoint?.commit(trx, run.writer.storedCounts, own);
    lines.push(...own);
  });
}

/** Returns the lines of those who did not come in. */
function count(
  { writer }: ImportRun,
  decisions: readonly Decision[],
  results: readonly StoreResult<Outcome>[],
): ReportLine[] {
  const lines: ReportLine[] = [];
  for (const [at, { line, reason, status }] of decisions.entries()) {
    const { outcome, why } = results[at]!;
    writer.count(outcome, cameInAs(status), reason);
    if (outcome === 'keptOut') lines.push({ line, what: 'kept out', reason: why ?? 'not mailable' });
    if (outcome === 'skipped') lines.push({ line, what: 'skipped', reason: why ?? '' });
  }
  return lines;
}

function departureOf({ person, status, reason }: Decision, source: string | null): Departure {
  const proof = reason.evidence ?? (reason.column === null ? null : `${reason.column}: ${reason.word}`);
  const stated = source === null ? 'import' : `import: ${source}`;
  return {
    person,
    status: status as Departure['status'],
    at: person.history?.unsubscribedAt ?? reason.at,
    source: proof === null ? stated : `${stated} (${proof.replace(/\p{Cc}/gu, ' ')})`,
  };
}
