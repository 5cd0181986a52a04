/** What the tests of this folder stand on: a database with one newsletter, and files made of text. */
import { afterAll, beforeAll } from 'vitest';
import {
  type ImportAsk,
  type ImportFile,
  type ImportReport,
  importSubscribers,
} from '../../src/audience/import/import.ts';
import {
  createNewsletter,
  type Newsletter,
  type NewsletterTexts,
} from '../../src/audience/newsletters/newsletter.ts';
import { Keys } from '../../src/consent/keys.ts';
import type { Db } from '../../src/db/connection.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { createTestDatabase } from '../helpers/database.ts';

export const keys = new Keys([
  'newest-secret-of-thirty-two-bytes-or-more',
  'older-secret-of-thirty-two-bytes-or-more',
]);
export const around = { emails: new EmailFiles(), relays: ['bulk'] };

export interface Setting {
  db: Db;
  newsletter(slug?: string, texts?: NewsletterTexts): Promise<Newsletter>;
}

/** One database for the tests of a file; each takes newsletters of its own. */
export function useDatabase(): () => Setting {
  let setting: Setting & { drop(): Promise<void> };
  let number = 0;
  beforeAll(async () => {
    const { db, drop } = await createTestDatabase();
    setting = {
      db,
      drop,
      newsletter(slug = `weekly-${++number}`, texts = {}) {
        const needed = { name: 'Weekly', from: 'Weekly <news@example.org>' };
        return createNewsletter(db, around, slug, { ...needed, ...texts });
      },
    };
  });
  afterAll(() => setting.drop());
  return () => setting;
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
  ask: Partial<ImportAsk> = {},
): Promise<ImportReport> {
  const all = { newsletterId: newsletter.id, source: 'moved from elsewhere', ...ask };
  return importSubscribers({ db, keys, clock }, files, all);
}
