/** Every rule an editor may read of, for the table of docs/editors.md; a test holds the table to it. */

import { checks } from './all-checks.ts';
import { audienceRules } from './audience.ts';
import { onlineRules } from './online.ts';

export interface Rule {
  rule: string;
  severity: 'error' | 'warning' | 'error or warning' | 'info';
  /** What to do. */
  advice: string;
}

/** Said while an issue is read (`src/issue/`), rendered (`src/render/`) and imported. */
export const rulesOfReading: readonly Rule[] = [
  {
    rule: 'title-missing',
    severity: 'error',
    advice: 'Write `title:` into the front matter, or begin the text with a `# heading`.',
  },
  { rule: 'date-impossible', severity: 'error', advice: 'Write a day and an hour that exist.' },
  { rule: 'date-unreadable', severity: 'error', advice: 'Write the date like `2026-11-23`.' },
  {
    rule: 'front-matter-yaml',
    severity: 'error or warning',
    advice: 'Mend the YAML at that place; as a warning, it was understood all the same.',
  },
  { rule: 'front-matter-toml', severity: 'error', advice: 'Mend the TOML at that place.' },
  { rule: 'front-matter-json', severity: 'error', advice: 'Mend the JSON at that place.' },
  {
    rule: 'front-matter-script',
    severity: 'error',
    advice:
      'Write the front matter as YAML between `---`: Postrider runs no script that an issue brings along.',
  },
  {
    rule: 'front-matter-unclosed',
    severity: 'error',
    advice: 'End the front matter with the line it begins with (`---`, `+++` or `;;;`), or close its brace.',
  },
  {
    rule: 'front-matter-contradiction',
    severity: 'error',
    advice: 'Two values of one key say different things: take one away.',
  },
  { rule: 'front-matter-duplicate', severity: 'warning', advice: 'The key is there twice: take one away.' },
  {
    rule: 'front-matter-fence',
    severity: 'warning',
    advice: 'Write the line around the front matter as exactly three marks.',
  },
  {
    rule: 'front-matter-split',
    severity: 'warning',
    advice: 'Take the blank line out of the front matter.',
  },
  {
    rule: 'front-matter-line',
    severity: 'warning',
    advice: 'Write the line as `Key: value`, or take it away.',
  },
  {
    rule: 'source-too-large',
    severity: 'error',
    advice: 'Shorten the file to 1 MB: nobody reads more in a mail.',
  },
  {
    rule: 'unreadable',
    severity: 'error',
    advice: 'Take the marks away that nest or repeat without end.',
  },
  {
    rule: 'control-character',
    severity: 'warning',
    advice: 'Nothing need be done: an invisible character was taken out.',
  },
  { rule: 'code-unclosed', severity: 'warning', advice: 'Close the code with the three marks that open it.' },
  { rule: 'directive-unclosed', severity: 'warning', advice: 'Close the block with a line `:::`.' },
  {
    rule: 'directive-unknown',
    severity: 'warning',
    advice: 'Mend the name or what the block needs; its content is kept as it stands.',
  },
  {
    rule: 'link-mended',
    severity: 'warning',
    advice: 'Write the address as it was taken, if that is what you meant.',
  },
  { rule: 'link-empty', severity: 'warning', advice: 'Put the address in, or take the link away.' },
  {
    rule: 'link-scheme',
    severity: 'warning',
    advice: 'Use an address that mail programs follow: `https:`, `mailto:`, `tel:`.',
  },
  {
    rule: 'link-refused',
    severity: 'error',
    advice:
      'Use `https:`, `mailto:` or `tel:`: nothing that begins with `javascript:`, `data:` or `file:` is sent.',
  },
  {
    rule: 'link-of-site',
    severity: 'error',
    advice:
      'Put the file where the link says, give its page `permalink:` or `url:`, or write the address of the page: `{filename}b.md`, `@/b.md` and `b.md` lead nowhere outside of the site’s source ([sites.md](sites.md#links-to-other-pages-of-the-site)).',
  },
  {
    rule: 'link-template',
    severity: 'error',
    advice: 'Write the address itself: template code of a site generator leads nowhere in a mail.',
  },
  {
    rule: 'slot-unknown',
    severity: 'error',
    advice: 'Mend the name of the slot; what is meant as it stands is written as `` `code` ``.',
  },
  {
    rule: 'slot-in-host',
    severity: 'error',
    advice: 'Let the slot stand behind the first `/` or `?` of the path: scheme and host are yours alone.',
  },
  {
    rule: 'slot-in-address',
    severity: 'error',
    advice:
      'Say which address those get who have none: `{{reader.attributes.voucher "https://example.org/"}}`.',
  },
  {
    rule: 'slot-in-title',
    severity: 'error',
    advice: 'Take the slot out of `title`, `authors` or `tags`: they are the same for all readers.',
  },
  { rule: 'image-empty', severity: 'warning', advice: 'Put the address of the picture in, or take it away.' },
  {
    rule: 'image-scheme',
    severity: 'warning',
    advice: 'Put the picture beside the file: mail programs show none that stands in the text (`data:`).',
  },
  {
    rule: 'html-dropped',
    severity: 'warning',
    advice: 'Say it without scripts, frames, forms and styles: they were left out.',
  },
  {
    rule: 'template-unknown',
    severity: 'error',
    advice:
      "Write out what readers should read, or put it in code: what a site's generator makes of it is not known here, and it is left out.",
  },
  {
    rule: 'template-unclosed',
    severity: 'error',
    advice: 'Close what hides a part of the issue: all that follows is left out.',
  },
  {
    rule: 'template-literal',
    severity: 'warning',
    advice:
      'Take the other program’s mark away, or leave it if readers should see it: it is printed as it stands.',
  },
  {
    rule: 'picture-missing',
    severity: 'error',
    advice:
      'Put the picture beside the file, or say where it is: `--base FOLDER` or `--base URL`; `--allow-missing-pictures` imports the issue without it.',
  },
  {
    rule: 'picture-not-taken',
    severity: 'warning',
    advice: 'Import again later, or put the picture beside the file: it keeps its link.',
  },
  {
    rule: 'gmail-clip',
    severity: 'warning',
    advice:
      'Shorten the parts that are named, or write `clip: auto` into the front matter: the mail is cut at the end of a block, of a paragraph or, where that is very long, of a sentence, with a button to the web page.',
  },
  {
    rule: 'clipped',
    severity: 'info',
    advice:
      'Nothing need be done: `clip: auto` cut the mail there; the web page and the plain text have all of it.',
  },
];

export const rules: readonly Rule[] = [...rulesOfReading, ...checks, ...onlineRules, ...audienceRules].map(
  ({ rule, severity, advice }) => ({ rule, severity, advice }),
);
