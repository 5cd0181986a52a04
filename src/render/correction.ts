/** The note at the top of a corrected issue's web page: when it was corrected, and why. */
import type { Block, Document } from '../issue/document/document.ts';
import { opensWithPicture } from './issue-fields.ts';
import { longDate } from './theme/language.ts';
import type { Translate } from './theme/words.ts';

interface CorrectionNote {
  /** `YYYY-MM-DD` */
  day: string;
  /** The editor's words, plain text. */
  words: string | null;
}

/**
 * The document with a callout at its top. It is an ordinary block, so it looks right in every theme, custom ones
 * included. A cover would go above all blocks, so it becomes an image block below the note.
 */
export function withCorrection(document: Document, { day, words }: CorrectionNote, t: Translate): Document {
  const { cover, coverAlt, blocks, language } = document;
  const note: Block = {
    kind: 'callout',
    line: 1,
    tone: 'note',
    title: t('issue.corrected', { date: longDate(day, language) }),
    content: words === null ? [] : [paragraph(words)],
  };
  const showsCover = cover !== null && !opensWithPicture(blocks);
  const picture: Block[] = showsCover
    ? [{ kind: 'image', line: 1, image: { url: cover, alt: coverAlt ?? '' } }]
    : [];
  return { ...document, cover: null, blocks: [note, ...picture, ...blocks] };
}

/** The note may be in another language, and direction, than the issue. */
const paragraph = (value: string) => ({
  type: 'element' as const,
  tagName: 'p',
  properties: { dir: 'auto' },
  children: [{ type: 'text' as const, value }],
});
