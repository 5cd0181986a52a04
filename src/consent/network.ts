/** Where a form came from, as far as budgets need to know: an address, and the networks it lies in. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The address in one entry of `X-Forwarded-For`, or of a socket. Some proxies write the port beside it
 * (`192.0.2.1:567`, `[2001:db8::1]:567`), quotes, or a zone; an IPv4 address reached over IPv6 comes back as itself.
 * Null for anything that is no address (`unknown`, `_hidden`, nonsense).
 */
export function readClientAddress(entry: string): string | null {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const bare = /^\[([^\]]*)\](?::\d*)?$/.exec(text)?.[1] ?? /^([\d.]+):\d*$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, '');
  return isIP(address) === 0 ? null : ipaddr.process(address).toString();
}

export interface Networks {
  /** A /24 or a /56: about what one customer of a provider has. */
  near: string;
  /** A /48 around a /56, since whole /48s are handed out too; null for IPv4. */
  wide: string | null;
}

/** Whoever comes from no network that can be told. */
export const UNKNOWN_NETWORK = 'unknown';

/**
 * Unknown is a network like any other. It holds who comes from this machine itself, too: behind a proxy on the same host
 * of which `TRUST_PROXY` says nothing, every reader seems to.
 */
export function networksOf(ip: string | null): Networks {
  const address = ip === null ? null : readClientAddress(ip);
  if (address === null) return { near: UNKNOWN_NETWORK, wide: null };
  const parsed = ipaddr.parse(address);
  if (['loopback', 'unspecified', 'linkLocal'].includes(parsed.range()))
    return { near: UNKNOWN_NETWORK, wide: null };
  return parsed.kind() === 'ipv4'
    ? { near: network(ipaddr.IPv4, address, 24), wide: null }
    : { near: network(ipaddr.IPv6, address, 56), wide: network(ipaddr.IPv6, address, 48) };
}

const network = (family: typeof ipaddr.IPv4 | typeof ipaddr.IPv6, address: string, bits: number): string =>
  `${family.networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`;
