/**
 * An issue's document -> the edition that is frozen and sent, in named phases with one value between each:
 *
 *   set up     document and context  -> IssueRendering: words, theme, and what its templates see
 *   compile    blocks                -> CompiledMail: HTML with slots, and the MJML it came from
 *   shorten    CompiledMail          -> the same mail cut for Gmail, where `clip: auto` asks for it
 *   freeze     CompiledMail          -> Edition
 */
import type { Block, Document, Message } from '../issue/document/document.ts';
import { bodyMjml } from './blocks/body.ts';
import { type Clipped, clip, wantsClip } from './clip/clip.ts';
import { GMAIL_CLIP_BYTES, sizeWarnings, type WhyNotClipped } from './clip/gmail-size.ts';
import { refuseTooHeavy } from './clip/too-heavy.ts';
import { loadLanguages } from './content/highlight.ts';
import { type Edition, NO_AUTO_REPLIES } from './edition/edition.ts';
import { freezeEdition } from './edition/freeze-edition.ts';
import { type IssueRendering, type RenderContext, setUpRendering } from './issue-rendering.ts';
import { compileMail } from './mjml/templates.ts';
import { restoreSlots } from './slots/restore-slots.ts';
import { slotPaths } from './slots/slot-paths.ts';
import { issueText } from './text/issue-text.ts';
import { longDate } from './theme/language.ts';
import { listId } from './theme/theme-view.ts';
import { tidyHtml } from './tidy.ts';

interface Rendered {
  edition: Edition;
  /** What the MJML compiler was given, for designers. */
  mjml: string;
  /** Remarks on the rendered mail, e.g. `gmail-clip`. */
  messages: Message[];
}

/**
 * Renders an issue once for all readers; workers only fill its slots. Throws Refused('template') for a faulty theme,
 * Refused('issue-too-heavy') for an issue that no mail could hold.
 */
export async function renderIssue(document: Document, context: RenderContext): Promise<Rendered> {
  refuseTooHeavy(document);
  await loadLanguages();
  const issue = setUpRendering(document, context);
  const whole = await compile(issue, document.blocks);
  const shortened = await shorten(issue, whole);
  const mail = shortened?.rendering ?? whole;
  const edition = freeze(issue, mail, shortened && whole);
  const messages = shortened
    ? [shortened.message]
    : sizeWarnings(edition.html, document, whyNotClipped(issue));
  return { edition, mjml: restoreSlots(issue.slots, mail.mjml), messages };
}

interface CompiledMail {
  /** A slot-only template. */
  html: string;
  /** Contains markers for slots. */
  mjml: string;
}

async function compile(issue: IssueRendering, blocks: readonly Block[]): Promise<CompiledMail> {
  const { context, slots, t, theme, settings, fields } = issue;
  const { html, mjml } = await compileMail(context.emails, theme.name, t, slots, (fill) => {
    const fillBlock = (name: string, block: object): string => fill(name, { ...fields, ...block });
    const body = bodyMjml(blocks, settings, context.newsletter.name, t, fillBlock);
    return fill('issue.mjml', { ...fields, issue: { ...fields.issue, body } });
  });
  return { html: restoreSlots(slots, tidyHtml(html, theme.late)), mjml };
}

/** Null for a mail that stays whole: it fits, nobody asked for a cut, or there is no page with the rest. */
async function shorten(issue: IssueRendering, whole: CompiledMail): Promise<Clipped<CompiledMail> | null> {
  const { document, context, t } = issue;
  const url = context.issue.archiveUrl;
  const size = ({ html }: CompiledMail): number => Buffer.byteLength(html);
  if (url === null || !wantsClip(document) || size(whole) <= GMAIL_CLIP_BYTES) return null;
  const button = (line: number): Block => ({ kind: 'button', line, label: t('issue.rest'), url });
  return clip(document.blocks, size(whole), button, (blocks) => compile(issue, blocks), size);
}

function whyNotClipped({ document, context }: IssueRendering): WhyNotClipped {
  if (!wantsClip(document)) return 'not asked for';
  return context.issue.archiveUrl === null ? 'no page' : 'no place';
}

/** `page` is the whole mail if the sent one was shortened. */
function freeze(issue: IssueRendering, mail: CompiledMail, page: CompiledMail | null): Edition {
  const { document, context, slots, fields } = issue;
  const { newsletter, publicUrl } = context;
  const parts = {
    html: mail.html,
    text: restoreSlots(slots, textOf(issue)),
    subject: restoreSlots(slots, document.title.replace(/\s+/g, ' ').trim()),
  };
  return freezeEdition({
    ...parts,
    language: document.language,
    preheader: restoreSlots(slots, fields.issue.preheader),
    slots: [...new Set(Object.values(parts).flatMap(slotPaths))].sort(),
    from: newsletter.from,
    replyTo: newsletter.replyTo,
    listId: listId(newsletter, publicUrl),
    listName: newsletter.name,
    archiveUrl: fields.newsletter.archiveUrl,
    feedbackId: feedbackId(context),
    headers: NO_AUTO_REPLIES,
    ...(page && { page: page.html }),
  });
}

function textOf({ document, context, t, settings }: IssueRendering): string {
  const { newsletter, issue, image } = context;
  const { slot, baseUrl } = settings;
  const frame = {
    newsletter: newsletter.name,
    postalAddress: newsletter.postalAddress,
    date: document.date && longDate(document.date, document.language),
    viewUrl: issue.archiveUrl === null ? null : slot('link.view'),
    preferencesUrl: slot('link.preferences'),
    unsubscribeUrl: slot('link.unsubscribe'),
    image,
  };
  return issueText(document, frame, t, baseUrl, slot);
}

/** Gmail's feedback loop: four fields without colons, the last of them the sender's own. */
const feedbackId = ({ newsletter, issue }: RenderContext): string =>
  [issue.slug, newsletter.slug, 'issue', 'postrider']
    .map((field) => field.replace(/[^\w.-]/g, '-'))
    .join(':');
