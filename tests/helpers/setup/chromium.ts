/** Before the tests that need a browser: finds Chromium, or installs it where that is expected; and fonts. */
import { provideFonts } from './fonts.ts';
import { chromium, provide } from './programs.ts';

export default function setup(): void {
  process.env.CHROMIUM_PATH = provide(chromium);
  provideFonts();
}
