/** Lanes: the deliveries of one mailbox provider, paced apart from the others. */
import type { Db } from '../../db/connection.ts';
import type { LaneTable } from '../audience.ts';
import { domainLanes, providerDomains } from './provider-domains.ts';
import { classifiesByMx, readLaneDomains } from './settings.ts';

export const OTHER_LANE = 'other';

/** The lanes of the design, in the order of its words. An operator may make more. */
export const LANES: readonly string[] = [...Object.keys(providerDomains), OTHER_LANE];

export const builtInLanes: LaneTable = toTable(domainLanes, false);

/** The built-in list with what an operator set over it. What is planned keeps the lane it was planned with. */
export async function readLanes(db: Db): Promise<LaneTable> {
  const domains = new Map(domainLanes);
  for (const { domain, lane } of await readLaneDomains(db)) domains.set(domain, lane);
  return toTable(domains, await classifiesByMx(db));
}

function toTable(domains: ReadonlyMap<string, string>, classifyByMx: boolean): LaneTable {
  return { domains: [...domains.keys()], lanes: [...domains.values()], other: OTHER_LANE, classifyByMx };
}

/** By the built-in list; for a mail whose row does not say it. */
export const laneOfAddress = (email: string): string =>
  domainLanes.get(email.slice(email.lastIndexOf('@') + 1).toLowerCase()) ?? OTHER_LANE;
