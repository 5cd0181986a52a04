/**
 * The sink: an SMTP server that records every message it accepts and misbehaves exactly as told. Tests compare its
 * records with the ledger, person by person. It uses bare `net`, so that it is never the bottleneck.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Certificate } from './certificate.ts';
import type { Behaviour, Step } from './sink-behaviour.ts';
import { SinkSession } from './sink-session.ts';

export type { Behaviour, Stage, Step } from './sink-behaviour.ts';

export interface Accepted {
  from: string;
  to: string;
  /** As in the header, with its angle brackets; null when the header is missing. */
  messageId: string | null;
  postriderId: string | null;
  /** Milliseconds since the epoch. */
  at: number;
  connection: number;
  /** Octets of the message as sent, dot-stuffing included. */
  size: number;
  /** Only with `keepSource`: the message, dot-stuffing taken out. */
  source?: Buffer;
}

export interface SinkOptions {
  port?: number;
  /** Asked at every stage; nothing returned is the usual answer. Can be replaced at any time on the sink. */
  behave?: (step: Step) => Behaviour | undefined;
  /** Offers AUTH and takes only this login. */
  login?: { user: string; pass: string };
  keepSource?: boolean;
  /** One JSON line per accepted message is appended here, written before the reply. */
  file?: string;
  /** Offers STARTTLS; `implicit`: speaks TLS from the first octet. `url()` then says smtps. */
  tls?: Certificate & { implicit?: boolean };
  /** EHLO keywords; default: PIPELINING, SIZE, 8BITMIME, SMTPUTF8, ENHANCEDSTATUSCODES. */
  extensions?: readonly string[];
}

export class Sink {
  behave: (step: Step) => Behaviour | undefined;
  readonly accepted: Accepted[] = [];
  /** Connections open now, the most that were ever open at once, and all that ever came. */
  open = 0;
  peak = 0;
  connections = 0;
  /** Final dots that got no reply to read: dropped, hung, half a reply, or the client left before a late one. */
  unanswered = 0;
  /** Of these, those where the client left before a late reply. */
  left = 0;
  /** Bodies that were cut while they came: the client's dot may have been on its way behind. */
  cutBodies = 0;
  readonly options: SinkOptions;
  #port = 0;
  readonly #tries = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  /** When each connection was closed, in order. */
  readonly #closed: number[] = [];
  readonly #server = createServer({ noDelay: true }, (socket) => this.#meet(socket));
  readonly #file: number | null;

  constructor(options: SinkOptions) {
    this.options = options;
    this.behave = options.behave ?? (() => undefined);
    this.#file = options.file ? openSync(options.file, 'a') : null;
  }

  get port(): number {
    return this.#port;
  }

  /** The clients' ports of the connections that are open now. */
  get peers(): Set<number> {
    return new Set([...this.#sockets].map((socket) => socket.remotePort ?? 0));
  }

  /** Connections that were closed in the last so many milliseconds: their last replies may be known to nobody else yet. */
  closedWithin(ms: number): number {
    const since = performance.now() - ms;
    return this.#closed.filter((at) => at > since).length;
  }

  /** As a setting: `smtp://127.0.0.1:PORT`, with options such as `pool=4&rate=50` where given. */
  url(query = ''): string {
    const login = this.options.login;
    const auth = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@` : '';
    const scheme = this.options.tls?.implicit ? 'smtps' : 'smtp';
    return `${scheme}://${auth}127.0.0.1:${this.#port}${query && `?${query}`}`;
  }

  /** How many times each recipient was accepted. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { to } of this.accepted) counts.set(to, (counts.get(to) ?? 0) + 1);
    return counts;
  }

  /** Recipients that were accepted more than once. */
  doubles(): string[] {
    return [...this.counts()].filter(([, count]) => count > 1).map(([to]) => to);
  }

  /** The most messages accepted within any span of this length. */
  busiest(spanMs = 1_000): number {
    const times = this.accepted.map((mail) => mail.at);
    let first = 0;
    let max = 0;
    for (const [last, at] of times.entries()) {
      while (at - (times[first] ?? at) >= spanMs) first += 1;
      max = Math.max(max, last - first + 1);
    }
    return max;
  }

  /** Tries seen for a recipient (RCPT commands). */
  tries(to: string): number {
    return this.#tries.get(to) ?? 0;
  }

  noteTry(to: string): number {
    const attempt = this.tries(to) + 1;
    this.#tries.set(to, attempt);
    return attempt;
  }

  record(mail: Accepted): void {
    this.accepted.push(mail);
    if (this.#file !== null) writeSync(this.#file, `${JSON.stringify({ ...mail, source: undefined })}\n`);
  }

  /** Cuts every open connection, as a relay that is restarted does. It goes on listening. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** On the port of before, after `close`. */
  async listen(port = this.#port): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts what is open; `listen` opens it again. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
  }

  /** `close`, and the file is closed too. */
  async end(): Promise<void> {
    await this.close();
    if (this.#file !== null) closeSync(this.#file);
  }

  #meet(socket: Socket): void {
    this.open += 1;
    this.connections += 1;
    this.peak = Math.max(this.peak, this.open);
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.open -= 1;
      this.#closed.push(performance.now());
      this.#sockets.delete(socket);
    });
    new SinkSession(this, socket, this.connections).greet();
  }
}

/** Starts a sink on 127.0.0.1, by default on a free port. End it with `end()`. */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const sink = new Sink(options);
  await sink.listen(options.port ?? 0);
  return sink;
}
