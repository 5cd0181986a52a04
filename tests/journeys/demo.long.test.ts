import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDemo } from './start-demo.ts';

test('demo --once in Chinese ends by itself with accepted 200', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-demo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { running } = await startDemo(folder, '--once', '--language', 'zh');
  const { code, stdout } = await running.ended;
  expect(stdout).toContain('accepted 200');
  expect(code).toBe(0);
});
