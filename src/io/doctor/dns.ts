/** The DNS for `postrider doctor`: the system's name servers, or a given one. Each question goes out once. */
import { Resolver } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import type { Answer, Dns } from '../../doctor/dns/answer.ts';

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/** `servers`: `address:port`. Default: the system's. */
export function openDns(servers: readonly string[] = [], timeout = TIMEOUT_MS): Dns {
  const resolver = new Resolver({ timeout, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  const known = new Map<string, Promise<Answer<never>>>();
  const once = <T>(type: string, name: string, ask: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    const key = `${type} ${name}`;
    const pending = (known.get(key) as Promise<Answer<T>> | undefined) ?? ask();
    known.set(key, pending as Promise<Answer<never>>);
    return pending;
  };
  return {
    txt: (name) => once('TXT', name, () => answer(joined(resolver.resolveTxt(name)))),
    mx: (name) => once('MX', name, () => answer(exchanges(resolver, name))),
    addresses: (name) =>
      once('A', name, async () =>
        either(await answer(resolver.resolve4(name)), await answer(resolver.resolve6(name))),
      ),
    names: (address) =>
      once('PTR', address, () => answer(lowered(resolver.resolvePtr(reverseName(address))))),
    cname: (name) => once('CNAME', name, () => answer(lowered(resolver.resolveCname(name)))),
  };
}

const joined = async (pending: Promise<string[][]>) => (await pending).map((strings) => strings.join(''));
const lowered = async (pending: Promise<string[]>) => (await pending).map((name) => name.toLowerCase());

/** RFC 1035 3.5, RFC 3596 2.5. Node's `reverse` would look into the hosts file too, and hides a SERVFAIL. */
function reverseName(address: string): string {
  const parsed = ipaddr.process(address);
  const octets = parsed.toByteArray();
  if (parsed.kind() === 'ipv4') return `${octets.reverse().join('.')}.in-addr.arpa`;
  return `${Buffer.from(octets).toString('hex').split('').reverse().join('.')}.ip6.arpa`;
}

async function exchanges(resolver: Resolver, name: string) {
  const found = await resolver.resolveMx(name);
  return found
    .sort((a, b) => a.priority - b.priority)
    .map(({ priority, exchange }) => ({ priority, host: exchange.toLowerCase() }));
}

/** Names of c-ares for what is no record; its other codes are failures of the DNS or of the way there. */
const NOTHING = 'ENODATA';
const NO_NAME = 'ENOTFOUND';
const FAILURES: Readonly<Record<string, string>> = {
  ESERVFAIL: 'SERVFAIL',
  EREFUSED: 'REFUSED',
  ETIMEOUT: 'timeout',
  ECONNREFUSED: 'no name server there',
};

async function answer<T>(pending: Promise<T[]>): Promise<Answer<T>> {
  try {
    const records = await pending;
    return records.length === 0 ? { kind: 'nothing' } : { kind: 'found', records };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === NOTHING) return { kind: 'nothing' };
    if (code === NO_NAME) return { kind: 'no-name' };
    return { kind: 'failed', why: FAILURES[code] ?? code };
  }
}

function either(one: Answer<string>, other: Answer<string>): Answer<string> {
  const records = [one, other].flatMap((each) => (each.kind === 'found' ? each.records : []));
  if (records.length > 0) return { kind: 'found', records };
  if (one.kind === 'failed') return one;
  return other.kind === 'failed' || one.kind === 'no-name' ? other : one;
}
