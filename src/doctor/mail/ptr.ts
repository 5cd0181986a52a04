/** PTR: whether each address that we send from has a name that leads back to it (Gmail and others refuse mail else). */

import ipaddr from 'ipaddr.js';
import { type Check, error, type Finding, NotChecked, ok, warning } from '../check/check.ts';
import { pointlessWithoutRelay, realRelays, type Situation } from '../check/situation.ts';
import { absence, recordsOf } from '../dns/answer.ts';
import { providerOf } from './providers.ts';
import { sendingAddresses } from './sending-addresses.ts';

export const ptrCheck: Check = {
  name: 'ptr',
  limitMs: 10_000,
  pointless: pointlessWithoutRelay,
  async run(situation) {
    const relays = realRelays(situation).filter((relay) => !providerOf(relay)?.replacesReturnPath);
    const found = await Promise.all(relays.map((relay) => sendingAddresses(situation, relay)));
    const addresses = [...new Set(found.flat())];
    if (addresses.length === 0)
      throw new NotChecked(
        'the relay delivers for us, and what it sends from cannot be seen from here (name its address with --address, or set direct=yes for a relay that delivers by itself)',
      );
    return Promise.all(addresses.map((address) => checkAddress(situation, address)));
  },
};

const EXPECTED = 'a PTR record with a name whose A or AAAA record is this address';

async function checkAddress({ dns }: Situation, address: string): Promise<Finding> {
  const answer = await dns.names(address);
  const who = `whoever assigns ${address} (the hosting or internet provider)`;
  if (answer.kind === 'failed')
    return warning({
      subject: address,
      expected: EXPECTED,
      found: absence(answer, 'PTR'),
      change: `ask ${who}`,
    });
  const names = recordsOf(answer);
  if (names.length === 0)
    return error({
      subject: address,
      expected: EXPECTED,
      found: absence(answer, 'PTR'),
      change: `set the reverse DNS of ${address} to the name that the mail server gives with EHLO, at ${who}`,
    });
  const forward = await Promise.all(names.map(async (name) => recordsOf(await dns.addresses(name))));
  const at = forward.findIndex((addresses) => addresses.some((one) => isSame(one, address)));
  if (at >= 0) return ok(address, EXPECTED, names[at]!);
  const [name] = names;
  return error({
    subject: address,
    expected: EXPECTED,
    found: `${name}, which leads to ${forward[0]!.join(', ') || 'no address'}`,
    change: `publish this at the DNS provider of ${name}, or have ${who} set another name`,
    record: isV4(address)
      ? { name: name!, type: 'A', value: address }
      : { name: name!, type: 'AAAA', value: address },
  });
}

const isSame = (one: string, other: string): boolean =>
  ipaddr.process(one).toString() === ipaddr.process(other).toString();
const isV4 = (address: string): boolean => ipaddr.process(address).kind() === 'ipv4';
