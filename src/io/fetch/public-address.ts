/**
 * Which addresses belong to the public internet. Our machine fetches what an issue names from inside its own network, and
 * nothing in that network may be reached: no router, no database, no cloud metadata.
 */
import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registry for IPv4, multicast, and Azure's platform address. */
const CLOSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** Only global unicast is allowed; mapped, link-local, translated (64:ff9b::) and unique local addresses are outside it. */
const OPEN_IPV6 = '2000::/3';

/** Exceptions within it: IETF protocols with Teredo, documentation, 6to4 (which hides an IPv4 address). */
const CLOSED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const closed = listOf(CLOSED_IPV4, 'ipv4', listOf(CLOSED_IPV6, 'ipv6'));
const open = listOf([OPEN_IPV6], 'ipv6');

function listOf(networks: readonly string[], family: 'ipv4' | 'ipv6', list = new BlockList()): BlockList {
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** `address`: without brackets. False for anything that is not an address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closed.check(address, 'ipv4');
    case 6:
      return open.check(address, 'ipv6') && !closed.check(address, 'ipv6');
    default:
      return false;
  }
}
