/** Everything that is known about an issue before its blocks are rendered. */
import type { Document } from '../issue/document/document.ts';
import type { ContentSettings, Size } from './content/content-settings.ts';
import type { NewsletterView } from './edition/newsletter-view.ts';
import { issueFields } from './issue-fields.ts';
import { SlotMarkers, slotMarker } from './slots/slot-markers.ts';
import type { EmailFiles } from './theme/email-files.ts';
import { isIdeographic } from './theme/language.ts';
import { newsletterFields, type ThemeView, themeView } from './theme/theme-view.ts';
import { type Translate, wordsFor } from './theme/words.ts';

export interface RenderContext {
  newsletter: NewsletterView;
  /** `archiveUrl` is the page of this issue, or null if it has none. */
  issue: { slug: string; archiveUrl: string | null };
  /** Without a trailing slash. */
  publicUrl: string;
  emails: EmailFiles;
  /** The address that a picture (by its address as written) is served from instead; null leaves it. */
  image?: (url: string) => string | null;
  /** The size of a picture's file in px, where it is known: it becomes the picture's `width` and `height`. */
  sizeOf?: (url: string) => Size | null;
}

export interface IssueRendering {
  document: Document;
  context: RenderContext;
  /** The markers of this rendering: what they stand for differs per reader. */
  slots: SlotMarkers;
  t: Translate;
  theme: ThemeView;
  settings: ContentSettings;
  fields: TemplateFields;
}

/** What all templates of the issue see. */
interface TemplateFields {
  newsletter: ReturnType<typeof newsletterFields>;
  theme: ThemeView;
  issue: ReturnType<typeof issueFields>;
}

/** Throws Refused('template') for a faulty theme. */
export function setUpRendering(document: Document, context: RenderContext): IssueRendering {
  const { newsletter, emails, publicUrl } = context;
  const slots = new SlotMarkers();
  const t = wordsFor(emails, document.language);
  const theme = themeView(emails, newsletter, document.language, document.direction);
  const settings: ContentSettings = {
    baseUrl: document.baseUrl ?? newsletter.baseUrl ?? document.canonicalUrl,
    image: context.image ?? (() => null),
    sizeOf: context.sizeOf,
    slot: (path, fallback, use) => slotMarker(slots, path, fallback, use),
    picture: t('block.picture'),
    direction: document.direction,
    width: theme.contentWidth,
    breakBlanks: isIdeographic(document.language),
  };
  const fields = {
    newsletter: newsletterFields(newsletter, publicUrl),
    theme,
    issue: issueFields(document, context.issue, settings, newsletter),
  };
  return { document, context, slots, t, theme, settings, fields };
}
