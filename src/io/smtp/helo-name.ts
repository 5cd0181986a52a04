/** Our name in EHLO (RFC 5321 4.1.1.1). Strict relays refuse a name that cannot be ours. */
import { isIP, isIPv6 } from 'node:net';
import { hostname } from 'node:os';

/**
 * `wanted`, else the machine's name if it has a dot, else the local address of the connection as an address literal
 * (RFC 5321 4.1.3, 4.1.4): containers have names such as `9f3ab27c01de`.
 */
export function heloName(
  wanted: string | undefined,
  localAddress: string | undefined,
  host = hostname(),
): string {
  if (wanted !== undefined) return wanted;
  const name = host.replace(/[^A-Za-z0-9.-]/g, '-').replace(/\.+$/, '');
  return /[^.]\.[^.]/.test(name) && isIP(name) === 0 ? name : literal(localAddress ?? '127.0.0.1');
}

function literal(address: string): string {
  // A dual-stack socket shows IPv4 addresses as `::ffff:192.0.2.1`, and link-local ones with their interface.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIPv6(plain) ? `[IPv6:${plain}]` : `[${plain}]`;
}
