/** The subject is the title. Gmail and the law of several countries forbid one that pretends. */
import { splitSlots } from '../issue/document/slot-syntax.ts';
import type { Check, Finding, Subject } from './check.ts';
import { lineOfKey } from './source-lines.ts';

/** Longer ones are refused by every way of sending (`render/message-head.ts`). */
const MOST = 250;
/** In columns of display: no inbox on a desktop shows more. */
const WIDE = 150;

/** At the title, when `fault` says something of it. */
function titleCheck(
  about: Omit<Check, 'find'>,
  fault: (title: string, subject: Subject) => string | null,
): Check {
  return {
    ...about,
    find: (subject): Finding[] => {
      const title = subject.document.title.trim();
      const text = title === '' ? null : fault(title, subject);
      return text === null ? [] : [{ line: lineOfKey(subject.source, 'title'), text }];
    },
  };
}

const tooLong = titleCheck(
  { rule: 'subject-too-long', severity: 'error', advice: 'Shorten the title to 250 characters.' },
  (title) => {
    const length = [...title].length;
    return length <= MOST
      ? null
      : `the title is the subject, which may have ${MOST} characters; it has ${length}`;
  },
);

const long = titleCheck(
  {
    rule: 'subject-long',
    severity: 'warning',
    advice: 'Put what matters first, or shorten the title: inboxes cut it.',
  },
  (title) => {
    const width = [...title].reduce((sum, sign) => sum + (WIDE_SIGN.test(sign) ? 2 : 1), 0);
    if (width <= WIDE || [...title].length > MOST) return null;
    return `the title takes ${width} columns, and no inbox shows more than ${WIDE} of the subject; phones show 40`;
  },
);
const WIDE_SIGN =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

const control = titleCheck(
  {
    rule: 'subject-control',
    severity: 'error',
    advice: 'Take the line break or invisible control character out of the title.',
  },
  (title) => {
    const found = /[\p{Cc}\u2028\u2029]/u.exec(title)?.[0];
    if (found === undefined) return null;
    const code = found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return `a subject is one line of visible text; the title has a control character (U+${code})`;
  },
);

const reply = titleCheck(
  {
    rule: 'subject-reply',
    severity: 'error',
    advice:
      'Take `Re:` or `Fwd:` away: a newsletter is no answer, and mailbox providers punish the pretence.',
  },
  (title) => {
    const mark = /^\s*(re|fwd?|回复|答复|回覆|转发|轉寄)\s*(?:\[\d+\])?\s*[:：]/i.exec(title)?.[1];
    return mark === undefined
      ? null
      : `the title begins like an answer or a forwarded mail ("${mark}:"), which it is not; Gmail forbids that`;
  },
);

/** The title stands in the archive too, where nobody in particular reads. */
const slot = titleCheck(
  {
    rule: 'subject-slot',
    severity: 'error',
    advice: 'Take `{{name}}` and its like out of the title: slots are filled in the text and the preheader.',
  },
  (title) =>
    splitSlots(title).some((part) => typeof part !== 'string')
      ? 'the title is the same for all readers, and a slot in it is printed as it stands'
      : null,
);

const capitals = titleCheck(
  { rule: 'subject-capitals', severity: 'warning', advice: 'Write the title in small letters.' },
  (title) => {
    const letters = title.match(/\p{L}/gu) ?? [];
    const cased = letters.filter((letter) => letter.toLowerCase() !== letter.toUpperCase());
    const isLoud = cased.length >= 12 && cased.length > letters.length / 2 && !/\p{Ll}/u.test(title);
    return isLoud && /\p{Lu}\s+\p{Lu}|\p{Lu}{2,}\s+\p{Lu}{2,}/u.test(title)
      ? 'the title is all capitals, which readers and filters take for shouting'
      : null;
  },
);

/** MIIT order 38, article 13: commercial mail says so at the front of its subject. */
const advertising = titleCheck(
  {
    rule: 'subject-no-ad-mark',
    severity: 'error',
    advice:
      'Begin the title with `广告` or `AD`: the issue says `commercial: true`, and the legal profile has `cn`.',
  },
  (title, { document, legalProfile }) => {
    if (!legalProfile.includes('cn') || !isCommercial(document.extra)) return null;
    return /^[\s[【(（<《]*(广告|AD(?![A-Za-z]))/.test(title)
      ? null
      : 'a commercial issue to China must begin its subject with 广告 or AD (MIIT order 38, article 13)';
  },
);

/** The front matter's `commercial: true`. */
const isCommercial = (extra: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(extra).some(
    ([key, value]) => key.toLowerCase() === 'commercial' && /^(true|yes|1)$/i.test(String(value)),
  );

export const subjectChecks: readonly Check[] = [tooLong, long, control, reply, slot, capitals, advertising];
