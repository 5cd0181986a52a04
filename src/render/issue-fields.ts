/** What the templates of an issue see as `issue.*`. */
import type { Block, Document } from '../issue/document.ts';
import { splitSlots } from '../issue/slot-syntax.ts';
import { type Painter, picture } from './content.ts';
import { spokenDate } from './language.ts';
import { preheaderOf } from './preheader.ts';

/** `issue.*`, all but `issue.body`, which is made with these. `place` is where the issue stands. */
export function issueFields(
  document: Document,
  place: { slug: string; archiveUrl: string | null },
  painter: Painter,
) {
  const { title, language, direction, summary, authors, tags, canonicalUrl, extra } = document;
  const cover = document.cover && !opensWithPicture(document.blocks) ? document.cover : null;
  return {
    slug: place.slug,
    archiveUrl: place.archiveUrl,
    title: title.replace(/\s+/g, ' ').trim(),
    /** As people of that language write it. */
    date: document.date && spokenDate(document.date, language),
    isoDate: document.date,
    language,
    direction,
    summary,
    authors,
    tags,
    canonicalUrl,
    extra,
    cover: cover ? picture(painter, { url: cover, alt: document.coverAlt ?? '' }) : null,
    /** Slots stand in it as markers. */
    preheader: slotted(preheaderOf(document), painter),
  };
}

/** An issue that starts with a picture of its own needs no cover above it. */
const opensWithPicture = (blocks: readonly Block[]): boolean =>
  blocks.slice(0, 3).some((block) => block.kind === 'image' || (block.kind === 'banner' && block.image));

/** `{{name}}` and its like, as an editor writes them in the front matter, are slots there too. */
const slotted = (text: string, { slot }: Painter): string =>
  splitSlots(text)
    .map((part) => (typeof part === 'string' ? part : slot(part.path, part.fallback)))
    .join('');
