import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { explain } from '../../src/cli/failures.ts';
import { readOrCreateSecret } from '../../src/io/secret.ts';

let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'postrider-secret-'));
  path = join(home, 'secret');
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('is made once, for many who ask at once, readable by its owner only', async () => {
  const made = new Set(await Promise.all(Array.from({ length: 20 }, () => readOrCreateSecret(home))));
  expect(made.size).toBe(1);
  expect((await stat(path)).mode & 0o077).toBe(0);
  expect(await readFile(path, 'utf8')).toBe([...made][0]);
});

test.each([
  ['an empty secret file', '', 'found it empty'],
  ['one of blanks and line ends', ' \n\t\n', 'found it empty'],
  ['a short one', 'hunter2', 'found 7 bytes'],
  ['32 equal letters', 'x'.repeat(32), 'found one that repeats itself'],
])('%s says where it is and what to do, without a stack, and stays as it is', async (_what, text, found) => {
  await writeFile(path, text);
  const error = await readOrCreateSecret(home).catch((thrown: unknown) => thrown);
  const said = explain(error);
  expect(said).toContain(path);
  expect(said).toContain(found);
  expect(said).toContain('backup');
  expect(said).not.toMatch(/\n\s+at |hunter2|xxx/);
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('a folder in its place is told as well', async () => {
  await mkdir(path);
  await chmod(path, 0o700);
  expect(explain(await readOrCreateSecret(home).catch((thrown: unknown) => thrown))).toContain(
    'found none (EISDIR)',
  );
});
