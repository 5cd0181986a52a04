/** What rendering knows of a newsletter. `audience/` makes it from the row; themes see it as `newsletter.*`. */
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
  /** Absolute URL of a picture, or null: the name stands in its place. */
  logo: string | null;
  postalAddress: string;
  /** What relative links and pictures of an issue resolve against, or null. */
  baseUrl: string | null;
  archive: 'public' | 'unlisted' | 'off';
}
