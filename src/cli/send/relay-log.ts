/** `postrider issue reconcile --relay-log FILE`: settles unknown outcomes by the relay's own log. */

import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Program } from '../../bootstrap.ts';
import { type Judgement, judge } from '../../delivery/relay-log/judge.ts';
import { readLine } from '../../delivery/relay-log/line.ts';
import { linesOf } from '../../delivery/relay-log/lines.ts';
import { RelayLog } from '../../delivery/relay-log/read.ts';
import { Refused, Usage } from '../../errors.ts';
import { withoutLinkTokens } from '../../io/smtp/link-tokens.ts';
import { type FoundIssue, findIssue } from '../../issue/find.ts';
import { reopenIfSent } from '../../issue/state.ts';
import {
  acceptByEvidence,
  resendByEvidence,
  type UncertainDelivery,
  uncertainDeliveries,
} from '../../ledger/evidence.ts';
import { issueStatus } from '../../stats/status.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { facts, table } from '../text.ts';
import { statusFacts } from './show-status.ts';
import { editionLabel, refuseEnded } from './started-send.ts';

interface Settled {
  email: string;
  /** The outcome before. */
  was: 'unknown' | 'waiting';
  now: 'accepted' | 'unknown' | 'waiting';
  /** The log's line, or why it proves nothing. */
  evidence: string;
}

export async function reconcileByLog(
  open: OpenContext,
  reference: string,
  identities: readonly string[] | null,
  options: { accept?: boolean; resend?: boolean; relayLog: string[] },
): Promise<void> {
  if (options.accept)
    throw new Usage('--relay-log finds out by itself who was accepted; give it without --accept');
  const { program } = await open();
  const found = await findIssue(program.db, reference);
  if (options.resend) refuseEnded(found);
  const ids = await idsOf(program, found, identities);
  const log = await readLogs(program, found, ids, options.relayLog);
  const settled: Settled[] = [];
  for await (const page of uncertainDeliveries(program.db, found.id, identities)) {
    // Deliveries that became unknown in the meantime were not looked up in the log.
    const uncertain = page.filter(({ id }) => ids.has(id));
    settled.push(...(await settle(program, found, uncertain, log, options.resend === true)));
  }
  const status = await issueStatus(program.db, found.id);
  const rows = settled.map(({ email, was, now, evidence }) => [email, was, now, evidence]);
  const people =
    rows.length === 0
      ? `no delivery of this issue is unknown; the log has ${log.ofIssue} of its messages`
      : table(['address', 'was', 'is', 'evidence'], rows);
  out({ ...status, evidence: settled }, `${people}\n\n${facts(await statusFacts(status))}`);
}

/**
 * The ids to look for: deliveries with an unknown outcome, and their witnesses (deliveries near them that the relay
 * certainly accepted). Other lines of the log need not be kept.
 */
async function idsOf(
  program: Program,
  found: FoundIssue,
  identities: readonly string[] | null,
): Promise<ReadonlySet<number>> {
  const ids = new Set<number>();
  for await (const page of uncertainDeliveries(program.db, found.id, identities))
    for (const { id, witnesses } of page) for (const one of [{ id }, ...witnesses]) ids.add(one.id);
  return ids;
}

async function readLogs(
  program: Program,
  found: FoundIssue,
  ids: ReadonlySet<number>,
  files: readonly string[],
): Promise<RelayLog> {
  const label = await editionLabel(program, found);
  if (label === null)
    throw new Refused('issue-not-sent', `${found.name} is ${found.state}: no relay has seen it yet`);
  const now = program.clock.now();
  const log = new RelayLog({ issueId: found.id, label, ids }, now);
  for (const file of await oldestFirst(files, now)) {
    const before = log.postfixLines;
    await reading(file, () => log.read(linesOf(openFile(file))));
    if (log.postfixLines === before)
      throw new Refused(
        'no-relay-log',
        `${file}: expected lines of Postfix such as "Nov 23 18:31:54 relay postfix/cleanup[30971]: 297AA98804D: message-id=<...>", found none; nothing was changed`,
      );
  }
  if (ids.size > 0 && log.ofIssue === 0) throw wrongLog(found, log, files, label);
  return log;
}

