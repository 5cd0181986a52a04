/** Waits until a server greets on its port. */
import { connect } from 'node:net';
import { until } from '../../helpers/until.ts';
import type { MailServer } from './server.ts';

export async function untilListening(server: MailServer, withinMs = 20_000): Promise<MailServer> {
  try {
    for (const port of Object.values(server.ports))
      await until(`port ${port} greets`, () => greets(port), {
        withinMs,
        everyMs: 50,
        found: () => server.output(),
      });
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (chunk) => {
      // A client that leaves in mid-sentence is written into some logs as an attack.
      socket.end('QUIT\r\n');
      resolve(chunk.toString('latin1').startsWith('220'));
    });
    socket.once('error', () => end(false)).once('close', () => end(false));
    socket.setTimeout(5_000, () => end(false));
  });
}
