/**
 * Debian's packages in a folder of their own: downloaded with all they need, unpacked, never installed. No script of a
 * package runs, no service starts, and the machine's own packages stay as they are. The folder is kept for the next
 * run.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Part of the folder's name: raise it when what is unpacked changes. */
const EDITION = 1;
const DOWNLOAD_MS = 240_000;

/** What packages ask for when they are installed, and no server needs to run. */
const TAKEN_AS_THERE = [
  'perl',
  'perl-base',
  'debconf',
  'adduser',
  'cron',
  'init-system-helpers',
  'lsb-base',
  'sysvinit-utils',
  'ssl-cert',
  'netbase',
  'dpkg',
  'cpio',
  'e2fsprogs',
  'passwd',
  'usrmerge',
  'libpam-modules',
  'libpam-runtime',
  'procps',
  'wget',
  'ucf',
  'ed',
  'make',
  'exim4-config',
  'lockfile-progs',
  'liblockfile-bin',
  'tar',
  'libnet-cidr-perl',
  'sensible-utils',
];
const PROVIDED = 'perlapi-5.36.0, perlapi-5.40.1, debconf-2.0, init-d-script, cron-daemon';

export const cacheFolder = (): string =>
  process.getuid?.() === 0 ? '/var/cache/postrider-test-servers' : join(tmpdir(), 'postrider-test-servers');

/** A folder that can be changed root into. Rejects with the reason where it cannot be had. */
export async function unpacked(name: string, packages: readonly string[]): Promise<string> {
  if (process.getuid?.() !== 0) throw new Error('it needs root to change root into its folder');
  const folder = join(cacheFolder(), `${name}-${EDITION}`);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'unpack-'));
  try {
    const root = join(work, 'root');
    await unpackInto(root, await download(work, [...packages, 'busybox-static']));
    await rename(root, folder);
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(work: string, packages: readonly string[]): Promise<string[]> {
  const archives = join(work, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  await writeFile(join(work, 'status'), TAKEN_AS_THERE.map(standIn).join('\n'));
  const options = [
    `Dir::State::status=${join(work, 'status')}`,
    `Dir::Cache::archives=${archives}`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  const get = () =>
    execute(
      'apt-get',
      [...options, 'install', '--download-only', '--no-install-recommends', '-y', ...packages],
      {
        timeout: DOWNLOAD_MS,
        maxBuffer: 2 ** 26,
      },
    );
  // A machine that never looked what Debian has knows no package.
  await get().catch(async () => {
    await execute('apt-get', ['update'], { timeout: DOWNLOAD_MS, maxBuffer: 2 ** 26 });
    return get();
  });
  const names = await readdir(archives);
  return names.filter((name) => name.endsWith('.deb')).map((name) => join(archives, name));
}

/** An entry of dpkg's list: with it apt believes that the package is there. */
const standIn = (name: string): string =>
  [
    `Package: ${name}`,
    'Status: install ok installed',
    'Architecture: amd64',
    'Multi-Arch: allowed',
    'Version: 9999:1',
    'Maintainer: nobody',
    'Description: taken as there',
    ...(name === 'perl' ? [`Provides: ${PROVIDED}`] : []),
    '',
  ].join('\n');

async function unpackInto(root: string, archives: readonly string[]): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
  const open = 'dpkg-deb --fsys-tarfile "$2" | tar -x --keep-directory-symlink -C "$1"';
  for (const archive of archives)
    await execute('bash', ['-c', `set -o pipefail; ${open}`, 'bash', root, archive]);
  const make = [
    'rm -rf "$1/usr/share/doc" "$1/usr/share/man" "$1/usr/share/locale"',
    'mkdir -p "$1"/dev "$1"/tmp "$1"/run "$1"/proc "$1"/root "$1"/etc/ssl "$1"/var/log "$1"/var/spool "$1"/var/lib',
    'ln -sfn /run "$1/var/run"',
    'chmod 1777 "$1/tmp"',
    'mknod -m 666 "$1/dev/null" c 1 3',
    'mknod -m 666 "$1/dev/zero" c 1 5',
    'mknod -m 666 "$1/dev/random" c 1 8',
    'mknod -m 666 "$1/dev/urandom" c 1 9',
    // What is there already is left as it is, and told.
    'chroot "$1" /bin/busybox --install -s /usr/bin 2> /dev/null || true',
  ];
  await execute('bash', ['-c', make.join(' && '), 'bash', root]);
}