function wrongLog(
  { name, id, route }: FoundIssue,
  { postfixLines, spans }: RelayLog,
  files: readonly string[],
  label: { hash: string; domain: string },
): Refused {
  const times = spans.map(({ from, to }) => `${from.toISOString()} to ${to.toISOString()}`).join(', ');
  return new Refused(
    'other-relay-log',
    `${files.join(', ')}: ${postfixLines} lines of Postfix (${times}), but none names a message of ${name} (<${id}.*.${label.hash}@${label.domain}>); is it the log of the relay "${route}", and of that day? Nothing was changed`,
  );
}

/** Sorts the files by time, since a message may begin in one file and be queued in the next. */
async function oldestFirst(files: readonly string[], now: Date): Promise<readonly string[]> {
  if (files.length === 1) return files;
  if (files.includes('-')) throw new Usage('--relay-log: standard input (-) cannot be combined with files');
  const begins = new Map<string, number>();
  for (const file of files) begins.set(file, await reading(file, () => firstMoment(openFile(file), now)));
  return [...files].sort((a, b) => begins.get(a)! - begins.get(b)!);
}

async function firstMoment(file: Readable, now: Date): Promise<number> {
  for await (const lines of linesOf(file))
    for (const line of lines) {
      const at = readLine(line, now)?.at;
      if (at) {
        file.destroy();
        return at.getTime();
      }
    }
  return 0;
}

const openFile = (file: string): Readable => (file === '-' ? process.stdin : createReadStream(file));

/** Adds the file's name to errors of the file system and gzip. */
async function reading<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Refused(
      'unreadable',
      `${file}: cannot be read to its end (${code}: ${message}); nothing was changed`,
      {
        cause: error,
      },
    );
  }
}

async function settle(
  program: Program,
  found: FoundIssue,
  uncertain: readonly UncertainDelivery[],
  log: RelayLog,
  resend: boolean,
): Promise<Settled[]> {
  const judged = uncertain.map((delivery) => ({ delivery, judgement: judge(delivery, log) }));
  const taken = judged.flatMap(({ delivery, judgement }) =>
    judgement.verdict === 'taken' ? [{ id: delivery.id, reply: clean(judgement.line) }] : [],
  );
  const missed = judged.filter(
    ({ delivery, judgement }) => judgement.verdict === 'not-taken' && !delivery.waiting,
  );
  return program.db.transaction().execute(async (trx) => {
    const accepted = await acceptByEvidence(trx, found.id, taken, 'relay-log');
    const ids = missed.map(({ delivery }) => delivery.id);
    const resent = resend ? await resendByEvidence(trx, found.id, ids) : new Set<number>();
    if (resent.size > 0) await reopenIfSent(trx, found.id);
    // In a restored database most of the waiting deliveries have simply not been tried yet.
    const reported = judged.filter(
      ({ delivery, judgement }) => !delivery.dueToRestore || judgement.verdict === 'taken',
    );
    return reported.map(({ delivery, judgement }) => ({
      email: delivery.email,
      was: delivery.waiting ? 'waiting' : 'unknown',
      now: accepted.has(delivery.id)
        ? 'accepted'
        : resent.has(delivery.id) || delivery.waiting
          ? 'waiting'
          : 'unknown',
      evidence: evidenceText(judgement, delivery, resent.has(delivery.id)),
    }));
  });
}

function evidenceText(judgement: Judgement, { waiting }: UncertainDelivery, resent: boolean): string {
  if (judgement.verdict === 'taken') return clean(judgement.line);
  if (judgement.verdict === 'open') return judgement.why;
  const how = judgement.line === null ? '' : ` (${clean(judgement.line)})`;
  if (resent) return `the relay did not take it${how}: it goes out again`;
  return waiting
    ? `the relay did not take it${how}: it waits anyway`
    : `the relay did not take it${how}: --resend would send it again`;
}

/** In the form in which the ledger stores a reply: without control characters, at most 1,000 characters. */
const clean = (line: string): string => withoutLinkTokens(line.replace(/\p{Cc}/gu, ' ')).slice(0, 1_000);
