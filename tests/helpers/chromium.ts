/** Headless Chromium that cannot reach the network beyond this machine. */
import { type Browser, chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Close it in `afterAll`. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath)
    throw new Error('CHROMIUM_PATH is not set: put the file in tests/browser/, so that one is found for it');
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}
