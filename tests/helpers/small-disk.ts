/** A small disk in memory that a test can fill to its last byte. Only root may mount one. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const canMount = process.getuid?.() === 0 && process.platform === 'linux';

export class SmallDisk {
  readonly folder: string;
  readonly #ballast: string;

  constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, 'ballast');
  }

  /** Nothing more can be written, until `clear`. */
  fill(): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (let size = 1_048_576; size >= 1; )
        if (!writes(file, Buffer.alloc(size))) size = Math.floor(size / 2);
    } finally {
      closeSync(file);
    }
  }

  clear(): void {
    rmSync(this.#ballast, { force: true });
  }
}

function writes(file: number, octets: Buffer): boolean {
  try {
    return writeSync(file, octets) === octets.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

/** Within a test; unmounted when it is over, whoever still has files on it. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-test-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'postrider-test', folder]);
  onTestFinished(async () => {
    execFileSync('umount', ['--lazy', folder]);
    await rm(folder, { recursive: true, force: true });
  });
  return new SmallDisk(folder);
}
