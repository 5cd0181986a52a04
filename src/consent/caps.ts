/**
 * What keeps the form from being used to bomb a stranger's mailbox, or our sender's name: budgets of confirmation mails
 * for an address, the mailbox it folds to, the networks that asks come from, and a newsletter as a whole. Counted are the
 * mails that were planned, so that asking in vain uses up nobody's budget.
 */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';
import { foldMailbox } from './mailbox.ts';
import { type Networks, networksOf, UNKNOWN_NETWORK } from './network.ts';

export const CAPS = {
  perAddressAndNewsletter: [{ asks: 1, hours: 24 }],
  /** Over all newsletters; tags and dots in the address make no other mailbox. */
  perMailbox: [{ asks: 3, hours: 7 * 24 }],
  /** Of an address that bounced or complained. */
  perSuppressedAddress: [{ asks: 1, hours: 30 * 24 }],
  /** A /24, a /56. */
  perNetwork: [
    { asks: 30, hours: 1 },
    { asks: 100, hours: 24 },
  ],
  /** A /48. */
  perWideNetwork: [
    { asks: 60, hours: 1 },
    { asks: 200, hours: 24 },
  ],
  /** All who come from no network that can be told: behind an unknown proxy, everybody. */
  unknownNetwork: [
    { asks: 100, hours: 1 },
    { asks: 400, hours: 24 },
  ],
  perNewsletter: [
    { asks: 500, hours: 1 },
    { asks: 3_000, hours: 24 },
  ],
} as const;

export type Budget = keyof typeof CAPS;

export interface Ask {
  identity: string;
  newsletterId: number;
  /** The asker's address; null when it cannot be told. */
  ip: string | null;
  /** A bounce or a complaint stands against the address. */
  suppressed: boolean;
}

/** What one budget counts: the rows of `confirmation_requests` where `column` has `value`. */
interface Count {
  budget: Budget;
  column: 'identity' | 'mailbox' | 'network' | 'wide_network' | 'newsletter_id';
  value: string | number;
  newsletterId?: number;
}

/**
 * Takes one confirmation out of every budget and returns its number, or the first budget that is used up. Asks that share
 * a budget wait for each other here, so that two at once cannot both be the last; the caller has locked the identity.
 */
export async function takeAsk(trx: Trx, ask: Ask): Promise<{ number: number } | { spent: Budget }> {
  const mailbox = foldMailbox(ask.identity);
  const networks = networksOf(ask.ip);
  const counts = countsOf(ask, mailbox, networks);
  // Looked at before the locks as well: in a flood nearly all end here, and hold no connection while they wait.
  const before = await firstUsedUp(trx, counts);
  if (before) return { spent: before };
  await lockAll(trx, counts);
  const spent = await firstUsedUp(trx, counts);
  if (spent) return { spent };
  const row = await trx
    .insertInto('confirmation_requests')
    .values({
      identity: ask.identity,
      newsletter_id: ask.newsletterId,
      mailbox,
      network: networks.near,
      wide_network: networks.wide,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { number: row.id };
}

function countsOf(ask: Ask, mailbox: string, { near, wide }: Networks): Count[] {
  const { identity, newsletterId, suppressed } = ask;
  const address = { column: 'identity', value: identity } as const;
  return [
    { ...address, budget: 'perAddressAndNewsletter', newsletterId },
    ...(suppressed ? [{ ...address, budget: 'perSuppressedAddress' } as const] : []),
    { budget: 'perMailbox', column: 'mailbox', value: mailbox },
    { budget: near === UNKNOWN_NETWORK ? 'unknownNetwork' : 'perNetwork', column: 'network', value: near },
    ...(wide === null ? [] : [{ budget: 'perWideNetwork', column: 'wide_network', value: wide } as const]),
    { budget: 'perNewsletter', column: 'newsletter_id', value: newsletterId },
  ];
}

/** Narrow before wide, always in this order: whoever waits holds nothing that another needs first. */
async function lockAll(trx: Trx, counts: readonly Count[]): Promise<void> {
  const names = counts
    .filter(({ column }) => column !== 'identity')
    .map(({ budget, value }) => `ask ${budget} ${value}`);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(${names}::text[]) AS name`.execute(
    trx,
  );
}

/** In one statement, so that an ask that is refused takes about as long as one that is not. */
async function firstUsedUp(trx: Trx, counts: readonly Count[]): Promise<Budget | null> {
  const { rows } = await sql<{ used: boolean[] }>`
    SELECT ARRAY[${sql.join(counts.map((count) => sql`(${isUsedUp(count)})`))}] AS used`.execute(trx);
  return counts[rows[0]!.used.indexOf(true)]?.budget ?? null;
}

function isUsedUp({ budget, column, value, newsletterId }: Count) {
  const spans = CAPS[budget];
  const longest = Math.max(...spans.map(({ hours }) => hours));
  const since = (hours: number) => sql`now() - make_interval(hours => ${hours}::int)`;
  const used = spans.map(
    ({ asks, hours }) => sql`count(*) FILTER (WHERE at > ${since(hours)}) >= ${asks}::int`,
  );
  return sql`SELECT ${sql.join(used, sql` OR `)} FROM confirmation_requests
    WHERE ${sql.ref(column)} = ${value} AND at > ${since(longest)}
      AND (${newsletterId ?? null}::bigint IS NULL OR newsletter_id = ${newsletterId ?? null})`;
}
