/** Why a running send makes no progress, in words that a person can act on: no worker, or a relay that is down or resting. */
import type { Db } from '../db/connection.ts';
import { readBackoffs } from '../ledger/relays/backoff.ts';
import { relaysOf } from '../ledger/relays/route.ts';
import { workersOf } from '../ledger/relays/settings.ts';
import { liveWorkers } from '../ledger/workers/leases.ts';

/** For an issue that is sending through the relays of `route` and has people waiting. */
export async function holdupsOf(db: Db, route: string | null): Promise<string[]> {
  if ((await liveWorkers(db)) === 0)
    return ['no worker is alive, so nothing is sent; start one: postrider worker (or postrider start)'];
  const backoffs = await readBackoffs(db);
  const found: string[] = [];
  for (const relay of route === null ? [] : relaysOf(route)) {
    const backoff = backoffs.get(relay)?.backoff;
    if (backoff) found.push(`${backoff.why} (it rests until ${inIso(backoff.endsMs)})`);
    const down = await downFor(db, relay);
    if (down) found.push(down);
  }
  return found;
}

const inIso = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** What its workers report; null while any of them can connect. */
async function downFor(db: Db, relay: string): Promise<string | null> {
  const workers = await workersOf(db, relay);
  const [first] = workers;
  if (!first || workers.some(({ downSince }) => downSince === null)) return null;
  return `relay ${relay} is down since ${first.downSince!.toISOString()}: ${first.downWhy}`;
}
