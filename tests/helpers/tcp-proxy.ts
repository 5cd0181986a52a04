/** A TCP proxy that can go silent, as a network does, or switch to another server, as in a fail-over. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class TcpProxy {
  readonly #server = createServer((client) => this.#join(client));
  readonly #sockets = new Set<Socket>();
  #target: number;
  #silent = false;
  #away = false;
  /** Connections tried since `hangUp`. */
  attempts = 0;

  constructor(target: number) {
    this.#target = target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** Connections to come lead to this port; those that are open stay where they are. */
  leadTo(port: number): void {
    this.#target = port;
  }

  /** Nothing passes any more, in either direction, and nothing is closed; `false`: all that waited passes. */
  silence(silent = true): void {
    this.#silent = silent;
    for (const socket of this.#sockets)
      if (silent) socket.pause();
      else socket.resume();
  }

  /** Ends every connection, and each one to come as soon as it is there, as when a server is gone. */
  hangUp(): void {
    this.#away = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (this.#away) {
      this.attempts++;
      client.destroy();
      return;
    }
    const server = connect(this.#target, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (data) => to.write(data));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#silent) from.pause();
    }
  }
}

export const startTcpProxy = (target: number): Promise<TcpProxy> => new TcpProxy(target).listen();
