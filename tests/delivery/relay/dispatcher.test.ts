/** The dispatcher between a real ledger and the oracle relay. */

import { sql } from 'kysely';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { Dispatcher, type DispatcherTimes } from '../../../src/delivery/relay/dispatcher.ts';
import { LedgerWriter } from '../../../src/delivery/relay/ledger-writer.ts';
import type { OpenBatch } from '../../../src/delivery/relay/queued-message.ts';
import { sendMessage } from '../../../src/delivery/send.ts';
import { LaneThrottles } from '../../../src/delivery/throttle/lane-throttles.ts';
import { Refused } from '../../../src/errors.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { openLog } from '../../../src/io/log.ts';
import { smtpRelay } from '../../../src/io/smtp/relay.ts';
import { type LeasedDelivery, leaseBatch } from '../../../src/ledger/lease.ts';
import { registerWorker } from '../../../src/ledger/workers/leases.ts';
import type { RelaySettings } from '../../../src/ports.ts';
import { limit } from '../../helpers/machine.js';
import { relaySettings } from '../../helpers/relay-settings.ts';
import { type Sink, type SinkOptions, type Stage, startSink } from '../../helpers/sink.ts';
import { until } from '../../helpers/until.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../../ledger/fixtures.ts';

const log = openLog('silent');
const database = useTestDatabase();
let worker: number;
beforeAll(async () => {
  worker = await registerWorker(database.db, 'w', 600_000);
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const usual: DispatcherTimes = { retryMs: [60_000], markFreshMs: 2_000, idleMs: 20_000 };

async function harness(
  readers: number,
  options: {
    sink?: SinkOptions;
    times?: Partial<DispatcherTimes>;
    pool?: number;
    relay?: Partial<RelaySettings>;
  } = {},
) {
  const sink = await startSink(options.sink);
  closers.push(() => sink.end());
  const settings = relaySettings(sink.port, { pool: options.pool ?? 3, ...options.relay });
  const { db } = database;
  const relay = smtpRelay(settings, { commandMs: 2_000, dotMs: 2_000 });
  const times = { ...usual, holdMs: 600_000, growMs: 60_000, ...options.times };
  const dispatcher = new Dispatcher(relay, {
    send: sendMessage,
    db,
    lanes: new LaneThrottles({
      db,
      clock: systemClock,
      log,
      times,
      relays: [relay],
      workerId: () => worker,
      isDirect: () => false,
    }),
    ledger: new LedgerWriter(db, systemClock, log),
    pace: { take: async (_relay, signal) => !signal.aborted, setRate: () => {} },
    clock: systemClock,
    log,
    times,
    workerId: () => worker,
  });
  closers.push(() => dispatcher.close());
  const { issue } = await plannedIssue(db, readers);
  const batch = await leaseBatch(db, { issueId: issue, lane: 'other', workerId: worker, size: readers });
  return { sink, dispatcher, issue, deliveries: batch!.deliveries, states: () => statesOf(issue) };
}

const statesOf = async (issue: number) =>
  (await rowsOf(database.db, issue)).map((row) => (row.reason ? `${row.state}: ${row.reason}` : row.state));

/** Resolves when the message is done; `more` replaces what its batch does. */
function deliver(
  dispatcher: Dispatcher,
  delivery: LeasedDelivery,
  more: Partial<OpenBatch> = {},
): Promise<void> {
  const bytes = Buffer.from(
    `To: ${delivery.email}\r\nMessage-ID: <${delivery.id}@example.org>\r\n\r\nHello.\r\n`,
  );
  return new Promise((resolve) => {
    const batch: OpenBatch = {
      workerId: worker,
      isService: false,
      hasOtherRelay: false,
      stop: new AbortController().signal,
      compose: () => ({ envelope: { from: 'news@example.org', to: delivery.email }, bytes }),
      stopIssue: () => {},
      onMarkRefused: () => {},
      onDone: () => resolve(),
      ...more,
    };
    dispatcher.submit([{ delivery, batch, laneVersion: 0 }]);
  });
}

const deliverAll = (
  dispatcher: Dispatcher,
  deliveries: readonly LeasedDelivery[],
  more?: Partial<OpenBatch>,
) => Promise.all(deliveries.map((delivery) => deliver(dispatcher, delivery, more)));

const slow = (sink: Sink, ms: number) => {
  sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: ms } : undefined);
};

