/**
 * The editor presses send: the edition is frozen and the issue starts, only once no matter how often anybody presses.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import { lockIssue, moveIssue } from '../issue/state.ts';
import { type ReachedBy, type Restriction, wouldGet } from '../ledger/audience.ts';
import { writeAudit } from '../ledger/audit-log.ts';
import { readRoute, routeText } from '../ledger/relays/route.ts';
import type { Log, Relay, WakeUpQueue } from '../ports.ts';
import type { Edition } from '../render/edition/edition.ts';
import type { Segment } from '../segment/filter.ts';
import { PLAN_LANE, wakeLanes } from './wake.ts';

export interface SendOrder {
  issueId: number;
  /** For messages: `weekly/2026-11-23`. */
  name: string;
  edition: Edition;
  /** The first relay of the route; it decides for all of them whether the send is a rehearsal. */
  relay: Relay;
  /** The whole route as text: `main:3,backup:1`. Left out: only `relay`. */
  route?: string;
  /** People who confirm within this many seconds after the send starts get it too; nobody does when left out. */
  catchUpSeconds?: number | null;
  /** Nothing is sent after this moment; people who were not reached by then are skipped. Left out: never. */
  expiresAt?: Date | null;
  /** Rules of checks that the editor overrode (`--force`); they are recorded in the audit log. */
  overridden?: readonly string[];
  canary?: Canary | null;
  /** A correction goes only to people whom that issue reached. */
  reachedBy?: ReachedBy | null;
  /** Only people who are in it when they are planned; stored with the send, so that it cannot change. */
  segment?: Segment | null;
}

/** The first people of the plan get the issue first; the others follow after a wait, or when a person approves. */
export interface Canary {
  first: { people: number } | { percent: number };
  /** Counted from when every delivery of the canary has been tried. Null: until somebody resumes the send. */
  waitSeconds: number | null;
}

/** How many people would get it if it were sent now. */
export async function countAudience(
  db: Db,
  newsletterId: number,
  restriction: Restriction = {},
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
    WHERE s.newsletter_id = ${newsletterId} AND s.state = 'confirmed' AND ${wouldGet(newsletterId, restriction)}`.execute(
    db,
  );
  return rows[0]!.n;
}

/** The relay for an issue of this newsletter; the first one if there are several. Throws Refused('no-relay'). */
export const relayFor = (relays: readonly Relay[], wanted: string | null): Relay =>
  routeFor(relays, wanted).relays[0]!;

export interface Route {
  /** At least one. */
  relays: readonly Relay[];
  /** As text, with the newsletter's weights. */
  text: string;
}

/**
 * All relays that an issue of this newsletter may go through. Throws Refused('no-relay') when SMTP_URL has none of
 * them.
 */
export function routeFor(relays: readonly Relay[], wanted: string | null): Route {
  if (wanted === null) {
    const found =
      relays.find((relay) => relay.settings.for === 'issues') ??
      relays.find((relay) => relay.settings.for === 'all');
    if (found) return { relays: [found], text: found.settings.name };
    throw new Refused(
      'no-relay',
      'there is no relay to send through: set SMTP_URL, e.g. smtp://user:password@mail.example.org:587',
    );
  }
  const legs = readRoute(wanted).filter((leg) => relays.some((relay) => relay.settings.name === leg.relay));
  const found = legs.map((leg) => relays.find((relay) => relay.settings.name === leg.relay)!);
  if (found.length > 0) return { relays: found, text: routeText(legs) };
  throw new Refused(
    'no-relay',
    `the newsletter wants the relay "${wanted}", but SMTP_URL names ${relays.map((r) => `"${r.settings.name}"`).join(', ') || 'none'}`,
  );
}

/**
 * Stores the edition of a draft, whose row stays locked. A concurrent second call finds that it is no longer a draft:
 * Refused('issue-not-draft').
 */
export async function storeEdition(trx: Trx, order: SendOrder): Promise<void> {
  const state = await lockIssue(trx, order.issueId);
  if (state !== 'draft')
    throw new Refused(
      'issue-not-draft',
      `${order.name} is ${state ?? 'gone'} already; nothing was changed (see postrider issue status ${order.name})`,
    );
  const edition = await trx
    .insertInto('editions')
    .values({ hash: order.edition.hash, content: JSON.stringify(order.edition) })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (order.overridden?.length)
    await writeAudit(trx, {
      who: 'cli',
      act: 'send-forced',
      issueId: order.issueId,
      details: { rules: order.overridden, edition: order.edition.hash },
    });
  await trx.updateTable('issues').set({ edition_id: edition.id }).where('id', '=', order.issueId).execute();
}

/** Stores the order; `when` is the time since which it sends, or at which it will start. */
export async function placeOrder(trx: Trx, order: SendOrder, when: RawBuilder<unknown>): Promise<void> {
  const { issueId, relay, route, catchUpSeconds, expiresAt, canary, reachedBy, segment } = order;
  const first = canary?.first;
  await trx
    .insertInto('sends')
    .values({
      issue_id: issueId,
      route: route ?? relay.settings.name,
      rehearsal: relay.rehearsal,
      catch_up_seconds: catchUpSeconds ?? null,
      expires_at: expiresAt ?? null,
      canary_size: first && 'people' in first ? first.people : null,
      canary_percent: first && 'percent' in first ? first.percent : null,
      canary_wait_seconds: canary?.waitSeconds ?? null,
      reached_by: reachedBy?.issueId ?? null,
      reached_unknown: reachedBy?.unknown ?? false,
      segment: segment ? JSON.stringify(segment) : null,
    })
    .execute();
  await sql`UPDATE sends SET ${when} WHERE issue_id = ${issueId}`.execute(trx);
}

/** Removes the send and the edition: a draft has neither. */
export async function withdrawOrder(trx: Trx, issueId: number): Promise<void> {
  await trx.deleteFrom('sends').where('issue_id', '=', issueId).execute();
  const { edition_id } = await trx
    .selectFrom('issues')
    .select('edition_id')
    .where('id', '=', issueId)
    .executeTakeFirstOrThrow();
  await trx.updateTable('issues').set({ edition_id: null }).where('id', '=', issueId).execute();
  if (edition_id !== null) await trx.deleteFrom('editions').where('id', '=', edition_id).execute();
}

/**
 * Freezes the edition and starts the send, in one transaction on the locked issue. The workers are woken after the
 * commit; if that fails, the sweep wakes them.
 */
export async function startSending(db: Db, wakeUps: WakeUpQueue, log: Log, order: SendOrder): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await storeEdition(trx, order);
    await placeOrder(trx, order, sql`sending_since = clock_timestamp(), served_at = clock_timestamp()`);
    await moveIssue(trx, order.issueId, 'start');
  });
  await wakeLanes(wakeUps, order.issueId, [PLAN_LANE], 1).catch((error: Error) =>
    log.warn(
      { issue: order.name, error: error.message },
      'the workers could not be woken; the sweep will do it',
    ),
  );
}
