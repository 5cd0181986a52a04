/**
 * Budgets of confirmation mails, so that nobody can use the form to flood a stranger's mailbox or to ruin our reputation
 * as a sender: for an address, the mailbox it folds to, the networks that requests come from, and a newsletter as a
 * whole. Only mails that were planned count, so that refused requests use up nobody's budget.
 */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import { foldMailbox } from './fold-mailbox.ts';
import { type Networks, networksOf, UNKNOWN_NETWORK } from './network.ts';

export const BUDGETS = {
  perAddressAndNewsletter: [{ mails: 1, hours: 24 }],
  /** Over all newsletters; tags and dots in an address do not make another mailbox. */
  perMailbox: [{ mails: 3, hours: 7 * 24 }],
  /** For an address that bounced or complained. */
  perSuppressedAddress: [{ mails: 1, hours: 30 * 24 }],
  /** A /24 (IPv4) or a /56 (IPv6). */
  perNetwork: [
    { mails: 30, hours: 1 },
    { mails: 100, hours: 24 },
  ],
  /** A /48 (IPv6). */
  perWideNetwork: [
    { mails: 60, hours: 1 },
    { mails: 200, hours: 24 },
  ],
  /** Requests whose network is unknown: behind an unknown proxy, all of them. */
  unknownNetwork: [
    { mails: 100, hours: 1 },
    { mails: 400, hours: 24 },
  ],
  perNewsletter: [
    { mails: 500, hours: 1 },
    { mails: 3_000, hours: 24 },
  ],
} as const;

export type Budget = keyof typeof BUDGETS;

interface ConfirmationRequest {
  identity: string;
  newsletterId: number;
  /** The IP address of the request; null when it is unknown. */
  ip: string | null;
  /** The address is suppressed for a bounce or a complaint. */
  suppressed: boolean;
}

/** The rows that one budget counts: those of `confirmation_requests` in which `column` has `value`. */
interface BudgetCount {
  budget: Budget;
  column: 'identity' | 'mailbox' | 'network' | 'wide_network' | 'newsletter_id';
  value: string | number;
  newsletterId?: number;
}

/**
 * Charges one confirmation mail to every budget and returns its number, or the first budget that is used up. Requests
 * that share a budget wait for each other here, so that two at once cannot both take the last mail. The caller must
 * have locked the identity.
 */
export async function spendBudgets(
  trx: Trx,
  request: ConfirmationRequest,
): Promise<{ number: number } | { spent: Budget }> {
  const mailbox = foldMailbox(request.identity);
  const networks = networksOf(request.ip);
  const counts = countsOf(request, mailbox, networks);
  // Checked before locking too: in a flood nearly all requests end here, without holding a connection while they wait.
  const before = await firstExhausted(trx, counts);
  if (before) return { spent: before };
  await lockBudgets(trx, counts);
  const spent = await firstExhausted(trx, counts);
  if (spent) return { spent };
  const row = await trx
    .insertInto('confirmation_requests')
    .values({
      identity: request.identity,
      newsletter_id: request.newsletterId,
      mailbox,
      network: networks.narrow,
      wide_network: networks.wide,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { number: row.id };
}

function countsOf(request: ConfirmationRequest, mailbox: string, { narrow, wide }: Networks): BudgetCount[] {
  const { identity, newsletterId, suppressed } = request;
  const address = { column: 'identity', value: identity } as const;
  return [
    { ...address, budget: 'perAddressAndNewsletter', newsletterId },
    ...(suppressed ? [{ ...address, budget: 'perSuppressedAddress' } as const] : []),
    { budget: 'perMailbox', column: 'mailbox', value: mailbox },
    {
      budget: narrow === UNKNOWN_NETWORK ? 'unknownNetwork' : 'perNetwork',
      column: 'network',
      value: narrow,
    },
    ...(wide === null ? [] : [{ budget: 'perWideNetwork', column: 'wide_network', value: wide } as const]),
    { budget: 'perNewsletter', column: 'newsletter_id', value: newsletterId },
  ];
}

/** Always in the same order, narrow budgets before wide ones, so that no two requests deadlock. */
async function lockBudgets(trx: Trx, counts: readonly BudgetCount[]): Promise<void> {
  const names = counts
    .filter(({ column }) => column !== 'identity')
    .map(({ budget, value }) => `budget ${budget} ${value}`);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(${names}::text[]) AS name`.execute(
    trx,
  );
}

/** In one statement, so that a refused request takes about as long as an accepted one. */
async function firstExhausted(trx: Trx, counts: readonly BudgetCount[]): Promise<Budget | null> {
  const { rows } = await sql<{ used: boolean[] }>`
    SELECT ARRAY[${sql.join(counts.map((count) => sql`(${isExhausted(count)})`))}] AS used`.execute(trx);
  return counts[rows[0]!.used.indexOf(true)]?.budget ?? null;
}

function isExhausted({ budget, column, value, newsletterId }: BudgetCount) {
  const spans = BUDGETS[budget];
  const maxHours = Math.max(...spans.map(({ hours }) => hours));
  const since = (hours: number) => sql`now() - make_interval(hours => ${hours}::int)`;
  const used = spans.map(
    ({ mails, hours }) => sql`count(*) FILTER (WHERE at > ${since(hours)}) >= ${mails}::int`,
  );
  return sql`SELECT ${sql.join(used, sql` OR `)} FROM confirmation_requests
    WHERE ${sql.ref(column)} = ${value} AND at > ${since(maxHours)}
      AND (${newsletterId ?? null}::bigint IS NULL OR newsletter_id = ${newsletterId ?? null})`;
}
