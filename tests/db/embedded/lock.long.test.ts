import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { start } from '../../helpers/processes.ts';
import { newHome } from './homes.ts';

const program = fileURLToPath(new URL('door.mjs', import.meta.url));

it('eight processes go through the door 320 times while others are killed in it: never two inside, and none stays out', async () => {
  const folder = join(await newHome(), '..', 'door');
  const go = (times: number) => start([folder, String(times)], { command: [process.execPath, program] });
  const walkers = Array.from({ length: 8 }, () => go(40));
  for (let round = 0; round < 10; round++) {
    const doomed = go(1_000);
    await Promise.race([doomed.ended, new Promise((resolve) => setTimeout(resolve, 250))]);
    await doomed.stop('SIGKILL');
    expect(doomed.stdout).not.toContain('two inside');
  }
  for (const walker of walkers) expect((await walker.ended).stdout).toBe('through\n');
});
