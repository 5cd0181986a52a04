import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { start } from '../../helpers/processes.ts';
import { newHome } from './fixtures.ts';

const program = fileURLToPath(new URL('lock-holder.mjs', import.meta.url));

it('eight processes take the lock 320 times while other holders are killed: never two hold it, and every one gets it', async () => {
  const folder = join(await newHome(), '..', 'lock');
  const takeLock = (times: number) =>
    start([folder, String(times)], { command: [process.execPath, program] });
  const holders = Array.from({ length: 8 }, () => takeLock(40));
  for (let round = 0; round < 10; round++) {
    const doomed = takeLock(1_000);
    await Promise.race([doomed.ended, new Promise((resolve) => setTimeout(resolve, 250))]);
    await doomed.stop('SIGKILL');
    expect(doomed.stdout).not.toContain('two inside');
  }
  for (const holder of holders) expect((await holder.ended).stdout).toBe('done\n');
});
