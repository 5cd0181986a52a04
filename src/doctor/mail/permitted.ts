/** What an SPF record has to permit, by the relays that a return path goes with. */
import type { Relay } from '../../ports.ts';
import type { Situation } from '../check/situation.ts';
import { providerOf } from './providers.ts';
import { sendingAddresses } from './sending-addresses.ts';

export interface Permitted {
  addresses: readonly string[];
  includes: readonly string[];
  /** Relays of which we do not know what they send from. */
  unknown: readonly Relay[];
  /** Relays that put a domain of their own into the return path. */
  replacing: readonly string[];
}

export async function permittedBy(situation: Situation, relays: readonly Relay[]): Promise<Permitted> {
  const addresses = new Set<string>();
  const includes = new Set<string>();
  const unknown: Relay[] = [];
  const replacing: string[] = [];
  for (const relay of relays) {
    const provider = providerOf(relay);
    if (provider?.replacesReturnPath) replacing.push(provider.title);
    else if (provider?.include) includes.add(provider.include);
    else {
      const found = await sendingAddresses(situation, relay);
      for (const address of found) addresses.add(address);
      if (found.length === 0) unknown.push(relay);
    }
  }
  return { addresses: [...addresses], includes: [...includes], unknown, replacing };
}
