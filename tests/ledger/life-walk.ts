/**
 * Random histories of an issue, walked through the product's own statements on a real database. After every step the
 * ledger adds up, every move was one of `moves`, and nobody whose dot was written gets a second one.
 */

import fc from 'fast-check';
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { byEditor } from '../../src/issue/reason.ts';
import { audience, recount, tally } from '../../src/ledger/counts.ts';
import { endBatch, leaseBatch } from '../../src/ledger/lease.ts';
import { markAndSettle, type Settle } from '../../src/ledger/mark-and-settle.ts';
import { skipTriedTooLongAgo } from '../../src/ledger/moves/skip.ts';
import { planPage } from '../../src/ledger/plan.ts';
import { settleUnmarked } from '../../src/ledger/settle-unmarked.ts';
import { settleUnknown } from '../../src/ledger/unknown-outcomes.ts';
import { lockAgainstPlanning, skipWaitingFor } from '../../src/ledger/unsubscribe-guard.ts';
import { endWorker, registerWorker } from '../../src/ledger/workers/leases.ts';
import { pauseIssue } from '../../src/sends/pause.ts';
import { cancelIssue, resumeIssue } from '../../src/sends/resume-cancel.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { lanes, makeIssue, makeReaders, type Row, rowsOf, settle, writeUnsubscribe } from './fixtures.ts';
import { canaries, compact, findMissed, findTaken, finish, readerActs, retryAll } from './life-later.ts';
import { statesAfter } from './states-after.ts';

const READERS = 2;
const WORKERS = 2;

/** A delivery in a worker's hands: leased, asked for, or handed over and not settled yet. */
interface Held {
  worker: number;
  batch: number;
  id: number;
  fence: number;
  step: 'leased' | 'marked' | 'dotted';
}

class History {
  readonly workers: number[] = [];
  held: Held[] = [];
  readonly batches: { id: number; worker: number }[] = [];
  /** Dots by address identity, and those who left, from the moment the answer was given. */
  readonly dots = new Map<string, number>();
  readonly left = new Set<string>();
  readonly leaving = new Set<number>();
  before = new Map<number, Row>();
  audience = 0;
  /** Where a doubt was sent again by the editor, a second dot is what they asked for. */
  readonly resent = new Set<string>();
  readonly newsletter: number;
  readonly issue: number;
  readonly people: readonly number[];

  constructor(newsletter: number, issue: number, people: readonly number[]) {
    this.newsletter = newsletter;
    this.issue = issue;
    this.people = people;
  }

  dropHeld(id: number): void {
    this.held = this.held.filter((held) => held.id !== id || held.step === 'leased');
  }
}

let walked: Db;
const db = () => walked;
let begun = 0;

/** One in three goes out as a canary of one, whose wait is over at once. */
async function begin(): Promise<History> {
  begun += 1;
  const newsletter = await insertNewsletter(db());
  const people = await makeReaders(db(), newsletter, READERS);
  const history = new History(newsletter, await makeIssue(db(), newsletter), people);
  if (begun % 3 === 0)
    await sql`UPDATE sends SET canary_size = 1, canary_wait_seconds = 0 WHERE issue_id = ${history.issue}`.execute(
      db(),
    );
  for (let n = 0; n < WORKERS; n += 1) history.workers.push(await registerWorker(db(), `w${n}`, 60_000));
  return history;
}

type Act = (history: History, pick: number) => Promise<void>;

const one = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];

async function lease(history: History, pick: number): Promise<void> {
  const worker = one(history.workers, pick)!;
  const batch = await leaseBatch(db(), {
    issueId: history.issue,
    lane: 'other',
    workerId: worker,
    size: 1 + (pick % 4),
  });
  if (!batch) return;
  history.batches.push({ id: batch.id, worker });
  for (const { id, fence } of batch.deliveries)
    history.held.push({ worker, batch: batch.id, id, fence, step: 'leased' });
}

/** The mark; its answer may be lost on the way, then no dot is written and the row is given back. */
async function mark(history: History, pick: number): Promise<void> {
  const held = one(
    history.held.filter((h) => h.step === 'leased'),
    pick,
  );
  if (!held) return;
  const { marked } = await markAndSettle(
    db(),
    history.issue,
    held.worker,
    [],
    [{ id: held.id, fence: held.fence }],
  );
  if (pick % 7 === 0) {
    await check(history);
    await markAndSettle(
      db(),
      history.issue,
      held.worker,
      [settle(held.id, held.fence + 1, { state: 'planned', counted: 0, dueInMs: 0 })],
      [],
    );
    return void drop(history, held);
  }
  if (!marked.has(held.id)) return void drop(history, held);
  held.step = 'marked';
}

