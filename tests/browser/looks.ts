/** Which looks are kept as pictures: some are compared by `npm test`, all of them by the long tests. */
import { type Look, nameOf } from './reference-screenshots.ts';

const SAMPLES = ['emails/samples/weekly-zh.md', 'emails/samples/every-block-en.md'];
const THEMES = ['default', 'quiet'];

const looks = (files: string[], themes: string[], widths: number[]): Look[] =>
  files.flatMap((file) =>
    themes.flatMap((theme) =>
      widths.flatMap((width) =>
        (['light', 'dark'] as const).map((scheme) => ({ file, theme, width, scheme })),
      ),
    ),
  );

const every = [
  ...looks(SAMPLES, THEMES, [360, 600, 1280]),
  ...looks(['tests/browser/fixtures/arabic.md'], THEMES, [360]),
];

/** Both samples and both themes, narrow and wide, light and dark, in four pictures. */
const OFTEN = [
  'weekly-zh.default.1280.light',
  'weekly-zh.quiet.360.dark',
  'every-block-en.default.360.dark',
  'every-block-en.quiet.1280.light',
];

export const quickLooks = every.filter((look) => OFTEN.includes(nameOf(look)));
export const otherLooks = every.filter((look) => !quickLooks.includes(look));
