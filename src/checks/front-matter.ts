/** The front matter, the language, and whether there is any text. */
import { directionOf, guessLanguage, primaryTag } from '../issue/document/language.ts';
import { publicationHolds } from '../issue/document/publication.ts';
import { languagesOf } from '../render/theme/words.ts';
import type { Check } from './check.ts';
import { lineOfKey } from './source-lines.ts';

const noDate: Check = {
  rule: 'date-missing',
  severity: 'warning',
  advice: 'Add `date: 2026-11-23` to the front matter; the mail and the archive show it.',
  find: ({ document }) =>
    document.date === null && document.datetime === null
      ? [{ line: 1, text: 'the issue has no date: add one to its front matter, e.g. date: 2026-11-23' }]
      : [],
};

/** Only a warning, so that the issue can be imported and tested; `keptBack` stops the send itself. */
const unpublished: Check = {
  rule: 'unpublished',
  severity: 'warning',
  advice:
    'Remove what keeps it unpublished on the site before you send it; until then every send is stopped, even a forced one.',
  find: ({ document, now }) =>
    publicationHolds(document, now ?? new Date(NaN)).map(({ line, said, why }) => ({
      line,
      text: `${said}: ${why}, and sending it is stopped`,
    })),
};

const empty: Check = {
  rule: 'body-empty',
  severity: 'error',
  advice: 'Write the issue: there is nothing below its front matter.',
  find: ({ document }) =>
    document.blocks.length === 0 && document.messages.every(({ severity }) => severity !== 'error')
      ? [{ line: 1, text: 'there is nothing below the front matter' }]
      : [],
};

/** Languages by script: those in one group cannot be told apart by it. Languages not listed are not checked. */
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
    'Add the language of the text to the front matter, e.g. `language: zh`: fonts, line breaks and screen readers depend on it.',
  find: ({ document, source }) => {
    const guess = guessLanguage(source);
    const said = SCRIPTS.find((tags) => tags.includes(document.language));
    // Latin letters prove nothing: code, names and addresses are full of them.
    if (guess === 'en' || !said || said.includes(guess)) return [];
    const text = `the issue's language is "${document.language}", but its text looks like "${guess}": add language: ${guess} to the front matter`;
    return [{ line: lineOfKey(source, 'language', 'lang', 'locale'), text }];
  },
};

const noWords: Check = {
  rule: 'language-no-words',
  severity: 'warning',
  advice:
    'Add `words/LANGUAGE.json` to `EMAILS_DIR` (see [for designers](themes.md)); until then the text around the issue is English.',
  find: ({ document: { language }, emails }) =>
    languagesOf(emails).some((tag) => primaryTag(tag) === primaryTag(language))
      ? []
      : [
          {
            line: null,
            text: `there is no words/${language}.json: "unsubscribe" and the like appear in English in ${directionOf(language) === 'rtl' ? 'a right-to-left mail' : `a mail in "${language}"`}`,
          },
        ],
};

/** The keys that Postrider reads; others are passed on to the theme. */
const KEYS =
  'title date description summary slug language tags categories author authors cover canonical baseurl preheader draft clip commercial infer'.split(
    ' ',
  );

const misspelt: Check = {
  rule: 'front-matter-misspelt',
  severity: 'warning',
  advice: 'Correct the key: Postrider does not know it (a theme may).',
  find: ({ document, source }) =>
    Object.keys(document.extra).flatMap((key) => {
      const name = key.toLowerCase().replace(/[-_ ]/g, '');
      const meant = KEYS.find((known) => known !== name && known.length > 3 && isOneTypo(name, known));
      if (meant === undefined || KEYS.includes(name) || name === 'data') return [];
      return [
        {
          line: lineOfKey(source, key),
          text: `unknown key "${key}" in the front matter; did you mean "${meant}"?`,
        },
      ];
    }),
};

/** One letter too many, missing or different, or two of them swapped. */
function isOneTypo(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let [start, end] = [0, 0];
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return left.length + right.length <= 2 || (left.length === 2 && left === [...right].reverse().join(''));
}

export const frontMatterChecks: readonly Check[] = [
  misspelt,
  noDate,
  unpublished,
  empty,
  otherLanguage,
  noWords,
];
