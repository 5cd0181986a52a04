/** From an event in the Markdown to the link in the mail and the file behind it. */
import { beforeAll, expect, test } from 'vitest';
import { createNewsletter, type Newsletter } from '../../src/audience/newsletters/newsletter.ts';
import { prepareIssue } from '../../src/authoring/prepare-issue.ts';
import { calendarFiles } from '../../src/issue/calendar/calendar-files.ts';
import { findIssue } from '../../src/issue/find.ts';
import { readIssue } from '../../src/issue/read.ts';
import { importIssue } from '../../src/issue/store.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const emails = new EmailFiles();
const source =
  '---\ntitle: T\ndate: 2026-08-05\n---\n\n## Meetup\n\n**Topic**: Lamps\n\n**Time**: Aug 12, 2026 19:00-20:00\n';
const database = useTestDatabase();
let newsletter: Newsletter;

beforeAll(async () => {
  newsletter = await createNewsletter(database.db, { emails, relays: [] }, 'weekly', {
    name: 'Weekly',
    from: 'Weekly <news@example.org>',
    timezone: 'Europe/Berlin',
  });
});

const bringIn = () => {
  const document = readIssue(source, { file: 'x.md' });
  const { slug, timezone } = newsletter;
  const media = calendarFiles(document, { newsletter: slug, slug: 'x', timezone });
  const about = { slug: 'x', source, sourceName: 'x.md', document, media, archived: false, replace: false };
  return importIssue(database.db, { newsletterId: newsletter.id, ...about });
};

test('an event is offered as a calendar file, at the hour of the newsletter', async () => {
  await bringIn();
  const issue = await findIssue(database.db, 'weekly/x');
  const { edition } = await prepareIssue(
    database.db,
    { publicUrl: 'https://news.example.org', mediaUrl: null, emails },
    issue,
  );
  const [, hash = ''] = /https:\/\/news\.example\.org\/media\/([0-9a-f]{64})\.ics/.exec(edition.html) ?? [];
  const { bytes } = await database.db
    .selectFrom('media')
    .select('bytes')
    .where('hash', '=', hash)
    .executeTakeFirstOrThrow();
  expect(String(bytes)).toContain('DTSTART:20260812T170000Z\r\nDTEND:20260812T180000Z\r\nSUMMARY:Lamps');
  expect(edition.text).toContain(hash);
});

test('importing the same again changes nothing', async () => {
  expect((await bringIn()).change).toBe('unchanged');
});
