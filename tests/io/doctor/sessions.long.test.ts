/** Behind a real PgBouncer: its transaction mode is found, its session mode is fine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSessionFacts } from '../../../src/io/doctor/sessions.ts';
import { freePort } from '../../helpers/redis-server.ts';
import { provide } from '../../helpers/setup/programs.ts';
import { until } from '../../helpers/until.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const database = useTestDatabase();

async function startPgBouncer(mode: 'transaction' | 'session'): Promise<string> {
  const bouncer = provide({
    what: 'PgBouncer',
    names: ['pgbouncer'],
    packages: ['pgbouncer'],
    service: 'pgbouncer',
  });
  const folder = mkdtempSync(join(tmpdir(), 'postrider-pgbouncer-'));
  const { hostname, port, username, password, pathname } = new URL(database.url);
  const listenPort = await freePort();
  const target = `host=${hostname} port=${port} user=${username} password='${decodeURIComponent(password)}'`;
  const settings = [
    '[databases]',
    `* = ${target}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${listenPort}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
  ];
  writeFileSync(join(folder, 'pgbouncer.ini'), `${settings.join('\n')}\n`);
  chmodSync(folder, 0o755);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child: ChildProcess = spawn(bouncer, [...user, join(folder, 'pgbouncer.ini')], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `postgres://${username}@127.0.0.1:${listenPort}${pathname}`;
  await until(
    'PgBouncer answers',
    async () =>
      readSessionFacts(url).then(
        () => true,
        () => false,
      ),
    {
      found: () => `exit code ${child.exitCode}`,
    },
  );
  return url;
}

test('a pooler in transaction mode is found', async () => {
  expect(await readSessionFacts(await startPgBouncer('transaction'))).toMatchObject({ keepsState: false });
});

test('a pooler in session mode is as good as none', async () => {
  expect(await readSessionFacts(await startPgBouncer('session'))).toEqual({
    keepsState: true,
    listens: true,
  });
});