test('all are accepted once, over never more connections than the pool', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(30, { pool: 3 });
  slow(sink, 3);
  await deliverAll(dispatcher, deliveries);
  expect(new Set(await states())).toEqual(new Set(['accepted']));
  expect([sink.accepted.length, sink.doubles().length, sink.peak]).toEqual([30, 0, 3]);
});

test('a stale mark: no dot, the connection is cut, the delivery is planned again', async () => {
  const { sink, dispatcher, deliveries, issue } = await harness(1, { times: { markFreshMs: -1 } });
  await deliverAll(dispatcher, deliveries);
  expect(await rowsOf(database.db, issue)).toEqual([
    expect.objectContaining({ state: 'planned', due: true, attempts: 0, fence: 1 }),
  ]);
  expect([sink.accepted.length, sink.unanswered]).toEqual([0, 0]);
  await until('the connection is gone', () => sink.open === 0);
});

test.each([
  ['with PIPELINING', ['PIPELINING']],
  ['without', []],
])(
  'a relay that needs longer for RCPT than a mark lasts gets its mail all the same: %s',
  async (_name, extensions) => {
    const { sink, dispatcher, deliveries, states } = await harness(6, {
      pool: 2,
      times: { markFreshMs: 100 },
      sink: { extensions },
    });
    sink.behave = ({ stage: at }) => (at === 'rcpt' ? { lateMs: 200 } : undefined);
    await deliverAll(dispatcher, deliveries);
    // The first on each connection show that it is slow.
    const first = await states();
    expect(first.filter((state) => state === 'planned').length).toBeLessThanOrEqual(2);
    expect(first.filter((state) => state === 'accepted').length).toBeGreaterThanOrEqual(4);
    expect([sink.doubles(), sink.unanswered]).toEqual([[], 0]);
  },
);

test('a relay that was slow for a while is asked for marks at once again', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(8, { pool: 1, times: { markFreshMs: 100 } });
  const commands: string[] = [];
  let slowly = true;
  sink.behave = ({ stage: at }) => {
    commands.push(at);
    return at === 'rcpt' && slowly ? { lateMs: 200 } : undefined;
  };
  await deliver(dispatcher, deliveries[0]!);
  await deliver(dispatcher, deliveries[1]!);
  slowly = false;
  await deliver(dispatcher, deliveries[2]!);
  // Late marks are fresh whatever happens; only a mark that was asked at once can be too old again.
  slowly = true;
  await deliver(dispatcher, deliveries[3]!);
  expect((await states()).slice(0, 4)).toEqual(['planned', 'accepted', 'accepted', 'planned']);
});

test('a refused mark is told, and nothing is settled', async () => {
  const { sink, dispatcher, deliveries, issue } = await harness(1);
  let refusedMarks = 0;
  const other = { ...deliveries[0]!, fence: 5 };
  await deliver(dispatcher, other, {
    onMarkRefused: () => {
      refusedMarks += 1;
    },
  });
  expect(refusedMarks).toBe(1);
  expect(await statesOf(issue)).toEqual(['planned']);
  expect(sink.accepted).toEqual([]);
});

test('what is stopped while it waits is let go, what is on the connection is finished', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(5, { pool: 1 });
  const stopped = new AbortController();
  const stopSeen = new Promise((seen) => stopped.signal.addEventListener('abort', seen));
  sink.behave = ({ stage: at }) => (at === 'dot' ? { when: stopSeen } : undefined);
  const all = deliverAll(dispatcher, deliveries, { stop: stopped.signal });
  await until('one is on the connection', async () => (await states()).includes('handing'));
  stopped.abort();
  await all;
  expect(await states()).toEqual(['accepted', 'planned', 'planned', 'planned', 'planned']);
});

