/** The list as a send runs it: over what is stored. And the log of what was sent in spite of it. */
import { expect, test } from 'vitest';
import { createNewsletter } from '../../src/audience/newsletters/newsletter.ts';
import type { NewsletterTexts } from '../../src/audience/newsletters/texts.ts';
import { prepareIssue } from '../../src/authoring/prepare-issue.ts';
import { type FoundIssue, findIssue } from '../../src/issue/find.ts';
import type { Medium } from '../../src/issue/media/store.ts';
import { readIssue } from '../../src/issue/read.ts';
import { importIssue } from '../../src/issue/store.ts';
import { auditOf, writeAudit } from '../../src/ledger/audit-log.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { builtIn } from './harness.ts';

const database = useTestDatabase();

/** Imported into a newsletter of its own. */
async function draft(
  slug: string,
  source: string,
  texts: NewsletterTexts,
  media = new Map<string, Medium>(),
) {
  const { db } = database;
  const emailsAndRelays = { emails: builtIn, relays: [] };
  const newsletter = await createNewsletter(db, emailsAndRelays, slug, {
    name: 'W',
    from: 'w@example.org',
    ...texts,
  });
  const file = `${slug}.md`;
  const document = readIssue(source, { file });
  const incoming = { newsletterId: newsletter.id, slug, source, sourceName: file, document, media };
  await importIssue(db, { ...incoming, archived: false, replace: false });
  return findIssue(db, `${slug}/${slug}`);
}

const messagesOf = async (found: FoundIssue): Promise<string[]> => {
  const places = { publicUrl: 'https://news.example.org', mediaUrl: null, emails: builtIn };
  const { messages } = await prepareIssue(database.db, places, found);
  return messages.map(({ severity, line, rule }) => `${severity} ${line} ${rule}`);
};

test('a send knows the newsletter, its law, and the pictures as they are stored', async () => {
  const heavy: Medium = {
    hash: 'f'.repeat(64),
    type: 'image/png',
    bytes: Buffer.alloc(1_200_000, 7),
    width: 800,
    height: 600,
  };
  const source =
    '---\ntitle: Half price\ndate: 2026-11-23\ncommercial: true\n---\n\n![The pier](pier.png) ![Gone](gone.png)\n\n![Old](http://a.dev/old.webp)\n\n[x](/more)\n';
  const found = await draft('ads', source, { legalProfile: ['cn', 'us'] }, new Map([['pier.png', heavy]]));
  expect(await messagesOf(found)).toEqual([
    'error 2 subject-no-ad-mark',
    'error 7 image-missing',
    'warning 7 image-heavy',
    'warning 9 image-http',
    'warning 9 image-format',
    'warning 11 link-relative',
    'error null postal-address-missing',
  ]);
});

test('an issue in order has nothing to be told', async () => {
  const source =
    '---\ntitle: In order\ndate: 2026-11-23\n---\n\nHello {{name | friend}}, see [this](/more).\n';
  const texts = { postalAddress: '1 Street', baseUrl: 'https://keepers.dev/' };
  expect(await messagesOf(await draft('fine', source, texts))).toEqual([]);
});

test('the audit log keeps what was done, by whom, in its order; with the act or not at all', async () => {
  const { db } = database;
  const { id } = await draft('log', '---\ntitle: L\ndate: 2026-11-23\n---\n\nText.\n', {});
  const act = (rules: string[]) => ({ who: 'cli', act: 'send-forced', issueId: id, details: { rules } });
  await db.transaction().execute((trx) => writeAudit(trx, act(['link-placeholder'])));
  await db.transaction().execute((trx) => writeAudit(trx, act(['body-empty'])));
  const undone = db.transaction().execute(async (trx) => {
    await writeAudit(trx, act(['subject-reply']));
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  const entries = await auditOf(db, id);
  expect(entries).toMatchObject([
    { who: 'cli', act: 'send-forced', details: { rules: ['link-placeholder'] } },
    { details: { rules: ['body-empty'] } },
  ]);
  expect(entries.every(({ at }) => !Number.isNaN(Date.parse(at)))).toBe(true);
});
