/** The PostgreSQL and Redis servers and the small disk of the fault trials fail and recover as they should. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startPostgresServer } from './postgres-server.ts';
import { portsOf } from './process-ports.ts';
import { startSink } from './sink.ts';
import { canMount, mountSmallDisk } from './small-disk.ts';

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

test('a PostgreSQL that is killed with all its children comes back with what was committed', async () => {
  const server = await startPostgresServer();
  try {
    await ask(server.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
    await server.kill();
    await expect(ask(server.url, 'SELECT 1')).rejects.toThrow();
    await server.start();
    expect(await ask(server.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  } finally {
    await server.remove();
  }
});

test.runIf(canMount)('a disk that is full takes nothing more until it is cleared', async () => {
  const disk = await mountSmallDisk(2);
  const file = join(disk.folder, 'file');
  disk.fill();
  expect(() => writeFileSync(file, Buffer.alloc(8_192))).toThrow(/ENOSPC/);
  disk.clear();
  writeFileSync(file, Buffer.alloc(8_192));
  expect(existsSync(file)).toBe(true);
});

test.runIf(process.platform === 'linux')('a process is known by the ports of its connections', async () => {
  const sink = await startSink();
  try {
    const { port } = sink;
    expect(portsOf(process.pid).has(port)).toBe(true);
    expect(portsOf(1).has(port)).toBe(false);
    expect(portsOf(2_147_483_646)).toEqual(new Set());
  } finally {
    await sink.end();
  }
});
