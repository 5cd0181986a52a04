/**
 * Writes settles and marks to the ledger in groups, one statement at a time; requests that arrive while one runs go
 * into the next. The order is kept, so a connection's settle is stored before its next mark, or together with it.
 *
 * While the database is away every mark is answered `lost` (no dot is written), settles are kept and retried until they
 * are stored, and `whenStored` holds new work back.
 */
import type { Db } from '../../db/connection.ts';
import { type Mark, markAndSettle, type Settle } from '../../ledger/mark-and-settle.ts';
import type { Clock, Log } from '../../ports.ts';
import { issueName } from '../../sends/issue-name.ts';

/**
 * `refused`: the row has moved, the issue is not sending, or our lease is gone. `lost`: no answer; the row may be
 * marked.
 */
export type MarkAnswer = 'granted' | 'refused' | 'lost';

interface WriteRequest {
  issueId: number;
  workerId: number;
  /** Exactly one of `settle` and `mark` is set. */
  settle: Settle | null;
  mark: Mark | null;
  answered(answer: MarkAnswer): void;
}

/** Rows per statement. */
const MAX_ROWS = 400;

export class LedgerWriter {
  #db: Db;
  #clock: Clock;
  #log: Log;
  #asked: WriteRequest[] = [];
  #busy: Promise<void> | null = null;
  #away = false;

  constructor(db: Db, clock: Clock, log: Log) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
  }

  /** Callbacks here and below: a promise per message would cost more than the rest of this class. */
  mark(issueId: number, workerId: number, mark: Mark, answered: (answer: MarkAnswer) => void): void {
    this.#ask({ issueId, workerId, settle: null, mark, answered });
  }

  /** `stored` is called once the settle is stored. */
  settle(issueId: number, workerId: number, settle: Settle, stored: () => void): void {
    this.#ask({ issueId, workerId, settle, mark: null, answered: stored });
  }

  /** The database did not answer the last time. */
  get away(): boolean {
    return this.#away;
  }

  /** Resolves at once while the database answers; otherwise once everything that waited is stored. */
  async whenStored(): Promise<void> {
    if (this.#away) await this.#busy;
  }

  #ask(request: WriteRequest): void {
    this.#asked.push(request);
    this.#busy ??= this.#work();
  }

  async #work(): Promise<void> {
    await new Promise(setImmediate);
    for (let pause = 100; this.#asked.length > 0; ) {
      const group = this.#asked.splice(0, MAX_ROWS);
      const stored = await this.#store(group);
      if (!stored) await this.#clock.sleep(pause);
      pause = stored ? 100 : Math.min(pause * 2, 2_000);
    }
    // In the same tick as the last check, so that the next request starts it again.
    this.#busy = null;
  }

  /** False when the database did not answer: marks are lost, settles go back to the front. */
  async #store(group: readonly WriteRequest[]): Promise<boolean> {
    const left = statements(group);
    try {
      for (let statement = left[0]; statement; statement = left[0]) {
        await this.#run(statement);
        left.shift();
      }
      this.#away = false;
      return true;
    } catch (error) {
      if (!this.#away)
        this.#log.error(
          { error: (error as Error).message },
          'the ledger cannot be written; nothing is sent until it can',
        );
      this.#away = true;
      const unsent = left.flat();
      this.#asked.unshift(...unsent.filter((request) => request.settle));
      for (const request of unsent) if (request.mark) request.answered('lost');
      return false;
    }
  }

  async #run(statement: readonly WriteRequest[]): Promise<void> {
    const { issueId, workerId } = statement[0]!;
    const settles: Settle[] = [];
    const marks: Mark[] = [];
    for (const { settle, mark } of statement) {
      if (settle) settles.push(settle);
      if (mark) marks.push(mark);
    }
    const { marked, settled } = await markAndSettle(this.#db, issueId, workerId, settles, marks);
    for (const { mark, answered } of statement)
      answered(mark && !marked.has(mark.id) ? 'refused' : 'granted');
    const late = settles.filter(({ id, state }) => state !== 'planned' && !settled.has(id)).length;
    if (late > 0) void this.#logLateReplies(issueId, late);
  }

  /** Not awaited: the next statement must not wait for the lookup of a name. */
  async #logLateReplies(issueId: number, late: number): Promise<void> {
    const issue = await issueName(this.#db, issueId);
    this.#log.warn({ issue, late }, 'replies arrived after their deliveries had already been settled');
  }
}

/**
 * One statement if everything belongs to one issue and worker. Otherwise settles first, so that no connection's mark
 * for one issue is stored before its settle for another.
 */
function statements(group: readonly WriteRequest[]): (readonly WriteRequest[])[] {
  const [first] = group;
  if (group.every((request) => isSame(request, first!))) return [group];
  const kinds = group.filter((request, at) => group.findIndex((other) => isSame(request, other)) === at);
  const part = (kind: WriteRequest, wanted: 'settle' | 'mark') =>
    group.filter((request) => isSame(request, kind) && request[wanted]);
  return [...kinds.map((kind) => part(kind, 'settle')), ...kinds.map((kind) => part(kind, 'mark'))].filter(
    (list) => list.length > 0,
  );
}

const isSame = (one: WriteRequest, other: WriteRequest): boolean =>
  one.issueId === other.issueId && one.workerId === other.workerId;
