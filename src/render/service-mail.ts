/** Service mails: requests to confirm, welcomes and notices. Rendered once per language. */
import { directionOf } from '../issue/document/language.ts';
import { type Edition, NO_AUTO_REPLIES } from './edition/edition.ts';
import { freezeEdition } from './edition/freeze-edition.ts';
import type { NewsletterView } from './edition/newsletter-view.ts';
import { compileMail } from './mjml/templates.ts';
import { restoreSlots } from './slots/restore-slots.ts';
import { SlotMarkers, slotMarker } from './slots/slot-markers.ts';
import { slotPaths } from './slots/slot-paths.ts';
import { COLUMNS, wrap } from './text/wrap.ts';
import type { EmailFiles } from './theme/email-files.ts';
import { newsletterFields, themeView } from './theme/theme-view.ts';
import { type Translate, wordsFor } from './theme/words.ts';
import { tidyHtml } from './tidy.ts';

type ServiceMailKind = 'confirmation' | 'welcome' | 'notice';

/** The template of a kind, and the parts of its text: words, or words with a link. */
const KINDS: Record<ServiceMailKind, { template: string; text: (string | [string, string])[] }> = {
  confirmation: {
    template: 'confirm',
    text: ['body', ['button', 'link.confirm'], 'ignore', ['reject', 'link.reject']],
  },
  welcome: { template: 'welcome', text: ['body'] },
  notice: { template: 'notice', text: ['body', ['button', 'link.view']] },
};

/** Renders a service mail in the reader's language. Its slots are `link.*` and `reader.*`. */
export async function renderServiceMail(
  kind: ServiceMailKind,
  newsletter: NewsletterView,
  language: string,
  emails: EmailFiles,
): Promise<Edition> {
  const { template } = KINDS[kind];
  const slots = new SlotMarkers();
  const t = wordsFor(emails, language);
  const direction = directionOf(language);
  const theme = themeView(emails, newsletter, language, direction);
  const title = t(`${template}.subject`, { newsletter: newsletter.name });
  const preheader = t(`${template}.preheader`);
  const context = {
    newsletter: newsletterFields(newsletter, null),
    theme,
    issue: { language, direction, title, preheader },
  };
  const { html } = await compileMail(emails, theme.name, t, slots, (fill) =>
    fill(`${template}.mjml`, context),
  );
  const parts = {
    html: restoreSlots(slots, tidyHtml(html, theme.late)),
    text: restoreSlots(slots, serviceText(kind, newsletter, t, slots)),
    subject: restoreSlots(slots, title),
  };
  return freezeEdition({
    ...parts,
    language,
    preheader,
    slots: [...new Set(Object.values(parts).flatMap(slotPaths))].sort(),
    from: newsletter.from,
    replyTo: newsletter.replyTo,
    listId: null,
    listName: newsletter.name,
    archiveUrl: null,
    feedbackId: null,
    // RFC 3834: asks for no automatic replies.
    headers: { 'Auto-Submitted': 'auto-generated', ...NO_AUTO_REPLIES },
  });
}

function serviceText(
  kind: ServiceMailKind,
  newsletter: NewsletterView,
  t: Translate,
  slots: SlotMarkers,
): string {
  const { template, text } = KINDS[kind];
  const say = (word: string): string => t(`${template}.${word}`, { newsletter: newsletter.name });
  const blocks = text.map((part) =>
    typeof part === 'string'
      ? wrap(say(part), COLUMNS)
      : wrap(t('text.pair', { label: say(part[0]), value: '' }).trimEnd(), COLUMNS).concat(
          slotMarker(slots, part[1]),
        ),
  );
  const foot = ['-- ', newsletter.name, ...wrap(newsletter.postalAddress, COLUMNS)].filter(
    (line) => line !== '',
  );
  return `${[[say('heading')], ...blocks, foot].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