test('an idle connection says QUIT after its time, and is opened again for the next', async () => {
  const { sink, dispatcher, deliveries } = await harness(2, { times: { idleMs: 30 } });
  await deliver(dispatcher, deliveries[0]!);
  await until('the idle connection is closed', () => sink.open === 0);
  await deliver(dispatcher, deliveries[1]!);
  expect([sink.accepted.length, sink.connections]).toEqual([2, 2]);
});

test('messages that come just when the only connection ends are carried all the same', async () => {
  const { sink, dispatcher, deliveries } = await harness(12, { pool: 1, times: { idleMs: 0 } });
  for (const delivery of deliveries) await deliver(dispatcher, delivery);
  expect(sink.accepted).toHaveLength(12);
});

test('a 421 in the middle defers that one and takes a new connection for the next', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(6, { pool: 1 });
  sink.behave = ({ stage: at, to }) =>
    at === 'rcpt' && to === deliveries[2]!.email ? { reply: '421 4.3.2 closing', close: true } : undefined;
  await deliverAll(dispatcher, deliveries);
  expect((await states()).filter((state) => state !== 'accepted')).toEqual(['deferred: temporary']);
  expect([sink.accepted.length, sink.connections]).toEqual([5, 2]);
});

test('a 421 for a greeting is no try of anybody: it goes out when the relay lets us in', async () => {
  const { sink, dispatcher, deliveries, issue } = await harness(1, { pool: 1 });
  sink.behave = ({ stage: at, connection }) =>
    at === 'connect' && connection === 1 ? { reply: '421 4.3.2 too busy' } : undefined;
  await deliverAll(dispatcher, deliveries);
  expect(sink.connections).toBeGreaterThan(1);
  expect(await rowsOf(database.db, issue)).toMatchObject([{ state: 'accepted', attempts: 1 }]);
});

test.each<Stage>(['rcpt', 'data', 'dot'])(
  'a 421 at %s without a close: nothing more goes over that connection',
  async (stageOf421) => {
    const { sink, dispatcher, deliveries, states } = await harness(2, { pool: 1 });
    sink.behave = ({ stage: at, connection }) =>
      at === stageOf421 && connection === 1 ? { reply: '421 4.3.2 closing' } : undefined;
    await deliverAll(dispatcher, deliveries);
    expect((await states()).sort()).toEqual(['accepted', 'deferred: temporary']);
    expect(sink.accepted.map((mail) => mail.connection)).toEqual([2]);
  },
);

test('a 421 to MAIL speaks of the connection: nobody is charged an attempt, and it is left with QUIT', async () => {
  const { sink, dispatcher, deliveries, issue } = await harness(2, { pool: 1 });
  sink.behave = ({ stage: at, connection }) =>
    at === 'mail' && connection === 1 ? { reply: '421 4.3.2 closing' } : undefined;
  await deliverAll(dispatcher, deliveries);
  expect(await rowsOf(database.db, issue)).toMatchObject(
    deliveries.map(() => ({ state: 'accepted', attempts: 1 })),
  );
  expect(sink.accepted.map((mail) => mail.connection)).toEqual([2, 2]);
});

test.each([
  ['with a 421', { idle: { ms: 1, reply: '421 4.4.2 idle for too long' } }],
  ['without a word', { close: true }],
])('a relay that closes an idle connection %s costs nobody a try', async (_name, behaviour) => {
  const { sink, dispatcher, deliveries, issue } = await harness(2, { pool: 1 });
  sink.behave = ({ stage: at }) => (at === 'dot' ? behaviour : undefined);
  for (const delivery of deliveries) {
    await deliver(dispatcher, delivery);
    await until('the relay has closed', () => sink.open === 0);
  }
  expect(await rowsOf(database.db, issue)).toMatchObject(
    deliveries.map(() => ({ state: 'accepted', attempts: 1 })),
  );
  expect(sink.connections).toBe(2);
});

