/** The fonts that the reference pictures of mails were made with; installs missing ones as root or in CI. */
import { execFileSync } from 'node:child_process';

const FAMILIES = [
  'Liberation Sans',
  'Liberation Serif',
  'Liberation Mono',
  'Noto Sans CJK SC',
  'Noto Serif CJK SC',
  'DejaVu Sans',
];
const PACKAGES = 'fontconfig fonts-liberation fonts-noto-cjk fonts-dejavu-core';

/** Those that are not here. */
export function missingFonts(): string[] {
  const here = families();
  return FAMILIES.filter((family) => !here.includes(family));
}

/** As root or with `CI` set. Elsewhere says what to do; the tests that need them are skipped then. */
export function provideFonts(): void {
  const missing = missingFonts();
  if (missing.length === 0) return;
  const line = `apt-get update && apt-get install -y --no-install-recommends ${PACKAGES}`;
  const root = process.getuid?.() === 0;
  process.stdout.write(`the kept pictures need the fonts ${missing.join(', ')}: ${line}\n`);
  if (!root && !process.env.CI) return;
  const command = ['sh', '-c', `(${line}) >&2`];
  const [file = '', ...args] = root ? command : ['sudo', '-n', ...command];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
}

function families(): string[] {
  try {
    const list = execFileSync('fc-list', [':', 'family'], { encoding: 'utf8' });
    return list.split(/[\n,]/).map((name) => name.trim());
  } catch {
    return [];
  }
}
