/** Writes one batch of an import: readers, pending people, and those who left, bounced or complained. */
import type { Status } from '../status/status.ts';
import { type Departure, storeDepartures } from '../store/departures.ts';
import { storePeople } from '../store/people.ts';
import { type Decision, decide } from './decide.ts';
import type { Row } from './read-rows.ts';
import { cameInAs } from './report.ts';
import type { ImportRun } from './run.ts';
import { readStatements } from './statements.ts';

/** Departures lock each identity, and a server has room for some thousand locks. */
const MAX_DEPARTURES = 500;

export async function storeBatch(run: ImportRun, batch: readonly Row[]): Promise<void> {
  const identities = batch.map(({ person }) => person.identity);
  const known = run.statements && (await readStatements(run.statements, identities));
  const decisions = batch.map((row) =>
    decide(run.defaultStatus, row, known?.get(row.person.identity) ?? null),
  );
  for (const round of rounds(decisions)) await storeRound(run, round);
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

async function storeRound(run: ImportRun, decisions: readonly Decision[]): Promise<void> {
  const having = (...statuses: Status[]) => decisions.filter(({ status }) => statuses.includes(status));
  await storeSubscribers(run, having('mailable'), run.source);
  await storeSubscribers(run, having('unconfirmed', 'unknown'), null);
  for (const { reason } of having('skipped')) run.writer.count('skipped', 'skipped', reason);
  const departed = having('complained', 'left', 'bounced');
  for (let at = 0; at < departed.length; at += MAX_DEPARTURES)
    await storeDeparted(run, departed.slice(at, at + MAX_DEPARTURES));
}

/** `source` null: they are pending. */
async function storeSubscribers(
  run: ImportRun,
  decisions: readonly Decision[],
  source: string | null,
): Promise<void> {
  if (decisions.length === 0) return;
  const { db, keys } = run.context;
  const confirmedBy = source === null ? null : `import: ${source}`;
  const outcomes = await storePeople(
    db,
    keys,
    { newsletterId: run.newsletterId, confirmedBy, dryRun: run.dryRun },
    decisions.map(({ person }) => person),
  );
  count(run, decisions, outcomes);
}

async function storeDeparted(run: ImportRun, decisions: readonly Decision[]): Promise<void> {
  const departures = decisions.map((decision) => departureOf(decision, run.source));
  const { newsletterId, dryRun } = run;
  count(run, decisions, await storeDepartures(run.context, { newsletterId, dryRun }, departures));
}

type Outcome = Parameters<ImportRun['writer']['count']>[0];

function count({ writer }: ImportRun, decisions: readonly Decision[], outcomes: readonly Outcome[]): void {
  for (const [at, { reason, status }] of decisions.entries())
    writer.count(outcomes[at] ?? 'keptOut', cameInAs(status), reason);
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
