/** Looks up the MX hosts of a domain with the system's name servers (RFC 5321 5.1). */
import { Resolver } from 'node:dns/promises';
import type { MxResolver } from '../ports.ts';

const TIMEOUT_MS = 3_000;
const TRIES = 2;

/** `servers`: `address:port` of name servers; default: the system's. */
export function openMxResolver(servers: readonly string[] = []): MxResolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    async resolve(domain) {
      const found = await resolver.resolveMx(domain);
      return found.sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange.toLowerCase());
    },
  };
}
