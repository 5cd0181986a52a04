/** An issue's document -> the edition that is frozen and sent. */
import type { Block, Document, Message } from '../issue/document/document.ts';
import { bodyMjml } from './blocks/body.ts';
import { type Clipped, clip, wantsClip } from './clip/clip.ts';
import { GMAIL_CLIP_BYTES, sizeWarnings, type WhyNotClipped } from './clip/gmail-size.ts';
import { refuseTooHeavy } from './clip/too-heavy.ts';
import type { ContentSettings, Size } from './content/content-html.ts';
import { loadLanguages } from './content/highlight.ts';
import { type Edition, NO_AUTO_REPLIES } from './edition/edition.ts';
import { freezeEdition } from './edition/freeze-edition.ts';
import type { NewsletterView } from './edition/newsletter-view.ts';
import { issueFields } from './issue-fields.ts';
import { compileMail } from './mjml/templates.ts';
import type { PrintSlot } from './slots/label.ts';
import { restoreSlots } from './slots/restore-slots.ts';
import { SlotMarkers, slotMarker } from './slots/slot-markers.ts';
import { slotPaths } from './slots/slot-paths.ts';
import { issueText } from './text/issue-text.ts';
import type { EmailFiles } from './theme/email-files.ts';
import { isIdeographic, longDate } from './theme/language.ts';
import { listId, newsletterFields, type ThemeView, themeView } from './theme/theme-view.ts';
import { type Translate, wordsFor } from './theme/words.ts';
import { tidyHtml } from './tidy.ts';

export interface RenderContext {
  newsletter: NewsletterView;
  /** `archiveUrl` is the page of this issue, or null where it has none. */
  issue: { slug: string; archiveUrl: string | null };
  /** Without a trailing slash. */
  publicUrl: string;
  emails: EmailFiles;
  /** Where a picture (its address as the issue writes it) is served from instead; null leaves it. */
  image?: (url: string) => string | null;
  /** The size of a picture's file, in px, where it is known: it becomes the picture's `width` and `height`. */
  sizeOf?: (url: string) => Size | null;
}

export interface Rendered {
  edition: Edition;
  /** What the MJML compiler was given, for designers. */
  mjml: string;
  /** What rendering has to remark, e.g. `gmail-clip`. */
  messages: Message[];
}

/**
 * Renders an issue once for all readers; workers only fill its slots. Throws Refused('template') for a faulty theme,
 * Refused('issue-too-heavy') for what no mail could hold.
 */
export async function renderIssue(document: Document, context: RenderContext): Promise<Rendered> {
  const { newsletter, emails, publicUrl } = context;
  refuseTooHeavy(document);
  await loadLanguages();
  const slots = new SlotMarkers();
  const t = wordsFor(emails, document.language);
  const theme = themeView(emails, newsletter, document.language, document.direction);
  const painter = painterOf(document, context, slots, theme, t);
  const shared = {
    newsletter: newsletterFields(newsletter, publicUrl),
    theme,
    issue: issueFields(document, context.issue, painter, newsletter),
  };
  const compile = async (blocks: readonly Block[]): Promise<Compiled> => {
    const { html, mjml } = await compileMail(emails, theme.name, t, slots, (fill) => {
      const body = bodyMjml(blocks, painter, newsletter.name, t, (name, fields) =>
        fill(name, { ...shared, ...fields }),
      );
      const issue = { ...shared.issue, body };
      return fill('issue.mjml', { ...shared, issue });
    });
    return { html: restoreSlots(slots, tidyHtml(html, theme.late)), mjml };
  };
  const whole = await compile(document.blocks);
  const clipped = await clippedFor(document, context, whole, t, compile);
  const { html, mjml } = clipped?.rendering ?? whole;
  const parts = {
    html,
    text: restoreSlots(slots, textOf(document, context, t, slots)),
    subject: restoreSlots(slots, document.title.replace(/\s+/g, ' ').trim()),
  };
  const edition = freezeEdition({
    ...parts,
    language: document.language,
    preheader: restoreSlots(slots, shared.issue.preheader),
    slots: [...new Set(Object.values(parts).flatMap(slotPaths))].sort(),
    from: newsletter.from,
    replyTo: newsletter.replyTo,
    listId: listId(newsletter, publicUrl),
    listName: newsletter.name,
    archiveUrl: shared.newsletter.archiveUrl,
    feedbackId: feedbackId(context),
    headers: NO_AUTO_REPLIES,
    ...(clipped && { page: whole.html }),
  });
  const messages = clipped
    ? [clipped.message]
    : sizeWarnings(edition.html, document, cutOf(document, context));
  return { edition, mjml: restoreSlots(slots, mjml), messages };
}

/** Slot-only HTML, and the MJML it was made of. */
interface Compiled {
  html: string;
  mjml: string;
}

/** Null for a mail that stays whole: it fits, nobody asked for a cut, or there is no page with the rest. */
async function clippedFor(
  document: Document,
  { issue: { archiveUrl } }: RenderContext,
  whole: Compiled,
  t: Translate,
  compile: (blocks: readonly Block[]) => Promise<Compiled>,
): Promise<Clipped<Compiled> | null> {
  const size = ({ html }: Compiled): number => Buffer.byteLength(html);
  if (archiveUrl === null || !wantsClip(document) || size(whole) <= GMAIL_CLIP_BYTES) return null;
  const button = (line: number): Block => ({ kind: 'button', line, label: t('issue.rest'), url: archiveUrl });
  return clip(document.blocks, size(whole), button, compile, size);
}

/** Why a mail stayed whole. */
function cutOf(document: Document, { issue }: RenderContext): WhyNotClipped {
  if (!wantsClip(document)) return 'not asked for';
  return issue.archiveUrl === null ? 'no page' : 'no place';
}

function painterOf(
  document: Document,
  context: RenderContext,
  slots: SlotMarkers,
  theme: ThemeView,
  t: Translate,
): ContentSettings {
  return {
    baseUrl: baseUrlOf(document, context),
    image: context.image ?? (() => null),
    sizeOf: context.sizeOf,
    slot: (path, fallback, use) => slotMarker(slots, path, fallback, use),
    picture: t('block.picture'),
    direction: document.direction,
    width: theme.contentWidth,
    breakBlanks: isIdeographic(document.language),
  };
}

const baseUrlOf = (document: Document, { newsletter }: RenderContext): string | null =>
  document.baseUrl ?? newsletter.baseUrl ?? document.canonicalUrl;

function textOf(document: Document, context: RenderContext, t: Translate, slots: SlotMarkers): string {
  const { newsletter, issue } = context;
  const slot: PrintSlot = (path, fallback, use) => slotMarker(slots, path, fallback, use);
  const frame = {
    newsletter: newsletter.name,
    postalAddress: newsletter.postalAddress,
    date: document.date && longDate(document.date, document.language),
    viewUrl: issue.archiveUrl === null ? null : slot('link.view'),
    unsubscribeUrl: slot('link.unsubscribe'),
    image: context.image,
  };
  return issueText(document, frame, t, baseUrlOf(document, context), slot);
}

/** Gmail's feedback loop: four fields, the last of them the sender's own; no colon inside a field. */
const feedbackId = ({ newsletter, issue }: RenderContext): string =>
  [issue.slug, newsletter.slug, 'issue', 'postrider']
    .map((field) => field.replace(/[^\w.-]/g, '-'))
    .join(':');
