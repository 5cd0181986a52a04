/** How wide the pictures of a newsletter are stored. */
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import { themeView } from '../../render/theme/theme-view.ts';

/** In px: twice the width of the mail, since sharp screens show two pixels of a picture where the mail counts one. */
export const pictureWidth = (emails: EmailFiles, view: NewsletterView): number =>
  2 * themeView(emails, view, view.language, 'ltr').width;