test('an address that needs SMTPUTF8 is refused with that reason where the relay lacks it', async () => {
  const { sink, dispatcher, deliveries, issue, states } = await harness(1, {
    sink: { extensions: ['PIPELINING', '8BITMIME'] },
  });
  await deliver(dispatcher, { ...deliveries[0]!, email: 'zoë@example.org' });
  expect(await states()).toEqual(['refused: needs-smtputf8']);
  const { rows } = await sql<{
    reply: string;
  }>`SELECT reply FROM deliveries WHERE issue_id = ${issue}`.execute(database.db);
  expect(rows[0]!.reply).toContain('the address needs SMTPUTF8');
  expect(sink.tries('zoë@example.org')).toBe(0);
});

test.each([
  ['550 5.1.1 unknown', 'refused: address'],
  ['451 4.7.1 too many messages', 'deferred: throttled'],
])('the reply %s leaves the delivery %s', async (reply, state) => {
  const { sink, dispatcher, deliveries, issue } = await harness(1);
  sink.behave = ({ stage: at }) => (at === 'dot' ? { reply } : undefined);
  await deliverAll(dispatcher, deliveries);
  expect(await statesOf(issue)).toEqual([state]);
});

test('a connection that dies after the dot leaves unknown, one that dies before it deferred', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(2, { pool: 1 });
  sink.behave = ({ stage: at, to }) => {
    if (at === 'dot' && to === deliveries[0]!.email) return { drop: true };
    return at === 'data' && to === deliveries[1]!.email ? { drop: true } : undefined;
  };
  await deliverAll(dispatcher, deliveries);
  expect(await states()).toEqual(['unknown: no-reply', 'deferred: connection-lost']);
});

test('a message that cannot be made is refused for that reader; any other fault stops the issue', async () => {
  const { dispatcher, deliveries, states } = await harness(2);
  const stops: string[] = [];
  const fails = (error: Error): Partial<OpenBatch> => ({
    compose: () => {
      throw error;
    },
    stopIssue: (reason) => {
      stops.push(reason);
    },
  });
  await deliver(dispatcher, deliveries[0]!, fails(new Refused('bad-address', 'no such domain')));
  await deliver(dispatcher, deliveries[1]!, fails(new TypeError('x is undefined')));
  expect(await states()).toEqual(['refused: unsendable', 'planned']);
  expect(stops).toEqual(['cannot-compose']);
});

test('a refused sender stops the issue; a service mail tries again by the schedule', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(2, { pool: 1 });
  sink.behave = ({ stage: at }) => (at === 'mail' ? { reply: '553 5.7.1 not your sender' } : undefined);
  const stops: string[] = [];
  const stopIssue = (reason: string) => void stops.push(reason);
  await deliver(dispatcher, deliveries[0]!, { stopIssue });
  await deliver(dispatcher, deliveries[1]!, { stopIssue, isService: true });
  expect(stops).toEqual(['relay-refuses-sender']);
  expect(await states()).toEqual(['planned', 'deferred: relay-refuses-sender']);
});

test('a refused login stops the issues, while service mails wait for the relay', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(2, {
    pool: 1,
    sink: { login: { user: 'u', pass: 'right' } },
    relay: { user: 'u', pass: 'wrong' },
  });
  const stops: string[] = [];
  const stopped = new AbortController();
  const served = new AbortController();
  void deliver(dispatcher, deliveries[1]!, { isService: true, stop: served.signal });
  await deliver(dispatcher, deliveries[0]!, {
    stopIssue: (reason) => {
      stopped.abort();
      stops.push(reason);
    },
    stop: stopped.signal,
  });
  expect([stops, sink.accepted.length]).toEqual([['relay-refuses-login'], 0]);
  expect(await states()).toEqual(['planned', 'planned']);
  served.abort();
});

