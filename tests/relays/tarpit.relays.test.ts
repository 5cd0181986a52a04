/** Courier as it comes: the first refused recipient of a connection waits 8 seconds, and each further one longer. */
import { expect, onTestFinished, test } from 'vitest';
import { limit } from '../helpers/machine.js';
import { flawless, judge } from './judge.ts';
import { openSender } from './send.ts';
import { startCourier } from './servers/courier.ts';
import { gone, living } from './servers/server.ts';
import { takenAtLeast } from './taken.ts';

const readers = living.slice(0, 60).map((email, n) => (n % 12 === 7 ? gone(n) : email));

test('Courier delays whoever names dead addresses, and none of the living waits for that', async ({
  skip,
}) => {
  const server = await startCourier({ tarpit: true }).catch((error: Error) =>
    skip(`Courier cannot be run here: ${error.message}`),
  );
  const sender = await openSender();
  onTestFinished(async () => {
    await sender.close();
    await server.stop();
  });
  const newsletter = await sender.newsletter('tarpit', readers);
  await sender.through(server.ports.clear, 5, async (send) => {
    const sent = await send(newsletter, limit(60_000));
    expect(judge(sent, await takenAtLeast(server, 55))).toEqual(flawless);
    // Five dead over five connections: 8 seconds side by side, or 16 where two met on one.
    expect(sent.seconds).toBeLessThan(limit(30_000) / 1_000);
  });
}, 600_000);
