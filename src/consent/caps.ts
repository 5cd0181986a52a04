/**
 * What keeps the form from being used to bomb a stranger's mailbox: at most one confirmation per address and
 * newsletter in 24 h, three per address in 7 days over all newsletters, and a budget per network. Counted are the
 * mails that were planned, so that asking in vain uses up nobody's budget.
 */
import { isIP } from 'node:net';
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';

export const CAPS = {
  perAddressAndNewsletter: { asks: 1, hours: 24 },
  perAddress: { asks: 3, hours: 7 * 24 },
  /** Of an address that bounced or complained. */
  perSuppressedAddress: { asks: 1, hours: 30 * 24 },
  perNetwork: [
    { asks: 30, hours: 1 },
    { asks: 100, hours: 24 },
  ],
} as const;

export interface Ask {
  identity: string;
  newsletterId: number;
  /** The asker's address; null when there is none (command line). */
  ip: string | null;
  /** A bounce or a complaint stands against the address. */
  suppressed: boolean;
}

/**
 * Takes one confirmation out of every budget and returns its number, or null when one of them is used up. Asks for
 * one address, and asks from one network, wait for each other here: two at once cannot both be the last.
 */
export async function takeAsk(trx: Trx, ask: Ask): Promise<number | null> {
  const network = await networkOf(trx, ask.ip);
  if (network) await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`ask ${network}`}, 0))`.execute(trx);
  if (await isUsedUp(trx, ask, network)) return null;
  const row = await trx
    .insertInto('confirmation_asks')
    .values({ identity: ask.identity, newsletter_id: ask.newsletterId, network })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function isUsedUp(trx: Trx, ask: Ask, network: string | null): Promise<boolean> {
  const since = (hours: number) => sql`now() - make_interval(hours => ${hours}::int)`;
  const { perAddressAndNewsletter: list, perAddress: all, perSuppressedAddress: shut, perNetwork } = CAPS;
  const [hour, day] = perNetwork;
  const { rows } = await sql<{ used: boolean }>`
    WITH mine AS (SELECT newsletter_id, at FROM confirmation_asks
      WHERE identity = ${ask.identity} AND at > ${since(shut.hours)}),
    nearby AS (SELECT at FROM confirmation_asks WHERE network = ${network} AND at > ${since(day.hours)})
    SELECT (SELECT count(*) FROM mine WHERE newsletter_id = ${ask.newsletterId} AND at > ${since(list.hours)}) >= ${list.asks}
      OR (SELECT count(*) FROM mine WHERE at > ${since(all.hours)}) >= ${all.asks}
      OR (${ask.suppressed} AND (SELECT count(*) FROM mine) >= ${shut.asks})
      OR (SELECT count(*) FROM nearby WHERE at > ${since(hour.hours)}) >= ${hour.asks}
      OR (SELECT count(*) FROM nearby) >= ${day.asks} AS used`.execute(trx);
  return rows[0]?.used !== false;
}

/**
 * The /24 or /64 an address lies in. Null for the machine itself: behind a proxy of which `TRUST_PROXY` says
 * nothing, every reader would seem to come from there and share one budget.
 */
async function networkOf(trx: Trx, ip: string | null): Promise<string | null> {
  const address = ip?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '') ?? '';
  if (isIP(address) === 0 || address === '::1' || address.startsWith('127.')) return null;
  const { rows } = await sql<{ network: string }>`
    SELECT network(set_masklen(ip, CASE family(ip) WHEN 4 THEN 24 ELSE 64 END))::text AS network
    FROM (SELECT ${address}::inet AS ip) given`.execute(trx);
  return rows[0]?.network ?? null;
}