/** The final dot: only ever behind a granted mark. */
async function dot(history: History, pick: number): Promise<void> {
  const held = one(
    history.held.filter((h) => h.step === 'marked'),
    pick,
  );
  if (!held) return;
  const row = await rowOf(history, held.id);
  if (row?.fence !== held.fence + 1 || row.state !== 'handing') return;
  history.dots.set(row.key, (history.dots.get(row.key) ?? 0) + 1);
  expect(history.left, 'handed over after they had left').not.toContain(row.key);
  held.step = 'dotted';
}

const later = { state: 'deferred', reason: 'temporary', reply: '451 later', dueInMs: 0 } as const;

/** Mostly such that the delivery goes on: a history in which all is settled proves nothing more. */
const replies: readonly Partial<Settle>[] = [
  { state: 'accepted' },
  { state: 'refused', reason: 'policy', reply: '550 5.7.1 not from you' },
  later,
  later,
  { state: 'unknown', reason: 'no-reply', reply: null },
  later,
];

/** A reply to the dot; also one that comes after the lease was lost. A deferred one was not taken: its dot is undone. */
async function answer(history: History, pick: number): Promise<void> {
  const held = one(
    history.held.filter((h) => h.step !== 'leased'),
    pick,
  );
  if (!held) return;
  drop(history, held);
  const reply =
    held.step === 'marked'
      ? { state: 'planned' as const, counted: 0 as const, dueInMs: 0 }
      : replies[pick % replies.length]!;
  if (held.step === 'dotted' && (reply.state === 'deferred' || reply.state === 'refused'))
    untake(history, await rowOf(history, held.id));
  await markAndSettle(db(), history.issue, held.worker, [settle(held.id, held.fence + 1, reply)], []);
}

async function refuseUnmarked(history: History, pick: number): Promise<void> {
  const held = one(
    history.held.filter((h) => h.step === 'leased'),
    pick,
  );
  if (!held) return;
  drop(history, held);
  await settleUnmarked(db(), history.issue, settle(held.id, held.fence, replies[1 + (pick % 2)]!));
}

/** As a worker does: a batch ends when everything in it is settled or left. */
async function giveBack(history: History, pick: number): Promise<void> {
  const batch = one(history.batches, pick);
  if (!batch || history.held.some((h) => h.batch === batch.id && h.step !== 'leased')) return;
  history.held = history.held.filter((h) => h.batch !== batch.id);
  history.batches.splice(history.batches.indexOf(batch), 1);
  await endBatch(db(), history.issue, batch.id);
}

/** The lease ran out: what is on the wire becomes unknown; the process may still hear its reply. */
async function killWorker(history: History, pick: number): Promise<void> {
  const at = pick % WORKERS;
  await endWorker(db(), history.workers[at]!);
  history.batches.splice(
    0,
    history.batches.length,
    ...history.batches.filter((w) => w.worker !== history.workers[at]),
  );
  history.workers[at] = await registerWorker(db(), 'next', 60_000);
}

async function unsubscribe(history: History, pick: number): Promise<void> {
  const person = one(history.people, pick)!;
  await db()
    .transaction()
    .execute(async (trx) => {
      await lockAgainstPlanning(trx);
      await writeUnsubscribe(trx, history.newsletter, person);
      await skipWaitingFor(trx, { subscriberId: person, newsletterId: history.newsletter }, 'unsubscribed');
    });
  history.leaving.add(person);
}

async function reconcile(history: History, pick: number): Promise<void> {
  const unknown = one(
    (await rowsOf(db(), history.issue)).filter((r) => r.state === 'unknown'),
    pick,
  );
  if (!unknown) return;
  const verdict = pick % 2 === 0 ? 'accept' : 'resend';
  if (verdict === 'resend') history.resent.add(unknown.key);
  await settleUnknown(db(), history.issue, verdict, 'editor', [unknown.key]);
}

const expire = (history: History): Promise<void> => skipTriedTooLongAgo(db(), history.issue, null, 0);

/** None once the send has been compacted to counts; a worker that was taken for dead may still hold what it stood for. */
const rowOf = async (history: History, id: number): Promise<Row | undefined> =>
  (await rowsOf(db(), history.issue)).find((r) => r.id === id);

