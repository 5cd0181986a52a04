/**
 * Budgets of the mails that a stranger can cause by typing an address into a form, so that nobody can use it to flood a
 * mailbox or to ruin our reputation as a sender: for an address, the mailbox it folds to, the networks that requests
 * come from, and a newsletter as a whole. Only mails that were planned count, so that refused requests use up nobody's
 * budget. One mail may ask about several newsletters.
 *
 * What is counted is kept as keyed hashes: it outlives the people who never said yes.
 */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import type { Keys } from '../keys.ts';
import { foldMailbox } from './fold-mailbox.ts';
import { networksOf, UNKNOWN_NETWORK } from './network.ts';

export const BUDGETS = {
  perAddressAndNewsletter: [{ mails: 1, hours: 24 }],
  /** Over all newsletters; tags and dots in an address do not make another mailbox. */
  perMailbox: [{ mails: 3, hours: 7 * 24 }],
  /** For a mailbox that left `UNANSWERED` mails unanswered. */
  unanswered: [{ mails: 1, hours: 30 * 24 }],
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

/** That many unanswered mails of a kind within `UNANSWERED_HOURS`, and a mailbox gets few more. */
const UNANSWERED = 3;
export const UNANSWERED_HOURS = 365 * 24;

/** Kinds are told apart only where it counts whether a mail was answered: a notice has no answer. */
type RequestKind = 'confirmation' | 'notice';

export interface MailRequest {
  identity: string;
  kind: RequestKind;
  /** The newsletters that the mail is about. */
  newsletterIds: readonly number[];
  /** The IP address of the request; null when it is unknown. */
  ip: string | null;
  /** The address is suppressed for a bounce or a complaint. */
  suppressed: boolean;
}

/** One mail, and those newsletters whose budgets allowed it. */
interface Charged {
  number: number;
  newsletterIds: number[];
}

/** The rows that one budget counts: those of `confirmation_requests` in which `column` has one of `values`. */
interface BudgetCount {
  budget: Budget;
  column: 'identity' | 'mailbox' | 'network' | 'wide_network' | 'newsletter_id';
  values: readonly string[] | readonly number[];
  /** The newsletter whose part of the mail this budget decides; null: it decides the whole mail. */
  about: number | null;
  kind?: RequestKind;
}

/**
 * Charges one mail to every budget, or names the first budget that is used up. Requests that share a budget wait for
 * each other here, so that two at once cannot both take the last mail. The caller must have locked the identity.
 */
export async function spendBudgets(
  trx: Trx,
  keys: Keys,
  request: MailRequest,
): Promise<Charged | { spent: Budget }> {
  const counts = countsOf(keys, request);
  // Checked before locking too: in a flood nearly all requests end here, without holding a connection while they wait.
  const before = await allowed(trx, request, counts);
  if ('spent' in before) return before;
  await lockBudgets(trx, counts);
  const after = await allowed(trx, request, counts);
  if ('spent' in after) return after;
  return { number: await writeRequest(trx, keys, request, after.newsletterIds), ...after };
}

/** The mailbox answered: what it was asked before no longer counts as unanswered. */
export async function noteAnswer(trx: Trx, keys: Keys, identity: string): Promise<void> {
  await sql`UPDATE confirmation_requests SET answered = true
    WHERE mailbox = ANY(${hashes(keys, 'mailbox', foldMailbox(identity))}::text[]) AND NOT answered`.execute(
    trx,
  );
}

/** Deletes what the budgets know about an address, for its erasure. */
export async function deleteRequests(trx: Trx, keys: Keys, identity: string): Promise<void> {
  await sql`DELETE FROM confirmation_requests
    WHERE identity = ANY(${hashes(keys, 'identity', identity)}::text[])`.execute(trx);
}

/** By every key, and last as 0.1.0 wrote it: plainly. */
const hashes = (keys: Keys, column: string, text: string): string[] => [
  ...keys.hashesOf(`budget ${column}`, text).map((hash) => hash.toString('base64url')),
  text,
];

function countsOf(keys: Keys, request: MailRequest): BudgetCount[] {
  const { identity, newsletterIds, suppressed, kind } = request;
  const { narrow, wide } = networksOf(request.ip);
  const address = { column: 'identity', values: hashes(keys, 'identity', identity) } as const;
  const mailbox = { column: 'mailbox', values: hashes(keys, 'mailbox', foldMailbox(identity)) } as const;
  return [
    ...newsletterIds.map((about) => ({ ...address, budget: 'perAddressAndNewsletter', about }) as const),
    ...(suppressed ? [{ ...address, budget: 'perSuppressedAddress', about: null } as const] : []),
    { ...mailbox, budget: 'perMailbox', about: null },
    { ...mailbox, budget: 'unanswered', about: null, kind },
    {
      budget: narrow === UNKNOWN_NETWORK ? 'unknownNetwork' : 'perNetwork',
      column: 'network',
      values: networkHashes(keys, narrow),
      about: null,
    },
    ...(wide === null
      ? []
      : [
          {
            budget: 'perWideNetwork',
            column: 'wide_network',
            values: networkHashes(keys, wide),
            about: null,
          } as const,
        ]),
    ...newsletterIds.map(
      (about) => ({ budget: 'perNewsletter', column: 'newsletter_id', values: [about], about }) as const,
    ),
  ];
}

/** The unknown network is nobody's. */
const networkHashes = (keys: Keys, network: string): string[] =>
  network === UNKNOWN_NETWORK ? [network] : hashes(keys, 'network', network);

/** Always in the same order, narrow budgets before wide ones, so that no two requests deadlock. */
async function lockBudgets(trx: Trx, counts: readonly BudgetCount[]): Promise<void> {
  const names = counts
    .filter(({ column, budget }) => column !== 'identity' && budget !== 'unanswered')
    .map(({ budget, values }) => `budget ${budget} ${values[0]}`);
  const inOrder = [
    ...names.filter((name) => !name.startsWith(WIDEST)),
    ...names.filter((name) => name.startsWith(WIDEST)).sort(),
  ];
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(${inOrder}::text[]) AS name`.execute(
    trx,
  );
}

const WIDEST = 'budget perNewsletter ';

/** In one statement, so that a refused request takes about as long as an accepted one. */
async function allowed(
  trx: Trx,
  { newsletterIds }: MailRequest,
  counts: readonly BudgetCount[],
): Promise<{ newsletterIds: number[] } | { spent: Budget }> {
  const { rows } = await sql<{ used: boolean[] }>`
    SELECT ARRAY[${sql.join(counts.map((count) => sql`(${isExhausted(count)})`))}] AS used`.execute(trx);
  const spent = counts.filter((_, at) => rows[0]!.used[at]);
  const whole = spent.find(({ about }) => about === null);
  const left = newsletterIds.filter((id) => !spent.some(({ about }) => about === id));
  if (!whole && left.length > 0) return { newsletterIds: left };
  return { spent: (spent.find(({ about }) => about !== null && left.length === 0) ?? whole)!.budget };
}

function isExhausted({ budget, column, values, about, kind }: BudgetCount) {
  const spans = BUDGETS[budget];
  const unanswered = budget === 'unanswered';
  const maxHours = unanswered ? UNANSWERED_HOURS : Math.max(...spans.map(({ hours }) => hours));
  const since = (hours: number) => sql`now() - make_interval(hours => ${hours}::int)`;
  const used = spans.map(
    ({ mails, hours }) => sql`count(*) FILTER (WHERE at > ${since(hours)}) >= ${mails}::int`,
  );
  const type = column === 'newsletter_id' ? sql`bigint[]` : sql`text[]`;
  const only = column === 'identity' && about !== null ? about : null;
  return sql`SELECT (${sql.join(used, sql` OR `)})${unanswered ? sql` AND count(*) >= ${UNANSWERED}::int` : sql``}
    FROM confirmation_requests
    WHERE ${sql.ref(column)} = ANY(${[...values]}::${type}) AND at > ${since(maxHours)}
      ${only === null ? sql`` : sql`AND newsletter_id = ${only}::bigint`}
      ${unanswered ? sql`AND NOT answered AND kind = ${kind}` : sql``}`;
}

/**
 * The first newsletter's row stands for the mail; rows of the others count only for their newsletter. The id of the
 * first is the number of the mail.
 */
async function writeRequest(
  trx: Trx,
  keys: Keys,
  { identity, kind, ip }: MailRequest,
  newsletterIds: readonly number[],
): Promise<number> {
  const { narrow, wide } = networksOf(ip);
  const newest = { identity: hashes(keys, 'identity', identity)[0]!, kind };
  const [first, ...further] = newsletterIds.map((id) => ({ ...newest, newsletter_id: id }));
  const row = await trx
    .insertInto('confirmation_requests')
    .values({
      ...first!,
      mailbox: hashes(keys, 'mailbox', foldMailbox(identity))[0]!,
      network: networkHashes(keys, narrow)[0]!,
      wide_network: wide === null ? null : networkHashes(keys, wide)[0]!,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (further.length > 0) await trx.insertInto('confirmation_requests').values(further).execute();
  return row.id;
}
