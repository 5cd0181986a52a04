/**
 * A dry run of a send: composes and measures the message of everybody who would get it now, page by page. Nothing is
 * handed over and nothing is written.
 */
import type { Keys } from '../consent/keys.ts';
import { archiveUrl, issueLinks } from '../consent/links.ts';
import type { Db } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import { addressees, type Restriction } from '../ledger/audience.ts';
import { readLanes } from '../ledger/lanes/lanes.ts';
import { type ExpectedPace, expectedPace } from '../ledger/relays/expected-pace.ts';
import type { Clock, Relay } from '../ports.ts';
import type { Edition } from '../render/edition/edition.ts';
import { MissingSlots, type SlotReport } from '../render/slots/missing-slots.ts';
import { type ComposedFor, openComposer, readerOf } from './worker/compose.ts';

export interface DryRunOrder extends Restriction {
  issueId: number;
  newsletter: { id: number; slug: string; archive: 'public' | 'unlisted' | 'off' };
  slug: string;
  edition: Edition;
  /** The relay whose headers are added. */
  relay: Relay;
  /** All relays that the issue may go through, and its route. Left out: only that relay. */
  relays?: readonly Relay[];
  route?: string;
}

export interface DryRun extends ExpectedPace {
  /** Everybody who would be planned now. */
  audience: number;
  lanes: Record<string, number>;
  /** Sizes in bytes of whole messages without a DKIM signature. Null: none was composed. */
  sizes: { median: number; largest: number } | null;
  /** Slots about the reader, and how many readers have no value for them. */
  slots: SlotReport[];
  /** People for whom no valid message can be composed: they would be refused, for this reason. */
  unsendable: { count: number; first: { email: string; reason: string }[] };
}

interface Parts {
  db: Db;
  keys: Keys;
  clock: Clock;
  publicUrl: string;
}

/** How many unsendable people are named; the others are only counted. */
const MAX_NAMED = 100;

export async function dryRun(parts: Parts, order: DryRunOrder): Promise<DryRun> {
  const compose = openComposer(parts, order.edition, order.relay.settings.headers, linksOf(parts, order));
  const missing = new MissingSlots(order.edition);
  const sizes = new Map<number, number>();
  const lanes: Record<string, number> = {};
  const unsendable: DryRun['unsendable'] = { count: 0, first: [] };
  for await (const page of addressees(parts.db, order.newsletter.id, await readLanes(parts.db), order)) {
    for (const person of page) {
      lanes[person.lane] = (lanes[person.lane] ?? 0) + 1;
      const delivery = {
        ...person,
        issueId: order.issueId,
        id: person.subscriptionId,
        newsletterId: order.newsletter.id,
      };
      missing.count(readerOf(delivery));
      const size = sizeOf(compose, delivery);
      if (typeof size === 'number') sizes.set(size, (sizes.get(size) ?? 0) + 1);
      else {
        unsendable.count += 1;
        if (unsendable.first.length < MAX_NAMED)
          unsendable.first.push({ email: person.email, reason: size.message });
      }
    }
  }
  const audience = Object.values(lanes).reduce((sum, n) => sum + n, 0);
  const { relays = [order.relay], route = order.relay.settings.name } = order;
  const pace = await expectedPace(parts.db, relays, route, audience - unsendable.count);
  return {
    audience,
    lanes,
    sizes: spread(sizes),
    slots: missing.report(),
    unsendable,
    ...pace,
  };
}

function linksOf({ keys, publicUrl }: Parts, { newsletter, slug }: DryRunOrder) {
  const view = newsletter.archive === 'off' ? null : archiveUrl(publicUrl, newsletter.slug, slug);
  return (d: ComposedFor) => issueLinks(keys, publicUrl, d, view);
}

function sizeOf(compose: (d: ComposedFor) => { bytes: Buffer }, delivery: ComposedFor): number | Refused {
  try {
    return compose(delivery).bytes.length;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/** `counts`: the number of messages of each size. */
function spread(counts: ReadonlyMap<number, number>): DryRun['sizes'] {
  const sizes = [...counts.keys()].sort((a, b) => a - b);
  let half = [...counts.values()].reduce((sum, n) => sum + n, 0) / 2;
  for (const median of sizes) {
    half -= counts.get(median)!;
    if (half <= 0) return { median, largest: sizes.at(-1)! };
  }
  return null;
}
