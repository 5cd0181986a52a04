/** A database that takes connections and keeps silent hangs nobody: each asker gets an answer in its time. */
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../helpers/database.ts';
import { limit } from '../helpers/machine.js';
import { run, start } from '../helpers/processes.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';
import { until } from '../helpers/until.ts';

test('readyz answers 503 within 2 s, healthz 200, and a command ends with what to do', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const url = new URL(database.url);
  const way = await startTcpProxy(Number(url.port));
  onTestFinished(() => way.close());
  url.port = String(way.port);
  const env = { DATABASE_URL: url.toString(), PORT: '0', HOST: '127.0.0.1', PUBLIC_URL: 'http://localhost' };
  const web = start(['web'], { env });
  const [, address] = await web.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  await until('readyz says yes', async () => (await fetch(`${address}/readyz`)).ok);

  way.silence();
  const began = performance.now();
  const ready = await fetch(`${address}/readyz`);
  expect(performance.now() - began).toBeLessThan(limit(2_000));
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ ok: false, checks: { database: 'cannot be reached' } });
  expect((await fetch(`${address}/healthz`)).status).toBe(200);

  const command = await run(['issue', 'list'], { env, withinMs: 15_000 });
  expect(command.code).toBe(1);
  expect(command.stderr).not.toMatch(/^\s+at /m);
  way.silence(false);
});
