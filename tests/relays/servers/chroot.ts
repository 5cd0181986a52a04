/** A server of Debian's in a copy of its unpacked folder, which is its whole world; gone with it when it stops. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Running, start } from '../../helpers/processes.ts';
import { serverCertificate } from './certificate.ts';
import { HOST } from './server.ts';
import { unpacked } from './unpacked.ts';

/** User and group numbers that mean nobody on the machine. */
const FIRST_ID = 64_100;

export class Chroot {
  readonly root: string;
  #process: Running | null = null;

  constructor(root: string) {
    this.root = root;
  }

  path(inside: string): string {
    return join(this.root, inside);
  }

  /** Empty where it is not there (yet). */
  read(inside: string): string {
    return existsSync(this.path(inside)) ? readFileSync(this.path(inside), 'utf8') : '';
  }

  /** Names of the files below a folder, as paths inside. */
  files(inside: string): string[] {
    return readdirSync(this.path(inside), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length));
  }

  write(inside: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(inside)), { recursive: true });
    writeFileSync(this.path(inside), content);
    chmodSync(this.path(inside), mode);
  }

  /** A folder that belongs to this user of the copy. */
  folder(inside: string, user = 0, mode = 0o755): void {
    mkdirSync(this.path(inside), { recursive: true });
    chownSync(this.path(inside), user, user);
    chmodSync(this.path(inside), mode);
  }

  /** Runs a command in it to its end. */
  run(...command: string[]): string {
    return execFileSync('chroot', [this.root, ...command], { encoding: 'utf8', timeout: 30_000 });
  }

  /** Starts the server: first of a list of processes of its own, which end with it, all at once. */
  start(...command: string[]): Running {
    // Ends with this process too, whatever ends that.
    const enclosed = [
      ...['setpriv', '--pdeathsig', 'KILL'],
      ...['unshare', '--pid', '--fork', '--kill-child'],
      // A server that changes its user would be told of no parent's death; the shell before it is.
      ...['chroot', this.root, '/bin/sh', '-c', '"$@" & wait', 'sh'],
    ];
    this.#process = start(command, {
      command: enclosed,
      outliveTest: true,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
    });
    return this.#process;
  }

  output(): string {
    return this.#process ? `${this.#process.stdout}\n${this.#process.stderr}`.slice(-4_000) : '';
  }

  async stop(): Promise<void> {
    if (this.#process?.running) await this.#process.stop('SIGKILL');
    await rm(this.root, { recursive: true, force: true });
  }
}

/** A fresh copy with these users and groups of the same names; the n-th has the number `idOf(n)`. */
export async function freshRoot(
  name: string,
  packages: readonly string[],
  users: readonly string[],
): Promise<Chroot> {
  const from = await unpacked(name, packages);
  const root = await mkdtemp(join(tmpdir(), `postrider-${name}-`));
  execFileSync('cp', ['-a', '--reflink=auto', `${from}/.`, root]);
  chmodSync(root, 0o755);
  const copy = new Chroot(root);
  const ids = users.map((user, n) => [user, idOf(n)] as const);
  const passwd = ids.map(([user, id]) => `${user}:x:${id}:${id}::/:/bin/false\n`).join('');
  copy.write(
    '/etc/passwd',
    `root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\nmail:x:8:8::/var/mail:/bin/false\n${passwd}`,
  );
  const groups = ids.map(([user, id]) => `${user}:x:${id}:\n`).join('');
  copy.write('/etc/group', `root:x:0:\nnogroup:x:65534:\nmail:x:8:\n${groups}`);
  copy.write('/etc/hosts', `127.0.0.1 localhost ${HOST}\n`);
  copy.write('/etc/nsswitch.conf', 'hosts: files\npasswd: files\ngroup: files\nshadow: files\n');
  copy.write('/etc/services', 'smtp 25/tcp\ndomain 53/udp\n');
  copy.write('/etc/resolv.conf', '');
  copy.write('/etc/mailname', `${HOST}\n`);
  const { cert, key } = serverCertificate();
  copy.write('/etc/ssl/cert.pem', cert);
  copy.write('/etc/ssl/key.pem', key, 0o600);
  return copy;
}

export const idOf = (n: number): number => FIRST_ID + n;

/** Of a package, as the unpacked folder's archive said; `said` finds it in what the program prints. */
export const versionIn = (text: string, output: RegExp): string => output.exec(text)?.[1] ?? 'unknown';
