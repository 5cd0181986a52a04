/** What the templates of an issue see as `issue.*`. */
import type { Block, Document } from '../issue/document/document.ts';
import { contentsOf, minutesToRead } from './blocks/contents.ts';
import { headlineOf } from './blocks/headline.ts';
import { preheaderOf } from './blocks/preheader.ts';
import { standfirstOf } from './blocks/standfirst.ts';
import type { ContentSettings } from './content/content-settings.ts';
import { picture } from './content/picture.ts';
import type { NewsletterView } from './edition/newsletter-view.ts';
import { answerUrl, shareUrl } from './footer-links.ts';
import { filledLabel } from './slots/label.ts';
import { isIdeographic, longDate } from './theme/language.ts';

/** `issue.*` without `issue.body`, which is made from these. */
export function issueFields(
  document: Document,
  place: { slug: string; archiveUrl: string | null },
  settings: ContentSettings,
  newsletter: NewsletterView,
) {
  const { language, direction, summary, authors, tags, canonicalUrl, extra, blocks } = document;
  const title = document.title.replace(/\s+/g, ' ').trim();
  const { words, number } = headlineOf(title, newsletter.name, extra);
  const cover = document.cover && !opensWithPicture(document.blocks) ? document.cover : null;
  return {
    slug: place.slug,
    archiveUrl: place.archiveUrl,
    title,
    /** The title without the newsletter's name; null if only a number remains. */
    headline: words,
    number,
    /** Contains markers for slots. */
    standfirst: filledLabel(settings.slot, standfirstOf(document, title)),
    contents: contentsOf(blocks, isIdeographic(language) ? '、' : ', ').map((part) => ({
      title: filledLabel(settings.slot, part.title),
      detail: filledLabel(settings.slot, part.detail),
    })),
    minutes: minutesToRead(blocks),
    answerUrl: answerUrl(newsletter, title),
    shareUrl: shareUrl(title, place.archiveUrl),
    /** As people write it in the issue's language. */
    date: document.date && longDate(document.date, language),
    isoDate: document.date,
    language,
    direction,
    summary: summary && filledLabel(settings.slot, summary),
    authors,
    tags,
    canonicalUrl,
    extra,
    cover: cover ? picture(settings, { url: cover, alt: document.coverAlt ?? '' }) : null,
    /** Contains markers for slots. */
    preheader: filledLabel(settings.slot, preheaderOf(document)),
  };
}

/** An issue that starts with a picture needs no cover above it. */
export const opensWithPicture = (blocks: readonly Block[]): boolean =>
  blocks.slice(0, 3).some((block) => block.kind === 'image' || (block.kind === 'banner' && block.image));
