/** Whose preferences a link opens. */
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { type Preferences, readPreferences } from '../../consent/choosing/preferences.ts';
import { type LinkRef, readPreferencesToken } from '../../consent/tokens.ts';
import type { WebParts } from '../parts.ts';
import { newsletterById } from '../public/newsletters.ts';

export interface Link {
  ref: LinkRef;
  /** In whose colours the page comes. */
  newsletter: Newsletter;
  preferences: Preferences;
}

/** Null when the link names nobody here. */
export async function linkOf(parts: WebParts, token: string): Promise<Link | null> {
  const ref = readPreferencesToken(parts.keys, token);
  const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
  const preferences = newsletter && (await readPreferences(parts.db, ref));
  return preferences && { ref, newsletter, preferences };
}
