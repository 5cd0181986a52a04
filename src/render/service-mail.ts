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
import { listOf, type Translate, wordsFor } from './theme/words.ts';
import { tidyHtml } from './tidy.ts';

/** A kind of service mail; a notice is named. */
export type ServiceMailName =
  | 'confirmation'
  | 'welcome'
  | 'already-reader'
  | 'data-link'
  | 'address-old'
  | 'address-new';

interface ServiceMailParts {
  template: string;
  /** What the keys of its words begin with. */
  words: string;
  /** The parts of its text: words, or words with a link. */
  text: (string | [word: string, link: string])[];
}

const notice = (name: string): ServiceMailParts => ({
  template: 'notice',
  words: `notice.${name}`,
  text: ['body', ['button', 'link.action'], 'foot'],
});

const PARTS: Record<ServiceMailName, ServiceMailParts> = {
  confirmation: {
    template: 'confirm',
    words: 'confirm',
    text: ['body', ['button', 'link.confirm'], 'ignore', ['reject', 'link.reject']],
  },
  welcome: {
    template: 'welcome',
    words: 'welcome',
    text: [
      'body',
      ['button', 'link.view'],
      ['preferences', 'link.preferences'],
      ['leave', 'link.unsubscribe'],
    ],
  },
  'already-reader': notice('already-reader'),
  'data-link': notice('data-link'),
  'address-old': notice('address-old'),
  'address-new': notice('address-new'),
};

export const serviceMailNames = Object.keys(PARTS) as readonly ServiceMailName[];

/**
 * Renders a service mail in the reader's language. Its slots are `link.*` and `reader.*`. `about`: the names of the
 * newsletters that it is about, if not only the one in whose name it is sent.
 */
export async function renderServiceMail(
  name: ServiceMailName,
  newsletter: NewsletterView,
  language: string,
  emails: EmailFiles,
  about: readonly string[] = [],
): Promise<Edition> {
  const { template, words } = PARTS[name];
  const slots = new SlotMarkers();
  const t = wordsFor(emails, language);
  const direction = directionOf(language);
  const theme = themeView(emails, newsletter, language, direction);
  const names = listOf(about.length === 0 ? [newsletter.name] : about, language);
  const say = (word: string): string => t(`${words}.${word}`, { newsletter: names });
  const title = say('subject');
  const preheader = say('preheader');
  const context = {
    newsletter: { ...newsletterFields(newsletter, null), names },
    theme,
    issue: { language, direction, title, preheader },
    ...(template === 'notice' && { notice: noticeFields(say) }),
  };
  const { html } = await compileMail(emails, theme.name, t, slots, (fill) =>
    fill(`${template}.mjml`, context),
  );
  const parts = {
    html: restoreSlots(slots, tidyHtml(html, theme.late)),
    text: restoreSlots(slots, serviceText(name, newsletter, say, t, slots)),
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

/** What `notice.mjml` says: the words of this notice. */
export const noticeFields = (say: (word: string) => string) => ({
  heading: say('heading'),
  body: say('body'),
  button: say('button'),
  foot: say('foot'),
});

function serviceText(
  name: ServiceMailName,
  newsletter: NewsletterView,
  say: (word: string) => string,
  t: Translate,
  slots: SlotMarkers,
): string {
  const hasPage = newsletter.archive === 'public';
  const text = PARTS[name].text.filter((part) => hasPage || part[1] !== 'link.view');
  const blocks = text.map((part) =>
    typeof part === 'string'
      ? wrap(say(part), COLUMNS)
      : wrap(t('text.pair', { label: say(part[0]), value: '' }).trimEnd(), COLUMNS).concat(
          slotMarker(slots, part[1]),
        ),
  );
  if (name === 'welcome' && newsletter.welcomeText)
    blocks.splice(1, 0, wrap(newsletter.welcomeText, COLUMNS));
  const foot = ['-- ', newsletter.name, ...wrap(newsletter.postalAddress, COLUMNS)].filter(
    (line) => line !== '',
  );
  return `${[[say('heading')], ...blocks, foot].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
