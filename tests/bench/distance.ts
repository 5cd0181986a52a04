/**
 * Puts a distance between a worker and smtp-sink: a process of its own that passes bytes on at once towards the
 * relay and `latencyMs` later back, so that each round trip takes that long whatever its size.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface Distance {
  port: number;
  close(): Promise<void>;
}

export async function startDistance(relayPort: number, latencyMs: number): Promise<Distance> {
  const child = fork(fileURLToPath(import.meta.url), [`${relayPort}`, `${latencyMs}`]);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    async close() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

function passOn(client: Socket, relayPort: number, latencyMs: number): void {
  const relay = connect(relayPort, '127.0.0.1').setNoDelay();
  client.setNoDelay().pipe(relay);
  relay.on('data', (chunk) => setTimeout(() => client.write(chunk), latencyMs));
  relay.on('end', () => setTimeout(() => client.end(), latencyMs));
  for (const socket of [client, relay])
    socket.on('error', () => {
      client.destroy();
      relay.destroy();
    });
}

if (process.send) {
  const [relayPort = 0, latencyMs = 0] = process.argv.slice(2).map(Number);
  const server = createServer((client) => passOn(client, relayPort, latencyMs));
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit());
}
