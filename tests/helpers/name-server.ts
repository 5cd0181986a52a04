/** A DNS server on 127.0.0.1 (UDP, RFC 1035) that answers MX queries with given mail exchangers. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface NameServer {
  /** `127.0.0.1:port` */
  address: string;
  /** Domains that were asked for, in order. */
  queries: string[];
  close(): void;
}

/** Priority and name of each exchanger; a domain that is not there does not exist. `null`: no answer at all. */
export type Exchanges = Readonly<Record<string, readonly (readonly [number, string])[] | null>>;

export async function startNameServer(exchanges: Exchanges): Promise<NameServer> {
  const socket = createSocket('udp4');
  const queries: string[] = [];
  socket.on('message', (query, from) => {
    const { domain, end } = readName(query);
    queries.push(domain);
    const records = exchanges[domain];
    if (records !== null) socket.send(answer(query.subarray(0, end + 4), records), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, queries, close: () => void socket.close() };
}

const HEADER = 12;

function readName(query: Buffer): { domain: string; end: number } {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { domain: labels.join('.').toLowerCase(), end: at + 1 };
}

/** `question`: the query up to its end, header included. */
function answer(question: Buffer, records: Exchanges[string] | undefined): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(records ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(records?.length ?? 0, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...(records ?? []).map(([priority, name]) => mxRecord(priority, name))]);
}

function mxRecord(priority: number, name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  const target = Buffer.concat([...labels, Buffer.of(0)]);
  const fixed = Buffer.alloc(14);
  fixed.writeUInt16BE(0xc000 + HEADER, 0);
  fixed.writeUInt16BE(15, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(60, 6);
  fixed.writeUInt16BE(2 + target.length, 10);
  fixed.writeUInt16BE(priority, 12);
  return Buffer.concat([fixed, target]);
}
