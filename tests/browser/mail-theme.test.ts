import { expect, test } from 'vitest';
import { browserFaults } from '../../src/cli/theme/browser-faults.ts';

const page = (body: string): string =>
  `<!doctype html><html lang="en"><head><title>x</title><meta name="viewport" content="width=device-width">
<style>body{margin:0}@media (prefers-color-scheme:dark){body{background:#111}}</style></head><body>${body}</body></html>`;

const look = (body: string) =>
  browserFaults([{ name: 'a mail', html: page(body) }], process.env.CHROMIUM_PATH ?? null);

test('a mail that is wider than a phone is told', async () => {
  const faults = await look('<p style="width:500px;color:#777;background:#000">Wide</p>');
  expect(faults).toContain('a mail: takes 500 px on a screen of 360 px');
});

test('words that cannot be read in the dark are told, and no others', async () => {
  const faults = await look('<p style="color:#222">Dark</p><p style="color:#777">Grey</p>');
  expect(faults).toEqual([
    'a mail: hard to read in the light: <p class=""> 4.5 "Grey"',
    'a mail: hard to read in the dark: <p class=""> 1.2 "Dark"',
    'a mail: hard to read in the dark: <p class=""> 4.2 "Grey"',
  ]);
});

test('where no browser is, it is said what to do', async () => {
  await expect(browserFaults([], '/nowhere/chromium')).rejects.toThrow(
    /\/nowhere\/chromium could not be started .*: install one .*, or name it with --chromium/,
  );
});