test('a relay that is down counts as one failure, however many connections find out', async () => {
  const { sink, dispatcher, deliveries } = await harness(10, { pool: 10 });
  await sink.close();
  const all = deliverAll(dispatcher, deliveries);
  const began = performance.now();
  await sink.listen();
  await all;
  expect(performance.now() - began).toBeLessThan(limit(3_000));
  expect(sink.accepted).toHaveLength(10);
});

test('a connection takes so many messages as the relay allows, then says QUIT', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(10, { pool: 1, relay: { messages: 3 } });
  await deliverAll(dispatcher, deliveries);
  expect(new Set(await states())).toEqual(new Set(['accepted']));
  expect([sink.connections, sink.peak]).toEqual([4, 1]);
  expect(Math.max(...[1, 2, 3, 4].map((n) => sink.accepted.filter((m) => m.connection === n).length))).toBe(
    3,
  );
});

test('a relay that refuses and one that is down say so of themselves, until they are back', async () => {
  const { sink, dispatcher, deliveries } = await harness(1, { pool: 1 });
  expect([dispatcher.health.isUp, dispatcher.health.trouble]).toEqual([true, null]);
  await sink.close();
  const delivered = deliverAll(dispatcher, deliveries);
  await until('it is found to be down', () => !dispatcher.health.isUp);
  expect(dispatcher.health.trouble?.why).toMatch(/cannot be reached/);
  await sink.listen();
  await delivered;
  expect([dispatcher.health.isUp, dispatcher.health.trouble]).toEqual([true, null]);
});

test('a relay that was down is found to be back by a probe, without a message', async () => {
  const { sink, dispatcher } = await harness(1, { pool: 1 });
  await sink.close();
  await dispatcher.checkWhetherBack();
  expect(dispatcher.health.isUp).toBe(false);
  await sink.listen();
  await until('it is up again', async () => {
    await dispatcher.checkWhetherBack();
    return dispatcher.health.isUp;
  });
  expect(sink.accepted).toEqual([]);
  await until('the probe has left', () => sink.open === 0);
});

test('service mails go before what waits already', async () => {
  const { sink, dispatcher, deliveries } = await harness(4, { pool: 1 });
  slow(sink, 20);
  await Promise.all([
    ...deliveries.slice(0, 3).map((d) => deliver(dispatcher, d)),
    deliver(dispatcher, deliveries[3]!, { isService: true }),
  ]);
  expect(sink.accepted.findIndex((mail) => mail.to === deliveries[3]!.email)).toBeLessThan(2);
});

test.each([
  ['mail', '421 too many messages in this connection'],
  ['mail', '452 4.5.3 Too many recipients: Too many messages sent'],
  ['rcpt', '421 4.7.0 too many messages'],
  ['data', '452 4.4.5 Maximum number of messages per session exceeded'],
  ['dot', '450 4.7.1 too much mail per connection'],
])(
  'used up at %s (%s): QUIT, another connection, the same message at once; the number is learned',
  async (stageOf, reply) => {
    const { sink, dispatcher, deliveries, issue } = await harness(9, { pool: 1 });
    const taken = new Map<number, number>();
    const commands: string[] = [];
    let usedUp = 0;
    sink.behave = ({ stage: at, connection, to }) => {
      if (at === 'mail' || at === 'quit') commands.push(`${connection} ${at}`);
      if (at === stageOf && (taken.get(connection) ?? 0) >= 3) {
        usedUp += 1;
        return { reply };
      }
      if (at === 'dot' && to) taken.set(connection, (taken.get(connection) ?? 0) + 1);
      return undefined;
    };
    await deliverAll(dispatcher, deliveries);
    expect(await rowsOf(database.db, issue)).toMatchObject(
      deliveries.map(() => ({ state: 'accepted', attempts: 1 })),
    );
    // The second connection is left before the relay has to say it again.
    expect([usedUp, sink.connections, sink.doubles()]).toEqual([1, 3, []]);
    expect(sink.accepted.map(({ to }) => to)).toEqual(deliveries.map(({ email }) => email));
    expect(commands.filter((line) => line.endsWith('quit')).slice(0, 2)).toEqual(['1 quit', '2 quit']);
  },
);

