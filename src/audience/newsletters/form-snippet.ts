/**
 * The form as HTML for other sites: no script, no style, nothing that tracks. Whoever sends it goes on with our pages. One
 * newsletter is agreed to by the button, several by ticking each.
 */
import { subscribeUrl } from '../../consent/links.ts';
import { escapeHtml } from '../../render/escape.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import { wordsFor } from '../../render/theme/words.ts';
import type { Newsletter } from './newsletter.ts';

/** Names of the form's fields; `http/subscribe` reads them. */
export const FORM_FIELDS = {
  email: 'email',
  newsletter: 'newsletter',
  /** People do not see it, and no browser or password manager fills in a field of that name. */
  trap: 'q7_leave_empty',
} as const;

type Offered = Pick<Newsletter, 'slug' | 'name' | 'language' | 'privacyUrl'>;

/** `publicUrl` without a trailing slash. In the language of the first newsletter. */
export function formSnippet(emails: EmailFiles, publicUrl: string, newsletters: readonly Offered[]): string {
  const [first] = newsletters;
  if (!first) throw new RangeError('expected a newsletter for the form, got none');
  const say = wordsFor(emails, first.language);
  const text = (key: string, vars?: Record<string, string>) => escapeHtml(say(`page.subscribe.${key}`, vars));
  const { email, trap } = FORM_FIELDS;
  const several = newsletters.length > 1;
  const target = several ? `${publicUrl}/subscribe` : subscribeUrl(publicUrl, first.slug);
  const wording = several ? text('wording.several') : text('wording', { newsletter: first.name });
  const privacy = first.privacyUrl
    ? `\n  <p><a href="${escapeHtml(first.privacyUrl)}" target="_blank" rel="noopener">${text('privacy')}</a></p>`
    : '';
  return `<form action="${escapeHtml(target)}?lang=${escapeHtml(first.language)}" method="post" accept-charset="utf-8">
  <p><label>${text('email')}<br>
    <input type="email" name="${email}" autocomplete="email" required maxlength="254"></label></p>${several ? newsletters.map(checkbox).join('') : ''}
  <p hidden aria-hidden="true"><label>${text('trap')}
    <input name="${trap}" tabindex="-1" autocomplete="off"></label></p>
  <p>${wording}</p>${privacy}
  <p><button>${text('button')}</button></p>
</form>
`;
}

/** Not ticked: only what somebody does themselves is a yes. */
const checkbox = ({ slug, name }: Offered): string => `
  <p><label><input type="checkbox" name="${FORM_FIELDS.newsletter}" value="${escapeHtml(slug)}"> ${escapeHtml(name)}</label></p>`;