function untake(history: History, row: Row | undefined): void {
  if (row) history.dots.set(row.key, history.dots.get(row.key)! - 1);
}

function drop(history: History, held: Held): void {
  history.held = history.held.filter((h) => h !== held);
}

const acts: Record<string, { weight: number; act: Act }> = {
  plan: { weight: 3, act: async (h, pick) => void (await planPage(db(), h.issue, lanes, 1 + (pick % 3))) },
  lease: { weight: 8, act: lease },
  mark: { weight: 10, act: mark },
  dot: { weight: 10, act: dot },
  answer: { weight: 6, act: answer },
  refuseUnmarked: { weight: 0.5, act: refuseUnmarked },
  giveBack: { weight: 8, act: giveBack },
  killWorker: { weight: 4, act: killWorker },
  unsubscribe: { weight: 0.6, act: unsubscribe },
  pause: {
    weight: 0.7,
    act: async (h) => void (await pauseIssue(db(), h.issue, 'editor', byEditor('test'))),
  },
  resume: { weight: 2, act: async (h) => void (await resumeIssue(db(), h.issue)) },
  cancel: { weight: 0.1, act: async (h) => void (await cancelIssue(db(), h.issue)) },
  reconcile: { weight: 2, act: reconcile },
  expire: { weight: 0.1, act: expire },
  findTaken: { weight: 3, act: (h, pick) => findTaken(db(), h, pick) },
  findMissed: { weight: 2, act: (h, pick) => findMissed(db(), h, pick) },
  readerActs: { weight: 1, act: (h, pick) => readerActs(db(), h, pick) },
  retryAll: { weight: 2, act: (h) => retryAll(db(), h) },
  canaries: { weight: 1, act: () => canaries(db()) },
  finish: { weight: 2, act: (h) => finish(db(), h) },
  compact: { weight: 1, act: (h) => compact(db(), h) },
};

async function check(history: History): Promise<void> {
  const [rows, counts, counted] = await Promise.all([
    rowsOf(db(), history.issue),
    tally(db(), history.issue),
    recount(db(), history.issue),
  ]);
  expect(counts).toEqual(counted);
  expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  expect(audience(counts)).toBeGreaterThanOrEqual(history.audience);
  history.audience = audience(counts);
  for (const row of rows) checkMove(history.before.get(row.id), row);
  // Their unsubscribe is answered once their mail is no longer in flight.
  for (const row of rows)
    if (history.leaving.has(row.subscriber_id!) && row.state !== 'handing') history.left.add(row.key);
  history.before = new Map(rows.map((row) => [row.id, row]));
  for (const [key, dots] of history.dots)
    if (!history.resent.has(key)) expect(dots, `dots for ${key}`).toBeLessThanOrEqual(1);
}

function checkMove(before: Row | undefined, after: Row): void {
  if (!before || before.state === after.state) return;
  expect(statesAfter(before.state), `${before.state} -> ${after.state}`).toContain(after.state);
  expect(after.fence).toBeGreaterThanOrEqual(before.fence);
  seen.add(`${before.state} -> ${after.state}`);
}

/** The moves of all histories together: a walk that never gets anywhere would prove nothing. */
const seen = new Set<string>();

const step = fc.tuple(
  fc.oneof(
    ...Object.entries(acts).map(([name, { weight }]) => ({
      weight: Math.round(weight * 10),
      arbitrary: fc.constant(name),
    })),
  ),
  fc.nat(1_000),
);

/** Walks this many histories; returns the moves that were seen. */
async function walk(on: Db, histories: number): Promise<ReadonlySet<string>> {
  walked = on;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), async (steps) => {
      const history = await begin();
      for (const [name, pick] of [['plan', 2] as const, ...steps]) {
        await acts[name]!.act(history, pick);
        await check(history);
      }
    }),
    { numRuns: histories, endOnFailure: true },
  );
  return seen;
}

/**
 * Walks so many histories, and as many again while one of the wanted moves was not among them, up to five times: chance
 * leaves out a rare one now and then. A move that no walk makes is missing in what it returns.
 */
export async function walkUntilSeen(
  on: Db,
  histories: number,
  wanted: readonly string[],
): Promise<ReadonlySet<string>> {
  let made = await walk(on, histories);
  for (let round = 1; round < 5 && !wanted.every((move) => made.has(move)); round++)
    made = await walk(on, histories);
  return made;
}
