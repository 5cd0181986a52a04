import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { start } from '../helpers/processes.ts';
import { freePort } from '../helpers/redis-server.ts';

async function demo(folder: string, ...options: string[]) {
  const port = await freePort();
  const env = {
    POSTRIDER_HOME: folder,
    PORT: String(port),
    SMTP_URL: 'smtp://192.0.2.1',
    DATABASE_URL: 'postgres://192.0.2.1/x',
  };
  return { running: start(['demo', ...options], { env }), url: `http://localhost:${port}` };
}

test('demo --once in Chinese ends by itself with accepted 200', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-demo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { running } = await demo(folder, '--once', '--language', 'zh');
  const { code, stdout } = await running.ended;
  expect(stdout).toContain('accepted 200');
  expect(code).toBe(0);
});
