/** Vitest setup for tests that need a browser: finds or installs Chromium and fonts. */
import { provideFonts } from './fonts.ts';
import { chromium, provide } from './programs.ts';

export default function setup(): void {
  process.env.CHROMIUM_PATH = provide(chromium);
  provideFonts();
}
