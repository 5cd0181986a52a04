/** What rendering knows about a newsletter. `audience/` builds it from the row; themes see it as `newsletter.*`. */
import type { Mailbox } from './edition.ts';

export interface NewsletterView {
  slug: string;
  name: string;
  from: Mailbox;
  replyTo: Mailbox | null;
  /** BCP 47, e.g. `zh` or `pt-BR`. */
  language: string;
  /** Folder name below `emails/themes/`. */
  theme: string;
  /** Overrides of the theme's colours: `accent` for light, `dark.accent` for dark. */
  colors: Record<string, string>;
  /** The absolute URL of a picture; null: themes show the name instead. */
  logo: string | null;
  postalAddress: string;
  /** What relative links and pictures of an issue resolve against, or null. */
  baseUrl: string | null;
  archive: 'public' | 'unlisted' | 'off';
  /** A paragraph of its own in the welcome mail. */
  welcomeText?: string | null;
}