test('more connections than the relay allows: those that work go on, none is left, and it is not down', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(60, { pool: 10 });
  sink.behave = ({ stage: at }) => {
    if (at === 'connect' && sink.open > 3) return { raw: '', close: true };
    return at === 'dot' ? { lateMs: 15 } : undefined;
  };
  await deliverAll(dispatcher, deliveries);
  expect(new Set(await states())).toEqual(new Set(['accepted']));
  expect(dispatcher.health.trouble).toBe(null);
  const used = new Set(sink.accepted.map(({ connection }) => connection));
  expect(used.size).toBe(3);
  expect(sink.connections).toBeLessThanOrEqual(12);
});

test.each([
  ['closes without a word', { close: true, raw: '' }],
  ['says 421', { reply: '421 4.7.0 closing', close: true }],
  ['says 554', { reply: '554 Too many nonmail commands', close: true }],
])(
  'a relay that %s at the third MAIL of a connection: nobody is charged an attempt',
  async (_name, behaviour) => {
    const { sink, dispatcher, deliveries, issue } = await harness(7, { pool: 1 });
    sink.behave = ({ stage: at, nth }) => (at === 'mail' && nth === 3 ? behaviour : undefined);
    await deliverAll(dispatcher, deliveries);
    expect(await rowsOf(database.db, issue)).toMatchObject(
      deliveries.map(() => ({ state: 'accepted', attempts: 1 })),
    );
    expect([sink.connections, sink.doubles()]).toEqual([4, []]);
  },
);

test('a relay that ends each fresh connection is rested longer each time, and charges nobody', async () => {
  const { sink, dispatcher, deliveries, issue } = await harness(1, { pool: 1 });
  sink.behave = ({ stage: at, connection }) =>
    at === 'mail' && connection < 3 ? { reply: '421 4.3.2 not now' } : undefined;
  const began = performance.now();
  await deliverAll(dispatcher, deliveries);
  expect(performance.now() - began).toBeGreaterThan(1_000);
  expect(await rowsOf(database.db, issue)).toMatchObject([{ state: 'accepted', attempts: 1 }]);
});

test('a 421 about errors of the session costs the reader who met it nothing', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(5, { pool: 1 });
  const gone = deliveries[0]!.email;
  const met = deliveries[1]!.email;
  sink.behave = ({ stage: at, to, connection }) => {
    if (at === 'rcpt' && to === gone) return { reply: '550 5.1.1 unknown' };
    if (at === 'rcpt' && to === met && connection === 1)
      return { reply: '421 4.7.0 sink Error: too many errors', close: true };
    return undefined;
  };
  await deliverAll(dispatcher, deliveries);
  expect(await states()).toEqual(['refused: address', 'accepted', 'accepted', 'accepted', 'accepted']);
  expect(sink.connections).toBe(2);
});

test('a 504 about our HELO name stops the send with its reason; nobody is refused', async () => {
  const { sink, dispatcher, deliveries, states } = await harness(2, { pool: 1 });
  sink.behave = ({ stage: at }) =>
    at === 'rcpt'
      ? { reply: '504 5.5.2 <9f3ab27c01de>: Helo command rejected: need fully-qualified hostname' }
      : undefined;
  const stops: string[] = [];
  await deliver(dispatcher, deliveries[0]!, {
    stopIssue: (reason, why) => void stops.push(`${reason}: ${why}`),
  });
  expect(stops).toEqual([
    expect.stringMatching(/^relay-refuses-name: 504 5\.5\.2 .*need fully-qualified hostname .*helo=/),
  ]);
  expect(await states()).toEqual(['planned', 'planned']);
});
