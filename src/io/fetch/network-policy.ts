/** How far fetching reaches: which addresses and ports may be asked, and who turns names into addresses. */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

export interface NetworkPolicy {
  allowsAddress(address: string): boolean;
  allowsPort(port: number): boolean;
  /** All addresses of a name, in the order they are to be tried. Rejects with the resolver's `code`. */
  resolve(host: string): Promise<string[]>;
}

/** The only one that the program uses; tests make others to reach a server of their own. */
export const publicInternet: NetworkPolicy = {
  allowsAddress: isPublicAddress,
  allowsPort: (port) => port === 80 || port === 443,
  resolve: resolveName,
};

/** The name server has this long, in milliseconds, for a name. */
const NAME_MS = 3_000;

/**
 * Not `dns.lookup`: that waits in one of the four threads that reading files and scaling pictures need too, and
 * nothing can call it off.
 */
async function resolveName(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: NAME_MS, tries: 1 });
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const [first] = found;
  if (addresses.length === 0 && first.status === 'rejected') throw first.reason;
  return addresses;
}

/** The addresses that may be asked for a URL's host, which is a name, an IPv4 address or an IPv6 one in brackets. */
export async function resolveAllowed(
  hostname: string,
  policy: NetworkPolicy,
): Promise<{ all: string[]; open: string[] }> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const all = isIP(host) ? [host] : await policy.resolve(host);
  return { all, open: all.filter((address) => policy.allowsAddress(address)) };
}
