/** The IP address that a form came from, and the networks around it that budgets count. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The address in one entry of `X-Forwarded-For`, or of a socket. Some proxies write the port beside it
 * (`192.0.2.1:567`, `[2001:db8::1]:567`), quotes, or a zone; an IPv4 address reached over IPv6 comes back as itself.
 * Null for anything that is not an address (`unknown`, `_hidden`, nonsense).
 */
export function readClientAddress(entry: string): string | null {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const bare = /^\[([^\]]*)\](?::\d*)?$/.exec(text)?.[1] ?? /^([\d.]+):\d*$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, '');
  return isIP(address) === 0 ? null : ipaddr.process(address).toString();
}

export interface Networks {
  /** A /24 or a /56: roughly what one customer of a provider has. */
  narrow: string;
  /** The /48 around a /56, since providers also assign whole /48s; null for IPv4. */
  wide: string | null;
}

/** For requests whose network is unknown. */
export const UNKNOWN_NETWORK = 'unknown';

/**
 * The unknown network counts like any other. It includes this machine itself: behind a proxy on the same host that
 * `TRUST_PROXY` does not mention, every reader seems to come from here.
 */
export function networksOf(ip: string | null): Networks {
  const address = ip === null ? null : readClientAddress(ip);
  if (address === null) return { narrow: UNKNOWN_NETWORK, wide: null };
  const parsed = ipaddr.parse(address);
  if (['loopback', 'unspecified', 'linkLocal'].includes(parsed.range()))
    return { narrow: UNKNOWN_NETWORK, wide: null };
  return parsed.kind() === 'ipv4'
    ? { narrow: network(ipaddr.IPv4, address, 24), wide: null }
    : { narrow: network(ipaddr.IPv6, address, 56), wide: network(ipaddr.IPv6, address, 48) };
}

const network = (family: typeof ipaddr.IPv4 | typeof ipaddr.IPv6, address: string, bits: number): string =>
  `${family.networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`;
