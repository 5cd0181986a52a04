/** Debian's PostgreSQL with its own pg_dump and pg_restore, which the embedded binaries lack; ended with the test. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { freePort } from '../helpers/redis-server.ts';
import { Guardian } from '../helpers/setup/guardian.ts';
import { provide } from '../helpers/setup/programs.ts';
import { until } from '../helpers/until.ts';

const execute = promisify(execFile);
const HOME = '/usr/lib/postgresql';

export class DumpingPostgres {
  readonly #bin: string;
  readonly #port: number;

  constructor(bin: string, port: number) {
    this.#bin = bin;
    this.#port = port;
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/${database}`;
  }

  createDatabase(database: string): Promise<unknown> {
    return this.#run('createdb', '--maintenance-db', this.url('postgres'), database);
  }

  dump(database: string, file: string): Promise<unknown> {
    return this.#run('pg_dump', '--format=custom', '--file', file, this.url(database));
  }

  async restore(file: string, database: string): Promise<void> {
    await this.createDatabase(database);
    await this.#run('pg_restore', '--exit-on-error', '--dbname', this.url(database), file);
  }

  answers(): Promise<unknown> {
    return this.#run('pg_isready', '--dbname', this.url('postgres'));
  }

  #run(program: string, ...args: string[]): Promise<unknown> {
    return execute(join(this.#bin, program), args);
  }
}

export async function startDumpingPostgres(): Promise<DumpingPostgres> {
  const bin = await binaries();
  const folder = await mkdtemp(join(tmpdir(), 'postrider-dump-'));
  const guardian = new Guardian(folder);
  onTestFinished(() => guardian.clearAway());
  const user = await owner(folder);
  const data = join(folder, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { ...user, cwd: folder, stdio: 'ignore' },
  );
  const port = await freePort();
  const options = ['fsync=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`];
  spawn(join(bin, 'postgres'), ['-D', data, ...options.flatMap((option) => ['-c', option])], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const postgres = new DumpingPostgres(bin, port);
  await until('PostgreSQL answers', () => postgres.answers().then(() => true), { withinMs: 60_000 });
  return postgres;
}

/** The newest there is; Debian keeps a server's own programs beside it. */
async function binaries(): Promise<string> {
  provide({
    what: 'PostgreSQL with pg_dump',
    names: ['pg_dump'],
    packages: ['postgresql'],
    service: 'postgresql',
  });
  const versions = (await readdir(HOME)).map(Number).sort((a, b) => b - a);
  return join(HOME, String(versions[0]), 'bin');
}

/** PostgreSQL refuses root. */
async function owner(folder: string): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])));
  await chown(folder, uid!, gid!);
  return { uid, gid };
}
