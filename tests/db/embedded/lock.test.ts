import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../../src/db/embedded/lock.ts';
import { newHome } from './fixtures.ts';

async function newLock(): Promise<string> {
  return join(dirname(await newHome()), 'lock');
}

describe('the lock', () => {
  it('is held by one at a time, even within one process', async () => {
    const lock = await newLock();
    let inside = 0;
    const maxHolders: number[] = [];
    const take = () =>
      withLock(lock, async () => {
        inside += 1;
        maxHolders.push(inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 12 }, take));
    expect(maxHolders).toEqual(Array(12).fill(1));
    expect(await readdir(lock)).toHaveLength(1);
  });

  it('is free again after an act that failed, and passes the failure on', async () => {
    const lock = await newLock();
    await expect(withLock(lock, () => Promise.reject(new Error('stumbled')))).rejects.toThrow('stumbled');
    expect(await withLock(lock, async () => 'done')).toBe('done');
  });

  it('is not kept by a holder that is gone, nor by a newer process with the same number', async () => {
    const lock = await newLock();
    await mkdir(lock);
    await writeFile(join(lock, '7'), JSON.stringify({ pid: 2_147_483_646, started: 'long ago' }));
    expect(await withLock(lock, async () => 'done')).toBe('done');
    await writeFile(join(lock, '9'), JSON.stringify({ pid: process.pid, started: 'before the last boot' }));
    expect(await withLock(lock, async () => 'done')).toBe('done');
    expect(await readdir(lock)).toEqual(['10']);
  });
});
