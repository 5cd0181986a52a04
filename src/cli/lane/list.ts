/** `postrider lane list`: the domains, limits and state of each lane. */

import type { Program } from '../../bootstrap.ts';
import { countsByLane } from '../../ledger/feedback/rates.ts';
import { LANES, OTHER_LANE, readLanes } from '../../ledger/lanes/lanes.ts';
import { classifiesByMx, readLaneDomains } from '../../ledger/lanes/settings.ts';
import { type LaneLimit, type LaneState, readLaneLimits, readLaneStates } from '../../ledger/lanes/states.ts';
import { cameBack, type FeedbackView, viewFeedback } from '../../stats/feedback.ts';
import type { OpenContext } from '../context.ts';
import { table } from '../text.ts';

export interface LaneView {
  lane: string;
  /** The number of its domains; 0 for `other`, which has all domains that no list names. */
  domains: number;
  /** The domains that an operator put into it. */
  own: string[];
  limits: { relay: string | null; connections: number | null; rate: number | null }[];
  states: LaneStateView[];
  /** What came back in the last 30 days; left out while nothing was accepted. */
  feedback?: FeedbackView;
  /** Only for `other`: whether MX records are looked up. */
  mx?: boolean;
}

interface LaneStateView {
  relay: string;
  state: 'open' | 'held' | 'probing' | 'growing';
  /** Messages that may be in transit at the same time now; null: no limit was learned. */
  connections: number | null;
  heldUntil: string | null;
  /** The last reply that slowed it. */
  why: string | null;
}

export async function list(open: OpenContext): Promise<void> {
  const { program, out } = await open();
  const views = await viewLanes(program);
  out(views, lanesTable(views));
}

export async function viewLanes({ db, clock }: Program): Promise<LaneView[]> {
  const [lanes, own, limits, states, mx] = await Promise.all([
    readLanes(db),
    readLaneDomains(db),
    readLaneLimits(db),
    readLaneStates(db),
    classifiesByMx(db),
  ]);
  const feedback = new Map(
    (await countsByLane(db)).map(({ name, ...counts }) => [name, viewFeedback(counts)]),
  );
  const names = new Set([
    ...LANES,
    ...lanes.lanes,
    ...limits.map((l) => l.lane),
    ...states.map((s) => s.lane),
  ]);
  return [...names].map((lane) => ({
    lane,
    domains: lanes.lanes.filter((name) => name === lane).length,
    own: own.filter((domain) => domain.lane === lane).map(({ domain }) => domain),
    limits: limits.filter((limit) => limit.lane === lane).map(limitOf),
    states: states.filter((state) => state.lane === lane).map((state) => viewState(state, clock.now())),
    ...(feedback.has(lane) && { feedback: feedback.get(lane)! }),
    ...(lane === OTHER_LANE && { mx }),
  }));
}

const limitOf = ({ relay, connections, rate }: LaneLimit) => ({ relay, connections, rate });

function viewState({ relay, heldMs, probing, connections, reason }: LaneState, now: Date): LaneStateView {
  const state = heldMs > 0 ? 'held' : probing ? 'probing' : connections === null ? 'open' : 'growing';
  const heldUntil = heldMs > 0 ? new Date(now.getTime() + heldMs).toISOString() : null;
  const may = state === 'held' ? 0 : state === 'probing' ? 1 : connections;
  return { relay, state, connections: may, heldUntil, why: reason };
}

export function lanesTable(views: readonly LaneView[]): string {
  const rows = views.map((view) => [
    view.lane,
    domainsOf(view),
    view.limits.map(limitText).join('; ') || '-',
    view.states.map(stateText).join('; ') || 'open',
    cameBack(view.feedback),
  ]);
  return table(['lane', 'domains', 'limits', 'now', 'came back in 30 days'], rows);
}

function domainsOf({ lane, domains, own, mx }: LaneView): string {
  if (lane === OTHER_LANE) return mx ? 'the rest, MX looked up' : 'the rest';
  return own.length > 0 ? `${domains} (${own.length} set here)` : String(domains);
}

function limitText({ relay, connections, rate }: LaneView['limits'][number]): string {
  const parts = [connections && `${connections} at once`, rate && `${rate}/s`].filter(Boolean);
  return `${parts.join(', ')}${relay === null ? '' : ` at ${relay}`}`;
}

function stateText({ relay, state, connections, heldUntil, why }: LaneStateView): string {
  const how = {
    open: 'open',
    held: `held until ${heldUntil}`,
    probing: 'probing with one',
    growing: `${connections} at once, growing`,
  }[state];
  return `${relay}: ${how}${why ? ` (${why})` : ''}`;
}
