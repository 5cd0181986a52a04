/** Every rule that editors may meet, for the table in docs/editors.md; a test compares the two. */

import { checks } from './all-checks.ts';
import { audienceRules } from './audience.ts';
import { onlineRules } from './online.ts';

interface Rule {
  rule: string;
  severity: 'error' | 'warning' | 'error or warning' | 'info';
  /** What to do. */
  advice: string;
}

/** Rules of reading (`src/issue/`), rendering (`src/render/`) and importing. */
export const rulesOfReading: readonly Rule[] = [
  {
    rule: 'title-missing',
    severity: 'error',
    advice: 'Add `title:` to the front matter, or begin the text with a `# heading`.',
  },
  { rule: 'date-impossible', severity: 'error', advice: 'Write a date and time that exist.' },
  { rule: 'date-unreadable', severity: 'error', advice: 'Write the date like `2026-11-23`.' },
  {
    rule: 'front-matter-yaml',
    severity: 'error or warning',
    advice: 'Correct the YAML there; if this is a warning, Postrider understood it anyway.',
  },
  { rule: 'front-matter-toml', severity: 'error', advice: 'Correct the TOML there.' },
  { rule: 'front-matter-json', severity: 'error', advice: 'Correct the JSON there.' },
  {
    rule: 'front-matter-script',
    severity: 'error',
    advice: 'Write the front matter as YAML between `---`: Postrider does not run scripts in an issue.',
  },
  {
    rule: 'front-matter-unclosed',
    severity: 'error',
    advice: 'End the front matter with the line it begins with (`---`, `+++` or `;;;`), or close its brace.',
  },
  {
    rule: 'front-matter-contradiction',
    severity: 'error',
    advice: 'Two values of one key contradict each other: remove one.',
  },
  { rule: 'front-matter-duplicate', severity: 'warning', advice: 'The key appears twice: remove one.' },
  {
    rule: 'front-matter-fence',
    severity: 'warning',
    advice: 'Write the line around the front matter as exactly three characters.',
  },
  {
    rule: 'front-matter-split',
    severity: 'warning',
    advice: 'Remove the blank line from the front matter.',
  },
  {
    rule: 'front-matter-line',
    severity: 'warning',
    advice: 'Write the line as `Key: value`, or remove it.',
  },
  {
    rule: 'source-too-large',
    severity: 'error',
    advice: 'Shorten the file to at most 1 MB: nobody reads more in a mail.',
  },
  {
    rule: 'unreadable',
    severity: 'error',
    advice: 'Remove the markup that is nested or repeated endlessly.',
  },
  {
    rule: 'control-character',
    severity: 'warning',
    advice: 'You need do nothing: an invisible character was removed.',
  },
  { rule: 'code-unclosed', severity: 'warning', advice: 'Close the code with the same marks that open it.' },
  { rule: 'directive-unclosed', severity: 'warning', advice: 'Close the block with a line `:::`.' },
  {
    rule: 'directive-unknown',
    severity: 'warning',
    advice: 'Correct the name, or add what the block needs; its content is kept unchanged.',
  },
  {
    rule: 'link-mended',
    severity: 'warning',
    advice: 'Write the address as it was understood, if that is what you meant.',
  },
  { rule: 'link-empty', severity: 'warning', advice: 'Fill in the address, or remove the link.' },
  {
    rule: 'link-scheme',
    severity: 'warning',
    advice: 'Use an address that mail programs can open: `https:`, `mailto:`, `tel:`.',
  },
  {
    rule: 'link-refused',
    severity: 'error',
    advice:
      'Use `https:`, `mailto:` or `tel:`: addresses with `javascript:`, `data:` or `file:` are never sent.',
  },
  {
    rule: 'link-of-site',
    severity: 'error',
    advice:
      'Put the file where the link points, give its page `permalink:` or `url:`, or write the address of the page: `{filename}b.md`, `@/b.md` and `b.md` mean nothing outside the site’s source ([sites.md](sites.md#links-to-other-pages-of-the-site)).',
  },
  {
    rule: 'link-template',
    severity: 'error',
    advice: 'Write the address itself: the template code of a site generator means nothing in a mail.',
  },
  {
    rule: 'slot-unknown',
    severity: 'error',
    advice: 'Correct the name of the slot; write braces that should appear as they are as `` `code` ``.',
  },
  {
    rule: 'slot-in-host',
    severity: 'error',
    advice: 'Put the slot after the first `/` or `?` of the path: the scheme and host must be yours.',
  },
  {
    rule: 'slot-in-address',
    severity: 'error',
    advice:
      'Add a fallback address for readers who have none: `{{reader.attributes.voucher "https://example.org/"}}`.',
  },
  {
    rule: 'slot-in-title',
    severity: 'error',
    advice: 'Remove the slot from `title`, `authors` or `tags`: they are the same for all readers.',
  },
  {
    rule: 'image-empty',
    severity: 'warning',
    advice: 'Fill in the address of the picture, or remove the picture.',
  },
  {
    rule: 'image-scheme',
    severity: 'warning',
    advice: 'Put the picture beside the file: mail programs do not show embedded pictures (`data:`).',
  },
  {
    rule: 'html-dropped',
    severity: 'warning',
    advice: 'Do without scripts, frames, forms and styles: they were left out.',
  },
  {
    rule: 'template-unknown',
    severity: 'error',
    advice:
      "Write out what readers should see, or put it in code: Postrider does not know what your site's generator makes of it and leaves it out.",
  },
  {
    rule: 'template-unclosed',
    severity: 'error',
    advice: 'Close what hides a part of the issue: everything after it is left out.',
  },
  {
    rule: 'template-literal',
    severity: 'warning',
    advice: 'Remove the other program’s mark, or leave it if readers should see it: it is printed as it is.',
  },
  {
    rule: 'picture-missing',
    severity: 'error',
    advice:
      'Put the picture beside the file, or say where it is with `--base FOLDER` or `--base URL`; `--allow-missing-pictures` imports the issue without it.',
  },
  {
    rule: 'picture-not-taken',
    severity: 'warning',
    advice:
      'Import again later, or put the picture beside the file; until then readers load it from its own address.',
  },
  {
    rule: 'gmail-clip',
    severity: 'warning',
    advice:
      'Shorten the parts that are named, or add `clip: auto` to the front matter: the mail is cut at the end of a block, of a paragraph or, where that is very long, of a sentence, with a button to the web page.',
  },
  {
    rule: 'clipped',
    severity: 'info',
    advice:
      'You need do nothing: `clip: auto` cut the mail there; the web page and the plain text have all of it.',
  },
];

export const rules: readonly Rule[] = [...rulesOfReading, ...checks, ...onlineRules, ...audienceRules].map(
  ({ rule, severity, advice }) => ({ rule, severity, advice }),
);
