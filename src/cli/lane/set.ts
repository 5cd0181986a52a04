/** `postrider lane set`: domains and limits, stored in the database, which override the built-in list. */

import type { Program } from '../../bootstrap.ts';
import { readAddress } from '../../consent/identity.ts';
import { Refused, Usage } from '../../errors.ts';
import { LANES, OTHER_LANE } from '../../ledger/lanes/lanes.ts';
import {
  classifyByMx,
  clearLane,
  readLaneDomains,
  setLaneDomains,
  setLaneLimit,
} from '../../ledger/lanes/settings.ts';
import type { OpenContext } from '../context.ts';
import { findRelay } from '../relay/find.ts';
import { lanesTable, viewLanes } from './list.ts';

type Options = Readonly<Record<string, string | string[] | true | undefined>>;

interface Change {
  domains: string[];
  connections: number | null;
  rate: number | null;
  relay: string | null;
  clear: boolean;
  mx: boolean | null;
}

/** Names that mean something else in place of a lane. */
const RESERVED = ['plan', 'service'];

export async function set(open: OpenContext, lane: string, options: Options): Promise<void> {
  const change = readChange(lane, options);
  const { program, out } = await open();
  if (change.relay !== null) findRelay(program, change.relay);
  await refuseUnknown(program, lane, change);
  await store(program, lane, change);
  const view = (await viewLanes(program)).find((one) => one.lane === lane);
  out(
    view ?? null,
    view ? lanesTable([view]) : `the lane ${lane} was removed: nothing is set for it any more`,
  );
}

async function store({ db }: Program, lane: string, change: Change): Promise<void> {
  const { domains, connections, rate, relay, clear, mx } = change;
  if (clear) await clearLane(db, lane, relay);
  if (domains.length > 0) await setLaneDomains(db, lane, domains);
  if (connections !== null || rate !== null) await setLaneLimit(db, lane, relay, { connections, rate });
  if (mx !== null) await classifyByMx(db, mx);
}

function readChange(lane: string, options: Options): Change {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(lane) || RESERVED.includes(lane))
    throw new Usage(
      `expected a lane such as ${LANES.join(', ')}, or a new one of lower-case letters, digits and "-", found "${lane}"`,
    );
  const change: Change = {
    domains: [options.domain ?? []].flat().map((domain) => readDomain(String(domain))),
    connections: count('--connections', options.connections, /^\d{1,5}$/),
    rate: count('--rate', options.rate, /^\d{1,6}(\.\d{1,3})?$/),
    relay: typeof options.relay === 'string' ? options.relay : null,
    clear: options.clear === true,
    mx: options.mx === undefined ? null : onOrOff(options.mx),
  };
  if (change.mx !== null && lane !== OTHER_LANE)
    throw new Usage(`--mx is for the lane of all other domains: postrider lane set ${OTHER_LANE} --mx on`);
  if (change.domains.length > 0 && change.relay !== null)
    throw new Usage('a domain is in its lane at every relay: give --domain without --relay');
  const { domains, connections, rate, clear, mx } = change;
  if (domains.length === 0 && connections === null && rate === null && !clear && mx === null)
    throw new Usage('say what to change: --domain, --connections, --rate, --clear, --mx');
  return change;
}

/** A typo must not create an empty lane. */
async function refuseUnknown({ db }: Program, lane: string, { domains }: Change): Promise<void> {
  if (LANES.includes(lane) || domains.length > 0) return;
  if ((await readLaneDomains(db)).some((domain) => domain.lane === lane)) return;
  throw new Refused(
    'unknown-lane',
    `there is no lane "${lane}" (known: ${LANES.join(', ')}); a new one begins with --domain`,
  );
}

function readDomain(text: string): string {
  try {
    return readAddress(`postmaster@${text.replace(/^@/, '')}`).domain;
  } catch (error) {
    throw new Usage(`--domain: expected a domain such as example.org, found "${text}"`, { cause: error });
  }
}

function count(option: string, text: Options[string], pattern: RegExp): number | null {
  if (text === undefined) return null;
  if (typeof text === 'string' && pattern.test(text)) return Number(text);
  throw new Usage(`${option}: expected a number, 0 for no limit, found "${String(text)}"`);
}

function onOrOff(text: Options[string]): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new Usage(`--mx: expected on or off, found "${String(text)}"`);
}
