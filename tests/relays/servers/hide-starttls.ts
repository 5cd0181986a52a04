/** A line to a server that always offers STARTTLS, on which that word is not heard. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Line {
  port: number;
  close(): Promise<void>;
}

/** The word stands in the middle of the reply to EHLO, which comes in one piece from the servers this is used with. */
export async function hideStartTls(to: number): Promise<Line> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const relay = connect(to, '127.0.0.1');
    for (const socket of [client, relay]) sockets.add(socket.setNoDelay(true).on('error', () => {}));
    client.pipe(relay);
    relay.on('data', (bytes: Buffer) =>
      client.write(bytes.toString('latin1').replace('250-STARTTLS\r\n', ''), 'latin1'),
    );
    relay.on('close', () => client.end());
    client.on('close', () => relay.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
