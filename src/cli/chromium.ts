/** Opens the installed browser, for screenshots and theme checks. Nothing is ever downloaded. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, LaunchOptions } from 'playwright-core';
import { Refused } from '../errors.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const INSTALL =
  'install one (Debian and Ubuntu: apt-get install chromium fonts-noto-cjk), or name it with --chromium';

const FLAGS = [
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
];

/** `named` is the path of a browser; null looks for one. Throws Refused with what to install. */
export async function openChromium(named: string | null): Promise<Browser> {
  const { chromium } = await import('playwright-core').catch((cause: unknown) => {
    const text = 'the package playwright-core is not installed here: npm install playwright-core';
    throw new Refused('no-playwright', text, { cause });
  });
  const found = named ?? (await onPath());
  // If it is not on PATH, Playwright knows where installers put Chrome.
  const where: LaunchOptions = found === null ? { channel: 'chrome' } : { executablePath: found };
  // Chromium's own sandbox does not work for root, which is what containers run as.
  const args = process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS;
  return chromium.launch({ ...where, headless: true, args }).catch((cause: Error) => {
    const text =
      found === null
        ? `no Chromium or Chrome was found: ${INSTALL}`
        : `${found} could not be started as a browser (${cause.message.split('\n')[0]}): ${INSTALL}`;
    throw new Refused('no-chromium', text, { cause });
  });
}

/** The first of the names that is on PATH. */
async function onPath(): Promise<string | null> {
  const ask = NAMES.map((name) => `command -v ${name}`).join(' || ');
  return promisify(execFile)('/bin/sh', ['-c', ask]).then(
    ({ stdout }) => stdout.trim() || null,
    () => null,
  );
}
