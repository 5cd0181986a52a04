import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { throughDoor } from '../../../src/db/embedded/lock.ts';
import { newHome } from './homes.ts';

async function newDoor(): Promise<string> {
  return join(dirname(await newHome()), 'door');
}

describe('the door', () => {
  it('lets one through at a time, also within one process', async () => {
    const door = await newDoor();
    let inside = 0;
    const most: number[] = [];
    const walk = () =>
      throughDoor(door, async () => {
        inside += 1;
        most.push(inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 12 }, walk));
    expect(most).toEqual(Array(12).fill(1));
    expect(await readdir(door)).toHaveLength(1);
  });

  it('is free again after an act that failed, with that failure', async () => {
    const door = await newDoor();
    await expect(throughDoor(door, () => Promise.reject(new Error('stumbled')))).rejects.toThrow('stumbled');
    expect(await throughDoor(door, async () => 'through')).toBe('through');
  });

  it('is not kept by a holder that is gone, nor by a newer process with the same number', async () => {
    const door = await newDoor();
    await mkdir(door);
    await writeFile(join(door, '7'), JSON.stringify({ pid: 2_147_483_646, started: 'long ago' }));
    expect(await throughDoor(door, async () => 'through')).toBe('through');
    await writeFile(join(door, '9'), JSON.stringify({ pid: process.pid, started: 'before the last boot' }));
    expect(await throughDoor(door, async () => 'through')).toBe('through');
    expect(await readdir(door)).toEqual(['10']);
  });
});
