/**
 * Brings settles and marks to the ledger in groups: one statement at a time; what is asked while it runs goes with
 * the next. The order of asking is kept, so a connection's settle is stored before, or with, its next mark.
 *
 * When the database is away every mark is answered `lost` (no dot is written), settles are kept and tried again
 * until stored, and `whenStored` holds new work back.
 */
import type { Db } from '../db/connection.ts';
import { exchange, type Mark, type Settle } from '../ledger/exchange.ts';
import type { Clock, Log } from './ports.ts';

/** `refused`: the row has moved, the issue does not send, or our lease is gone. `lost`: no answer; it may be marked. */
export type MarkAnswer = 'granted' | 'refused' | 'lost';

interface Asked {
  issueId: number;
  workerId: number;
  settle?: Settle;
  mark?: Mark;
  resolve(answer: MarkAnswer): void;
}

/** The most rows in one statement. */
const GROUP = 400;

export class Exchanger {
  #db: Db;
  #clock: Clock;
  #log: Log;
  #asked: Asked[] = [];
  #busy: Promise<void> | null = null;
  #away = false;

  constructor(db: Db, clock: Clock, log: Log) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
  }

  mark(issueId: number, workerId: number, mark: Mark): Promise<MarkAnswer> {
    return this.#ask({ issueId, workerId, mark });
  }

  /** Resolves when it is stored. */
  async settle(issueId: number, workerId: number, settle: Settle): Promise<void> {
    await this.#ask({ issueId, workerId, settle });
  }

  /** Resolves at once while the database answers; else when all that waited is stored. */
  async whenStored(): Promise<void> {
    if (this.#away) await this.#busy;
  }

  #ask(asked: Omit<Asked, 'resolve'>): Promise<MarkAnswer> {
    return new Promise((resolve) => {
      this.#asked.push({ ...asked, resolve });
      this.#busy ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    await new Promise(setImmediate);
    for (let pause = 100; this.#asked.length > 0; ) {
      const group = this.#asked.splice(0, GROUP);
      const stored = await this.#store(group);
      if (!stored) await this.#clock.sleep(pause);
      pause = stored ? 100 : Math.min(pause * 2, 2_000);
    }
    // In the same tick as the last look: whoever asks next must find that nobody works.
    this.#busy = null;
  }

  /** False when the database did not answer: marks are lost, settles go back to the front. */
  async #store(group: readonly Asked[]): Promise<boolean> {
    const kept = new Set(group);
    try {
      for (const statement of statements(group)) {
        await this.#run(statement);
        for (const asked of statement) kept.delete(asked);
      }
      this.#away = false;
      return true;
    } catch (error) {
      if (!this.#away)
        this.#log.error(
          { error: (error as Error).message },
          'the ledger cannot be written; nothing goes out until it can',
        );
      this.#away = true;
      this.#asked.unshift(...[...kept].filter((asked) => asked.settle));
      for (const asked of kept) if (asked.mark) asked.resolve('lost');
      return false;
    }
  }

  async #run(statement: readonly Asked[]): Promise<void> {
    const { issueId, workerId } = statement[0]!;
    const settles = statement.flatMap((asked) => asked.settle ?? []);
    const marks = statement.flatMap((asked) => asked.mark ?? []);
    const done = await exchange(this.#db, issueId, workerId, settles, marks);
    for (const asked of statement)
      asked.resolve(asked.mark && !done.marked.has(asked.mark.id) ? 'refused' : 'granted');
    const moved = settles.filter(
      (settle) => !done.settled.has(settle.id) && settle.state !== 'planned',
    ).length;
    if (moved > 0)
      this.#log.warn(
        { issue: issueId, moved },
        'replies came after their deliveries had been settled otherwise',
      );
  }
}

/**
 * One statement where all is of one issue and worker. Else settles first, so that no connection's mark for one issue
 * is stored before its settle for another.
 */
function statements(group: readonly Asked[]): Asked[][] {
  const key = (asked: Asked) => `${asked.issueId}/${asked.workerId}`;
  const keys = [...new Set(group.map(key))];
  if (keys.length === 1) return [[...group]];
  const part = (k: string, wanted: 'settle' | 'mark') =>
    group.filter((asked) => key(asked) === k && asked[wanted]);
  return [...keys.map((k) => part(k, 'settle')), ...keys.map((k) => part(k, 'mark'))].filter(
    (list) => list.length > 0,
  );
}
