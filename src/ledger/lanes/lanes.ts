/** Lanes: the deliveries of one mailbox provider, paced apart from the others. */
import type { Db } from '../../db/connection.ts';
import type { LaneTable } from '../audience.ts';
import { domainLanes, providerDomains } from './provider-domains.ts';
import { classifiesByMx, readLaneDomains } from './settings.ts';

export const OTHER_LANE = 'other';

/** The built-in lanes, in the order in which the documentation lists them. An operator may add more. */
export const LANES: readonly string[] = [...Object.keys(providerDomains), OTHER_LANE];

export const builtInLanes: LaneTable = toTable(domainLanes, false);

/** The built-in list, overridden by the operator's settings. Deliveries keep the lane that they were planned with. */
export async function readLanes(db: Db): Promise<LaneTable> {
  const domains = new Map(domainLanes);
  for (const { domain, lane } of await readLaneDomains(db)) domains.set(domain, lane);
  return toTable(domains, await classifiesByMx(db));
}

function toTable(domains: ReadonlyMap<string, string>, classifyByMx: boolean): LaneTable {
  return { domains: [...domains.keys()], lanes: [...domains.values()], other: OTHER_LANE, classifyByMx };
}

/** By the built-in list only, for a mail whose row does not name its lane. */
export const laneOfAddress = (email: string): string =>
  domainLanes.get(email.slice(email.lastIndexOf('@') + 1).toLowerCase()) ?? OTHER_LANE;
