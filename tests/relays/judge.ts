/** What a send through a server must have come to, and one line of the table for it. */

import type { Sent } from './send.ts';
import { localPart } from './servers/server.ts';

export interface Verdict {
  /** Living readers whose mail the server did not take, or took more than once. */
  missed: string[];
  twice: string[];
  /** Taken for somebody whom the server does not know. */
  wrong: string[];
  /** Dead addresses that were not refused as addresses, with how they stand. */
  notRefused: string[];
  /** Anybody with more than one attempt, or none. */
  attempts: string[];
  held: string[];
}

export const flawless: Verdict = { missed: [], twice: [], wrong: [], notRefused: [], attempts: [], held: [] };

/** `taken`: the server's own count, by local part. */
export function judge({ lines, held }: Sent, taken: readonly string[]): Verdict {
  const counts = new Map<string, number>();
  for (const name of taken) counts.set(name, (counts.get(name) ?? 0) + 1);
  const alive = lines.filter(({ email }) => email.startsWith('reader'));
  const dead = lines.filter(({ email }) => email.startsWith('gone'));
  const times = (email: string): number => counts.get(localPart(email)) ?? 0;
  const stands = ({ email, state, reason, attempts, reply }: Sent['lines'][number]): string =>
    `${email}: ${state}, ${reason ?? 'no reason'}, ${attempts} attempts, ${reply ?? 'no reply'}`;
  return {
    missed: alive.filter(({ email, state }) => times(email) === 0 || state !== 'accepted').map(stands),
    twice: alive.filter(({ email }) => times(email) > 1).map(stands),
    wrong: dead.filter(({ email }) => times(email) > 0).map(stands),
    notRefused: dead.filter(({ state, reason }) => state !== 'refused' || reason !== 'address').map(stands),
    attempts: lines.filter(({ attempts }) => attempts !== 1).map(stands),
    held,
  };
}

export interface Row {
  server: string;
  version: string;
  pool: number;
  tls: string;
  dead: number;
  seconds: number;
  /** To the same list without dead addresses; null where this is that list. */
  ratio: number | null;
  reached: number;
  refused: number;
  attempts: number;
}

export function table(rows: readonly Row[]): string {
  const head = ['server', 'pool', 'TLS', 'dead', 'seconds', 'ratio', 'reached', 'refused', 'attempts'];
  const cells = rows.map((row) => [
    `${row.server} ${row.version}`,
    String(row.pool),
    row.tls,
    String(row.dead),
    row.seconds.toFixed(2),
    row.ratio === null ? '' : row.ratio.toFixed(2),
    String(row.reached),
    String(row.refused),
    String(row.attempts),
  ]);
  const widths = head.map((name, at) => Math.max(name.length, ...cells.map((line) => line[at]!.length)));
  return [head, ...cells]
    .map((line) => line.map((cell, at) => cell.padEnd(widths[at]!)).join('  '))
    .join('\n');
}
