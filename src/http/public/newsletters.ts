/** Looks up newsletters by what public links contain. */
import { NoResultError } from 'kysely';
import {
  findNewsletter,
  type Newsletter,
  readNewsletterById,
} from '../../audience/newsletters/newsletter.ts';
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';

/** Null for an unknown slug: a stranger gets a plain 404, not a list of what exists. */
export async function newsletterBySlug(db: Db, slug: string): Promise<Newsletter | null> {
  try {
    return await findNewsletter(db, slug);
  } catch (error) {
    if (error instanceof Refused && error.code === 'unknown-newsletter') return null;
    throw error;
  }
}

/** Null for an unknown id: a token may be newer than a restored database. */
export async function newsletterById(db: Db, id: number): Promise<Newsletter | null> {
  try {
    return await readNewsletterById(db, id);
  } catch (error) {
    if (error instanceof NoResultError) return null;
    throw error;
  }
}
