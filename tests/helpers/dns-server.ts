/** A DNS server on 127.0.0.1 (UDP) that answers from a zone as a resolver does: it follows CNAMEs, and can fail. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Answer, decode, encode, type Packet, type Question } from 'dns-packet';

/** `string[]` in TXT: one record, cut into these strings; a string is cut at 255 octets, as a zone must. */
export interface Records {
  TXT?: readonly (string | readonly string[])[];
  MX?: readonly (readonly [priority: number, host: string])[];
  A?: readonly string[];
  AAAA?: readonly string[];
  PTR?: readonly string[];
  CNAME?: string;
}

/** What a name answers instead. `silent`: nothing at all. */
type Failure = 'SERVFAIL' | 'REFUSED' | 'silent';

/** By name in lower case; an IPv4 address stands for its name below in-addr.arpa. Tests may change it. */
export type Zone = Record<string, Records | Failure>;

export interface DnsServer {
  /** `127.0.0.1:port` */
  address: string;
  zone: Zone;
  /** Names that were queried, in order. */
  queries: string[];
  close(): void;
}

const RCODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const server: Omit<DnsServer, 'address'> = { zone, queries: [], close: () => void socket.close() };
  socket.on('message', (bytes, from) => {
    const query = decode(bytes);
    const [question] = query.questions ?? [];
    if (!question) return;
    server.queries.push(nameOf(question.name));
    const reply = answer(server.zone, query, question);
    if (reply) socket.send(encode(reply), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return Object.assign(server, { address: `127.0.0.1:${(socket.address() as AddressInfo).port}` });
}

function nameOf(name: string): string {
  const [, reversed] = /^((?:\d+\.){4})in-addr\.arpa$/.exec(name) ?? [];
  return reversed?.split('.').filter(Boolean).reverse().join('.') ?? name.toLowerCase();
}

/** Null: silence. */
function answer(zone: Zone, query: Packet, question: Question): Packet | null {
  const answers: Answer[] = [];
  let rcode = 0;
  for (let name = nameOf(question.name), hops = 0; hops < 8; hops++) {
    const entry = zone[name];
    if (entry === 'silent') return null;
    if (typeof entry === 'string') rcode = RCODES[entry];
    else if (entry === undefined)
      rcode = Object.keys(zone).some((one) => one.endsWith(`.${name}`)) ? 0 : RCODES.NXDOMAIN;
    else if (entry.CNAME !== undefined) {
      answers.push({ type: 'CNAME', name: hops === 0 ? question.name : name, data: entry.CNAME, ttl: 60 });
      if (question.type !== 'CNAME') {
        name = entry.CNAME.toLowerCase();
        continue;
      }
    } else answers.push(...recordsOf(hops === 0 ? question.name : name, question.type, entry));
    break;
  }
  const flags = 0x0180 + rcode;
  return { type: 'response', id: query.id, flags, questions: [question], answers };
}

function recordsOf(name: string, type: string, entry: Records): Answer[] {
  const ttl = 60;
  switch (type) {
    case 'TXT':
      return (entry.TXT ?? []).map((text) => ({ type, name, ttl, data: strings(text) }));
    case 'MX':
      return (entry.MX ?? []).map(([preference, exchange]) => ({
        type,
        name,
        ttl,
        data: { preference, exchange },
      }));
    case 'A':
    case 'AAAA':
    case 'PTR':
      return (entry[type] ?? []).map((data) => ({ type, name, ttl, data }) as Answer);
    default:
      return [];
  }
}

const strings = (text: string | readonly string[]): string[] =>
  typeof text === 'string' ? (text.match(/.{1,255}/g) ?? ['']) : [...text];
