/** What an issue says of itself, and whether it says anything. */
import { directionOf, guessLanguage, primaryTag } from '../issue/document/language.ts';
import { publicationHolds } from '../issue/document/publication.ts';
import { languagesOf } from '../render/theme/words.ts';
import type { Check } from './check.ts';
import { lineOfKey } from './source-lines.ts';

const noDate: Check = {
  rule: 'date-missing',
  severity: 'warning',
  advice: 'Write `date: 2026-11-23` into the front matter; the mail and the archive show it.',
  find: ({ document }) =>
    document.date === null && document.datetime === null
      ? [{ line: 1, text: 'the issue has no date: write one into its front matter, e.g. date: 2026-11-23' }]
      : [],
};

/** A warning, so that it can be imported and tested; `keptBack` stops the send itself. */
const unpublished: Check = {
  rule: 'unpublished',
  severity: 'warning',
  advice:
    'Take away what keeps it back on the site when it shall be mailed; until then every send of it is stopped, a forced one too.',
  find: ({ document, now }) =>
    publicationHolds(document, now ?? new Date(NaN)).map(({ line, said, why }) => ({
      line,
      text: `${said}: ${why}, and a send of it is stopped`,
    })),
};

const empty: Check = {
  rule: 'body-empty',
  severity: 'error',
  advice: 'Write the issue: below its front matter there is nothing.',
  find: ({ document }) =>
    document.blocks.length === 0 && document.messages.every(({ severity }) => severity !== 'error')
      ? [{ line: 1, text: 'there is nothing below the front matter' }]
      : [],
};

/** Languages that share a script cannot be told apart by it; those not named here are not judged. */
const SCRIPTS: readonly (readonly string[])[] = [
  ['zh', 'ja', 'yue', 'wuu'],
  ['ko'],
  ['ar', 'fa', 'ur', 'ps', 'sd', 'ug', 'ku'],
  ['he', 'yi'],
  ['ru', 'uk', 'be', 'bg', 'mk', 'sr', 'kk', 'ky', 'mn', 'tg', 'tt'],
  'en de fr es it pt nl sv da nb nn no fi pl cs sk sl hr hu ro et lv lt tr vi id ms ca eu gl'.split(' '),
];

const otherLanguage: Check = {
  rule: 'language-differs',
  severity: 'warning',
  advice:
    'Write the language of the text into the front matter, e.g. `language: zh`: fonts, line breaks and screen readers follow it.',
  find: ({ document, source }) => {
    const guess = guessLanguage(source);
    const said = SCRIPTS.find((tags) => tags.includes(document.language));
    // Latin letters prove nothing: code, names and addresses are full of them.
    if (guess === 'en' || !said || said.includes(guess)) return [];
    const text = `the issue's language is "${document.language}", its text looks like "${guess}": write language: ${guess} into the front matter`;
    return [{ line: lineOfKey(source, 'language', 'lang', 'locale'), text }];
  },
};

const noWords: Check = {
  rule: 'language-no-words',
  severity: 'warning',
  advice:
    'Write `words/LANGUAGE.json` into `EMAILS_DIR` (see [for designers](themes.md)); until then the frame of the mail is English.',
  find: ({ document: { language }, emails }) =>
    languagesOf(emails).some((tag) => primaryTag(tag) === primaryTag(language))
      ? []
      : [
          {
            line: null,
            text: `there is no words/${language}.json: "unsubscribe" and its like stand in English ${directionOf(language) === 'rtl' ? 'in a mail that runs from right to left' : `in a mail in "${language}"`}`,
          },
        ],
};

/** Every key that is read; others are kept for the theme. */
const KEYS =
  'title date description summary slug language tags categories author authors cover canonical baseurl preheader draft clip commercial infer'.split(
    ' ',
  );

const misspelt: Check = {
  rule: 'front-matter-misspelt',
  severity: 'warning',
  advice: 'Mend the key: nothing reads it as it stands, but for a theme that knows it.',
  find: ({ document, source }) =>
    Object.keys(document.extra).flatMap((key) => {
      const name = key.toLowerCase().replace(/[-_ ]/g, '');
      const meant = KEYS.find((known) => known !== name && known.length > 3 && isOneSlip(name, known));
      if (meant === undefined || KEYS.includes(name) || name === 'data') return [];
      return [
        {
          line: lineOfKey(source, key),
          text: `nothing reads "${key}" in the front matter; "${meant}" was meant?`,
        },
      ];
    }),
};

/** One letter too many, too few, another one, or two of them turned round. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let [start, end] = [0, 0];
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return left.length + right.length <= 2 || (left.length === 2 && left === [...right].reverse().join(''));
}

export const aboutChecks: readonly Check[] = [misspelt, noDate, unpublished, empty, otherLanguage, noWords];
