/** What the tests of this folder share: a database with newsletters, and files made of text. */

import type { ImportFile } from '../../src/audience/import/files.ts';
import { type ImportOptions, importSubscribers } from '../../src/audience/import/import.ts';
import type { ImportReport } from '../../src/audience/import/report.ts';
import { createNewsletter, type Newsletter } from '../../src/audience/newsletters/newsletter.ts';
import type { NewsletterTexts } from '../../src/audience/newsletters/texts.ts';
import { Keys } from '../../src/consent/keys.ts';
import type { Db } from '../../src/db/connection.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

export const keys = new Keys([
  'newest-secret-of-thirty-two-bytes-or-more',
  'older-secret-of-thirty-two-bytes-or-more',
]);
export const context = { emails: new EmailFiles(), relays: ['bulk'] };

export interface Setting {
  db: Db;
  newsletter(slug?: string, texts?: NewsletterTexts): Promise<Newsletter>;
}

/** One database for the tests of a file; each test takes newsletters of its own. */
export function useDatabase(): () => Setting {
  const database = useTestDatabase();
  let number = 0;
  return () => ({
    db: database.db,
    newsletter(slug = `weekly-${++number}`, texts = {}) {
      const needed = { name: 'Weekly', from: 'Weekly <news@example.org>' };
      return createNewsletter(database.db, context, slug, { ...needed, ...texts });
    },
  });
}

/** A file that arrives in chunks of `size` bytes. */
export async function* chunks(content: string | Buffer, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const clock = { monotonic: () => performance.now(), sleep: async () => {} };

export const file = (content: string | Buffer, name = '', size = 64 * 1024): ImportFile => ({
  name,
  open: () => chunks(content, size),
});

/** Imports confirmed people; `source` null leaves them pending. */
export function importText(
  db: Db,
  newsletter: Newsletter,
  content: string | Buffer,
  source: string | null = 'moved from elsewhere',
): Promise<ImportReport> {
  return importFiles(db, newsletter, [file(content)], { source });
}

export function importFiles(
  db: Db,
  newsletter: Newsletter,
  files: readonly ImportFile[],
  ask: Partial<ImportOptions> = {},
): Promise<ImportReport> {
  const all = { newsletterId: newsletter.id, source: 'moved from elsewhere', ...ask };
  return importSubscribers({ db, keys, clock }, files, all);
}
