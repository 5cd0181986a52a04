/**
 * The newsletter through real mail servers, each with 300 readers of whom none and then 120 are dead, over 1, 5 and 10
 * connections, with TLS and without. `RELAYS=Exim,Postfix` runs only those,
 * `RELAYS_RECORDED=yes` what they were seen to do instead of them.
 */
import { cpus, loadavg } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limit } from '../helpers/machine.js';
import { flawless, judge, type Row, table } from './judge.ts';
import { openSender, type Send, type Sender, type Sent } from './send.ts';
import { servers } from './servers/all.ts';
import { startRecorded } from './servers/recorded.ts';
import { gone, living, type MailServer } from './servers/server.ts';
import { beyond, takenAtLeast } from './taken.ts';

const DEAD = 120;
const POOLS = [1, 5, 10];
/**
 * What a list with dead addresses may take of the time of one without. And seconds: two dead in a row cost a fresh
 * connection, 60 of them with TLS up to two seconds, which a send of one second cannot hide.
 */
const TIMES_AS_LONG = 1.5;
const SLACK = 2;
const WITHIN_MS = limit(60_000);
const PAIRS = 3;
const MAX_LOAD_PER_CORE = 3;

const mixed = living.map((email, n) => (n % 5 < 2 ? gone(n) : email));

const recordedOnly = Boolean(process.env.RELAYS_RECORDED);
const wanted = process.env.RELAYS?.split(',');
const rows: Row[] = [];

for (const { name, start, delays } of servers.filter((each) => wanted?.includes(each.name) ?? true)) {
  describe(name, () => {
    let server: MailServer;
    let sender: Sender;
    let lists: { all: number; mixed: number };

    beforeAll(async () => {
      server = await (recordedOnly ? Promise.reject(new Error('RELAYS_RECORDED is set')) : start()).catch(
        (error: Error) => {
          tell(`${name} cannot be run here: ${error.message}\nIts recorded behaviour is used instead.`);
          return startRecorded(name);
        },
      );
      sender = await openSender();
      lists = {
        all: await sender.newsletter('all', living),
        mixed: await sender.newsletter('mixed', mixed),
      };
    }, 600_000);
    afterAll(async () => {
      await sender?.close();
      await server?.stop();
    });

    for (const tls of ['clear', 'tls'] as const)
      for (const pool of POOLS)
        test(
          `every living reader is reached once and every dead one refused, ${tls}, pool ${pool}`,
          async () => {
            await sender.through(server.ports[tls], pool, async (send) => {
              for (let pair = 1; ; pair++) {
                const before = await sendOnce(send, lists.all, server);
                const after = await sendOnce(send, lists.mixed, server);
                const inTime = after.seconds <= TIMES_AS_LONG * before.seconds + SLACK;
                // A machine that is busy with other things may spoil a pair.
                if (!inTime && !delays && pair < PAIRS) continue;
                const busy = isBusy();
                note(name, server, pool, tls, 0, before, null);
                note(name, server, pool, tls, DEAD, after, after.seconds / before.seconds);
                if (!inTime && (delays || busy)) tell(`  the ratio is not judged: ${delays ?? busy}`);
                else expect(inTime, 'the list with dead addresses took too long').toBe(true);
                return;
              }
            });
          },
          limit(400_000),
        );
  });
}

afterAll(() => tell(`\n${table(rows)}\n`));

/** The send, which must be without fault by the server's count and by the ledger. */
async function sendOnce(send: Send, list: number, server: MailServer): Promise<Sent> {
  const before = await server.taken();
  const sent = await send(list, WITHIN_MS).catch((error: Error) => {
    throw new Error(`${error.message}\n${server.output()}`, { cause: error });
  });
  const accepted = sent.lines.filter(({ state }) => state === 'accepted').length;
  const taken = beyond(before, await takenAtLeast(server, before.length + accepted));
  expect(judge(sent, taken)).toEqual(flawless);
  return sent;
}

/** With so much else to do, how long something took says nothing about it. */
const isBusy = (): string | null => {
  const [load = 0] = loadavg();
  return load > MAX_LOAD_PER_CORE * cpus().length ? `the load is ${load.toFixed(1)}` : null;
};

function note(
  name: string,
  { version }: MailServer,
  pool: number,
  tls: string,
  dead: number,
  { seconds, lines }: Sent,
  ratio: number | null,
): void {
  const count = (state: string) => lines.filter((line) => line.state === state).length;
  const attempts = lines.reduce((sum, line) => sum + line.attempts, 0);
  const counts = { reached: count('accepted'), refused: count('refused'), attempts };
  const row = { server: name, version, pool, tls, dead, seconds, ratio, ...counts };
  rows.push(row);
  tell(table([row]).split('\n')[1] ?? '');
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}
