/** Takes the lock again and again, for tests: `node lock-holder.mjs FOLDER TIMES`. Prints `two inside` if it was ever not alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withLock } from '../../../dist/src/db/embedded/lock.js';

const [folder, times] = process.argv.slice(2);
const inside = join(folder, '..', 'inside');

/** A process that was killed while it held the lock stays in /proc until its parent has looked: it is no second holder. */
function isThere(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

for (let time = 0; time < Number(times); time++) {
  await withLock(folder, async () => {
    const other = existsSync(inside) ? Number(readFileSync(inside, 'utf8')) : 0;
    if (other && isThere(other)) process.stdout.write(`two inside: ${process.pid} and ${other}\n`);
    writeFileSync(inside, String(process.pid));
    await pause(Math.random() * 3);
    const still = Number(readFileSync(inside, 'utf8'));
    if (still !== process.pid) process.stdout.write(`two inside: ${process.pid} and ${still}\n`);
    writeFileSync(inside, '0');
  });
}
process.stdout.write('done\n');
