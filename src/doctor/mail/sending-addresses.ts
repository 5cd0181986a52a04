/**
 * The addresses that receivers see our mail come from. We know them where the operator names them, and where a relay
 * delivers by itself (`direct=yes`): then they are its own.
 */

import { isIP } from 'node:net';
import type { Relay } from '../../ports.ts';
import { isLocalName, type Situation } from '../check/situation.ts';
import { recordsOf } from '../dns/answer.ts';
import { isPublicAddress } from '../dns/public-address.ts';

/** Empty: not known. */
export async function sendingAddresses(situation: Situation, relay: Relay): Promise<string[]> {
  if (situation.sendingAddresses.length > 0) return [...situation.sendingAddresses];
  const { host, direct } = relay.settings;
  if (!direct) return [];
  if (isLocalName(host) || host === '::1') return [...situation.ownAddresses];
  const found = isIP(host) ? [host] : recordsOf(await situation.dns.addresses(host));
  return found.filter(isPublicAddress);
}
