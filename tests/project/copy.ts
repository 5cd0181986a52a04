/** Copies of the project in empty folders, as a newcomer or an image build gets them. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Ended, root, run } from '../helpers/processes.ts';

/** An empty folder, removed after the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-project-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What a clone would hold: every file that git knows or would take, nothing that it ignores. */
export async function copyOfProject(): Promise<string> {
  const folder = await emptyFolder();
  const { stdout } = await shell('git ls-files -z --cached --others --exclude-standard', root);
  for (const file of stdout.split('\0').filter((name) => name && existsSync(join(root, name)))) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  return folder;
}

/** Runs a shell line with the machine's own environment (npm needs its settings); expects exit code 0. */
export async function shell(line: string, cwd: string, env: Record<string, string> = {}): Promise<Ended> {
  const inherited = { ...process.env, NODE_ENV: undefined, VITEST: undefined, ...env };
  const ended = await run([line], { command: ['sh', '-c'], cwd, env: inherited, withinMs: 240_000 });
  expect(ended.code, `${line}\n${ended.stdout}\n${ended.stderr}`).toBe(0);
  return ended;
}
