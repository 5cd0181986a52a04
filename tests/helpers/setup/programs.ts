/** Finds the programs that tests need; installs missing ones only as root or in CI. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export interface Program {
  what: string;
  /** A setting that names it, taken before the names. */
  setting?: string;
  /** The first found on PATH is taken. */
  names: readonly string[];
  /** Debian packages. */
  packages: readonly string[];
  /** What the package may start by itself; it is stopped, for the tests start their own. */
  service?: string;
}

export const redisServer: Program = {
  what: 'a Redis server',
  names: ['redis-server', 'valkey-server'],
  packages: ['redis-server'],
  service: 'redis-server',
};

export const spamAssassin: Program = {
  what: 'SpamAssassin',
  names: ['spamassassin'],
  packages: ['spamassassin'],
};

export const rspamd: Program = {
  what: 'rspamd',
  names: ['rspamd'],
  packages: ['rspamd'],
  service: 'rspamd',
};

export const chromium: Program = {
  what: 'Chromium',
  setting: 'CHROMIUM_PATH',
  names: ['chromium', 'chromium-browser', 'google-chrome'],
  packages: ['chromium', 'fonts-noto-cjk'],
};

export const openssl: Program = { what: 'OpenSSL', names: ['openssl'], packages: ['openssl'] };

export const lynx: Program = { what: 'lynx', names: ['lynx'], packages: ['lynx'] };
export const w3m: Program = { what: 'w3m', names: ['w3m'], packages: ['w3m'] };

export const php: Program = {
  what: 'PHP, for Roundcube',
  names: ['php'],
  packages: ['php-cli', 'php-mbstring', 'php-xml'],
};

export const faketime: Program = { what: 'faketime', names: ['faketime'], packages: ['faketime'] };

/** Its path. Installs it first as root or with `CI` set; elsewhere says the one command that does. */
export function provide(program: Program): string {
  return find(program) ?? install(program);
}

export function find(program: Program): string | null {
  const named = program.setting ? process.env[program.setting] : undefined;
  if (named) return isAbsolute(named) && runs(named) ? named : missing(`${program.setting}=${named}`);
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const places = program.names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find(runs) ?? null;
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(path: string): never {
  throw new Error(`${path} is no program that can be run`);
}

function install(program: Program): string {
  const root = process.getuid?.() === 0;
  const line = `apt-get update && apt-get install -y --no-install-recommends ${program.packages.join(' ')}`;
  if (!root && !process.env.CI)
    throw new Error(`the tests need ${program.what}. Install it with:\n\n  sudo sh -c '${line}'\n`);
  process.stdout.write(`${program.what} is missing: ${line}\n`);
  const command = ['sh', '-c', `${line} >&2`];
  const [file = '', ...args] = root ? command : ['sudo', '-n', ...command];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  stopService(program, root);
  return find(program) ?? missing(`${program.what} was installed, but none of ${program.names.join(', ')}`);
}

/** A package may start its service at once; the tests start their own. */
function stopService({ service }: Program, root: boolean): void {
  if (!service) return;
  const command = ['sh', '-c', `service ${service} stop > /dev/null 2>&1 || true`];
  const [file = '', ...args] = root ? command : ['sudo', '-n', ...command];
  execFileSync(file, args, { stdio: 'ignore' });
}
