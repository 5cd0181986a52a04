/** `postrider doctor` where everything hangs. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startDnsServer } from '../helpers/dns-server.ts';
import { run } from '../helpers/processes.ts';
import type { DoctorReport } from './doctor.ts';

/** Accepts connections, and never says a word. */
async function startSilence(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test('whatever is silent is a finding, within 30 seconds', async () => {
  const port = await startSilence();
  const names = await startDnsServer({ 'news.example.org': 'silent', 'example.org': 'silent' });
  onTestFinished(() => names.close());
  const env = {
    DATABASE_URL: `postgres://x:y@127.0.0.1:${port}/x`,
    REDIS_URL: `redis://127.0.0.1:${port}`,
    SMTP_URL: `smtp://127.0.0.1:${port}?rate=5`,
    POSTRIDER_SECRET: 'a secret of at least thirty-two bytes',
    PUBLIC_URL: `https://127.0.0.1:${port}`,
  };
  const began = performance.now();
  const { code, stdout } = await run(['doctor', '--json', '--resolver', names.address], { env });
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(code).toBe(1);
  const { findings } = JSON.parse(stdout) as DoctorReport;
  const failed = findings.filter(({ level }) => level === 'error').map(({ check }) => check);
  expect(new Set(failed)).toEqual(new Set(['database', 'queue', 'public-url', 'relay']));
});
