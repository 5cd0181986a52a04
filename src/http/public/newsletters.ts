/** Newsletters by what public links name them with. */
import { NoResultError } from 'kysely';
import {
  findNewsletter,
  type Newsletter,
  readNewsletterById,
} from '../../audience/newsletters/newsletter.ts';
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

/** Null for an id that is none of ours: a token may come from a database that was restored. */
export async function newsletterById(db: Db, id: number): Promise<Newsletter | null> {
  try {
    return await readNewsletterById(db, id);
  } catch (error) {
    if (error instanceof NoResultError) return null;
    throw error;
  }
}
