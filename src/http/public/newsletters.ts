/** Newsletters by what public links name them with. */
import { findNewsletter, type Newsletter } from '../../audience/newsletter.ts';
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';

/** Null for a slug that is none of ours: to a stranger that is an empty page, not a lesson. */
export async function newsletterBySlug(db: Db, slug: string): Promise<Newsletter | null> {
  try {
    return await findNewsletter(db, slug);
  } catch (error) {
    if (error instanceof Refused && error.code === 'unknown-newsletter') return null;
    throw error;
  }
}

export async function newsletterById(db: Db, id: number): Promise<Newsletter | null> {
  const row = await db.selectFrom('newsletters').select('slug').where('id', '=', id).executeTakeFirst();
  return row ? newsletterBySlug(db, row.slug) : null;
}
