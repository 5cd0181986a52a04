/** The mail's subject is the issue's title. Gmail and the law of several countries forbid misleading ones. */
import { splitSlots } from '../issue/document/slot-syntax.ts';
import type { Check, CheckedIssue, Finding } from './check.ts';
import { lineOfKey } from './source-lines.ts';

/** Sending refuses longer ones (`render/message/header.ts`). */
const MAX_CHARACTERS = 250;
/** No desktop inbox shows more. */
const MAX_COLUMNS = 150;

/** A check that reports what `fault` says about the title, at its line. */
function titleCheck(
  about: Omit<Check, 'find'>,
  fault: (title: string, issue: CheckedIssue) => string | null,
): Check {
  return {
    ...about,
    find: (issue): Finding[] => {
      const title = issue.document.title.trim();
      const text = title === '' ? null : fault(title, issue);
      return text === null ? [] : [{ line: lineOfKey(issue.source, 'title'), text }];
    },
  };
}

const tooLong = titleCheck(
  { rule: 'subject-too-long', severity: 'error', advice: 'Shorten the title to 250 characters.' },
  (title) => {
    const length = [...title].length;
    return length <= MAX_CHARACTERS
      ? null
      : `the title becomes the subject, which may have ${MAX_CHARACTERS} characters; it has ${length}`;
  },
);

const long = titleCheck(
  {
    rule: 'subject-long',
    severity: 'warning',
    advice: 'Put what matters first, or shorten the title: inboxes cut it off.',
  },
  (title) => {
    const width = [...title].reduce((sum, sign) => sum + (WIDE_CHARACTER.test(sign) ? 2 : 1), 0);
    if (width <= MAX_COLUMNS || [...title].length > MAX_CHARACTERS) return null;
    return `the title is ${width} columns wide; no inbox shows more than ${MAX_COLUMNS} of a subject, and phones show 40`;
  },
);
const WIDE_CHARACTER =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

const control = titleCheck(
  {
    rule: 'subject-control',
    severity: 'error',
    advice: 'Remove the line break or invisible control character from the title.',
  },
  (title) => {
    const found = /[\p{Cc}\u2028\u2029]/u.exec(title)?.[0];
    if (found === undefined) return null;
    const code = found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return `a subject is one line of visible text, but the title contains a control character (U+${code})`;
  },
);

const reply = titleCheck(
  {
    rule: 'subject-reply',
    severity: 'error',
    advice:
      'Remove `Re:` or `Fwd:`: a newsletter is not a reply, and mailbox providers penalise the pretence.',
  },
  (title) => {
    const mark = /^\s*(re|fwd?|回复|答复|回覆|转发|轉寄)\s*(?:\[\d+\])?\s*[:：]/i.exec(title)?.[1];
    return mark === undefined
      ? null
      : `the title begins like a reply or a forwarded mail ("${mark}:"), which it is not; Gmail forbids that`;
  },
);

/** The title also appears in the archive, where there is no particular reader. */
const slot = titleCheck(
  {
    rule: 'subject-slot',
    severity: 'error',
    advice: 'Remove `{{name}}` and the like from the title: slots work in the text and the preheader.',
  },
  (title) =>
    splitSlots(title).some((part) => typeof part !== 'string')
      ? 'the title is the same for all readers, so a slot in it would be printed as it is'
      : null,
);

const capitals = titleCheck(
  { rule: 'subject-capitals', severity: 'warning', advice: 'Write the title in lower case.' },
  (title) => {
    const letters = title.match(/\p{L}/gu) ?? [];
    const cased = letters.filter((letter) => letter.toLowerCase() !== letter.toUpperCase());
    const isLoud = cased.length >= 12 && cased.length > letters.length / 2 && !/\p{Ll}/u.test(title);
    return isLoud && /\p{Lu}\s+\p{Lu}|\p{Lu}{2,}\s+\p{Lu}{2,}/u.test(title)
      ? 'the title is all capitals, which readers and spam filters take for shouting'
      : null;
  },
);

/** MIIT order 38, article 13: the subject of commercial mail must begin by saying so. */
const advertising = titleCheck(
  {
    rule: 'subject-no-ad-mark',
    severity: 'error',
    advice:
      'Begin the title with `广告` or `AD`: the issue says `commercial: true`, and the legal profile includes `cn`.',
  },
  (title, { document, legalProfile }) => {
    if (!legalProfile.includes('cn') || !isCommercial(document.extra)) return null;
    return /^[\s[【(（<《]*(广告|AD(?![A-Za-z]))/.test(title)
      ? null
      : 'the subject of a commercial issue to China must begin with 广告 or AD (MIIT order 38, article 13)';
  },
);

/** The front matter's `commercial: true`. */
const isCommercial = (extra: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(extra).some(
    ([key, value]) => key.toLowerCase() === 'commercial' && /^(true|yes|1)$/i.test(String(value)),
  );

export const subjectChecks: readonly Check[] = [tooLong, long, control, reply, slot, capitals, advertising];
