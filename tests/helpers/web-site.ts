/** A web site on loopback, and a network policy that allows fetching from it, which the program itself never does. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type NetworkPolicy, publicInternet } from '../../src/io/fetch/network-policy.ts';

export interface WebSite {
  url: string;
  port: number;
  /** The paths that were asked for, in order. */
  requests: string[];
  close(): Promise<void>;
}

export async function startWebSite(answer: RequestListener): Promise<WebSite> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** The public web, and this site; `names` are hosts with their addresses. */
export function allowOnly(site: WebSite, names: Record<string, string[]> = {}): NetworkPolicy {
  return {
    allowsAddress: (address) => address === '127.0.0.1' || publicInternet.allowsAddress(address),
    allowsPort: (port) => port === site.port,
    resolve: resolver(names),
  };
}

/** Knows these names only; the network is not asked. */
export function resolver(names: Record<string, string[]>): NetworkPolicy['resolve'] {
  return async (host) =>
    names[host] ??
    Promise.reject(Object.assign(new Error(`queryA ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));
}
