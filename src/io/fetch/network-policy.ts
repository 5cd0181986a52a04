/** Which addresses and ports may be fetched from, and how names are resolved. */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

export interface NetworkPolicy {
  allowsAddress(address: string): boolean;
  allowsPort(port: number): boolean;
  /** All addresses of a name, in the order they are to be tried. Rejects with the resolver's `code`. */
  resolve(host: string): Promise<string[]>;
}

/** The only policy of the program; tests use others to reach a local server. */
export const publicInternet: NetworkPolicy = {
  allowsAddress: isPublicAddress,
  allowsPort: (port) => port === 80 || port === 443,
  resolve: resolveName,
};

const DNS_TIMEOUT_MS = 3_000;

/**
 * Not `dns.lookup`: that blocks one of the four threads that reading files and scaling pictures need too, and cannot be
 * cancelled.
 */
async function resolveName(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 1 });
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const [first] = found;
  if (addresses.length === 0 && first.status === 'rejected') throw first.reason;
  return addresses;
}

/** All addresses of a URL's host, and those that the policy allows. The host is a name, an IPv4 or a bracketed IPv6 address. */
export async function resolveAllowed(
  hostname: string,
  policy: NetworkPolicy,
): Promise<{ all: string[]; open: string[] }> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const all = isIP(host) ? [host] : await policy.resolve(host);
  return { all, open: all.filter((address) => policy.allowsAddress(address)) };
}
