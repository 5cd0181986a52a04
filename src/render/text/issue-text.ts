/** The text part of an issue, written from the document so that it reads well on its own. */
import type { Block, Document } from '../../issue/document/document.ts';
import type { ContentSettings } from '../content/content-settings.ts';
import type { Translate } from '../theme/words.ts';
import { blockText } from './block-text.ts';
import { takenNumbers } from './taken-numbers.ts';
import { type TextWriter, takeLinkNotes } from './text-writer.ts';
import { COLUMNS, spaced, underlined, wrap } from './wrap.ts';

/** What surrounds the blocks. Addresses may be slot markers. */
interface TextFrame {
  newsletter: string;
  postalAddress: string;
  /** As people write it, or null. */
  date: string | null;
  viewUrl: string | null;
  preferencesUrl: string;
  unsubscribeUrl: string;
  /** As in `ContentSettings`. */
  image?: ContentSettings['image'] | undefined;
}

/** The whole text of an issue, with markers for slots. */
export function issueText(
  document: Document,
  frame: TextFrame,
  t: Translate,
  baseUrl: string | null,
  slot: TextWriter['slot'],
): string {
  const writer: TextWriter = {
    baseUrl,
    slot,
    linkNotes: [],
    lastNumber: 0,
    takenNumbers: takenNumbers(document.blocks),
    picture: t('text.picture'),
    pair: (label, value) => pair(t, label, value),
    ...(frame.image && { image: frame.image }),
  };
  const parts = [head(document, frame, t)];
  for (const block of document.blocks) {
    if (startsSection(block)) parts.push(takeLinkNotes(writer));
    parts.push(blockText(writer, t, block));
  }
  parts.push(takeLinkNotes(writer), foot(frame, t));
  return `${spaced(parts).join('\n')}\n`;
}

/** Notes are listed at the end of each section, close to the words they belong to. */
const startsSection = (block: Block): boolean => block.kind === 'heading' && block.depth <= 3;

function head(document: Document, frame: TextFrame, t: Translate): string[] {
  const source = frame.date ? `${frame.newsletter} · ${frame.date}` : frame.newsletter;
  const view = frame.viewUrl ? ['', pair(t, t('issue.view'), frame.viewUrl)] : [];
  return [...wrap(source, COLUMNS), '', ...underlined(document.title, '='), ...view];
}

function foot(frame: TextFrame, t: Translate): string[] {
  const why = wrap(t('issue.why', { newsletter: frame.newsletter }), COLUMNS);
  const address = frame.postalAddress ? wrap(frame.postalAddress, COLUMNS) : [];
  const choices = [
    pair(t, t('issue.preferences'), frame.preferencesUrl),
    pair(t, t('issue.unsubscribe'), frame.unsubscribeUrl),
  ];
  return ['-'.repeat(COLUMNS), ...why, ...address, ...choices];
}

/** `label: value`, with the colon of the language. */
const pair = (t: Translate, label: string, value: string): string => t('text.pair', { label, value });
