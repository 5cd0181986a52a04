/** Random histories of a relay's hour: whatever is leased, begun, ended or dies, no hour ever sees more than the limit. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { endBatch, leaseBatch } from '../../../src/ledger/lease.ts';
import { roomOf } from '../../../src/ledger/relays/budget.ts';
import { endWorker, registerWorker } from '../../../src/ledger/workers/leases.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { plannedIssue } from '../fixtures.ts';

const LIMIT = 30;
const MINUTE = 60_000;

const database = useTestDatabase();
let issue: number;
beforeAll(async () => {
  issue = (await plannedIssue(database.db, 3_000)).issue;
});

interface Open {
  id: number;
  worker: number;
  size: number;
  begun: number;
}

/** Time goes by as the counts grow older: the database's own clock cannot be moved. */
class Hour {
  readonly relay: string;
  #now = 0;
  #open: Open[] = [];
  #workers = new Map<number, number>();
  /** When each message was begun: what the relay itself would count. */
  #begun: number[] = [];

  constructor(relay: string) {
    this.relay = relay;
  }

  async lease(slot: number, size: number): Promise<void> {
    const { db } = database;
    const worker = this.#workers.get(slot) ?? (await registerWorker(db, `w${slot}`, 600_000));
    this.#workers.set(slot, worker);
    const limits = { minute: 0, hour: LIMIT, day: 0 };
    const batch = await leaseBatch(db, {
      issueId: issue,
      lane: 'other',
      workerId: worker,
      size,
      relay: this.relay,
      room: async (trx) => (await roomOf(trx, this.relay, limits, 'service')).free,
    });
    if (batch) this.#open.push({ id: batch.id, worker, size: batch.deliveries.length, begun: 0 });
  }

  begin(which: number, count: number): void {
    const batch = this.#open[which % Math.max(1, this.#open.length)];
    if (!batch) return;
    const more = Math.min(count, batch.size - batch.begun);
    batch.begun += more;
    for (let n = 0; n < more; n++) this.#begun.push(this.#now);
    const hour = this.#begun.filter((at) => at > this.#now - 60 * MINUTE);
    expect(hour.length, 'begun in the last hour').toBeLessThanOrEqual(LIMIT);
  }

  async end(which: number): Promise<void> {
    const [batch] = this.#open.splice(which % Math.max(1, this.#open.length), 1);
    if (batch) await endBatch(database.db, issue, batch.id, batch.begun);
  }

  async die(slot: number): Promise<void> {
    const worker = this.#workers.get(slot);
    if (worker === undefined) return;
    this.#workers.delete(slot);
    this.#open = this.#open.filter((batch) => batch.worker !== worker);
    await endWorker(database.db, worker);
  }

  async wait(minutes: number): Promise<void> {
    this.#now += minutes * MINUTE;
    await sql`UPDATE relay_counts SET bucket = bucket - ${minutes}::int * interval '1 minute' WHERE relay = ${this.relay}`.execute(
      database.db,
    );
  }

  async over(): Promise<number> {
    for (const slot of [...this.#workers.keys()]) await this.die(slot);
    return this.#begun.length;
  }
}

const small = fc.nat({ max: 3 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('lease' as const),
      who: small,
      n: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('begin' as const),
      who: small,
      n: fc.integer({ min: 1, max: 20 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('end' as const), who: small, n: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('die' as const), who: small, n: fc.constant(0) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('wait' as const),
      who: small,
      n: fc.integer({ min: 1, max: 45 }),
    }),
  },
);

test('no hour sees more than the limit, and the limit is not strangled', async () => {
  let walks = 0;
  let begun = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
      walks += 1;
      const hour = new Hour(`relay-${walks}`);
      for (const { act, who, n } of steps) {
        if (act === 'lease') await hour.lease(who, n);
        else if (act === 'begin') hour.begin(who, n);
        else if (act === 'end') await hour.end(who);
        else if (act === 'die') await hour.die(who);
        else await hour.wait(n);
      }
      begun += await hour.over();
    }),
    { numRuns: 12, endOnFailure: true },
  );
  expect(begun / walks).toBeGreaterThan(LIMIT / 2);
});
