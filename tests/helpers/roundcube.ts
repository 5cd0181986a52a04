/** Runs Roundcube's own HTML sanitiser on a mail: its code from Debian's package, run by PHP. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { php, provide } from './setup/programs.ts';

const PACKAGES = ['roundcube-core', 'php-masterminds-html5'];

export class Roundcube {
  readonly #folder: string;
  readonly #php: string;

  /** Downloads and unpacks the packages into a folder of their own; nothing is installed or started but PHP's own files. */
  constructor() {
    this.#php = provide(php);
    this.#folder = mkdtempSync(join(tmpdir(), 'postrider-roundcube-'));
    const options = {
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'],
    };
    execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...PACKAGES], options);
    for (const file of readdirSync(this.#folder).filter((name) => name.endsWith('.deb')))
      execFileSync('dpkg', ['-x', file, '.'], options);
  }

  /** As its message view has it, for a `#message-htmlpart1` around it. */
  wash(html: string, pictures: 'shown' | 'blocked'): string {
    const file = join(this.#folder, 'mail.html');
    writeFileSync(file, html);
    const script = join(import.meta.dirname, 'roundcube-wash.php');
    const args = [script, this.#folder, file, pictures === 'shown' ? '1' : '0'];
    return execFileSync(this.#php, args, { encoding: 'utf8', maxBuffer: 10_000_000 });
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
