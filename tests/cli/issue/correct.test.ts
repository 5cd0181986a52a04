/** `issue correct` on a real database: what changes on the web, and what must not change anywhere else. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createNewsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { prepareIssue } from '../../../src/authoring/prepare-issue.ts';
import type { OpenContext } from '../../../src/cli/context.ts';
import { type CorrectOptions, correct } from '../../../src/cli/issue/correct.ts';
import { importFiles } from '../../../src/cli/issue/import.ts';
import type { IssueState } from '../../../src/db/schema.ts';
import { findIssue, listIssues } from '../../../src/issue/find.ts';
import { auditOf } from '../../../src/ledger/audit-log.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { resetIssue } from '../../../src/sends/resume-cancel.ts';
import { startSending } from '../../../src/sends/start.ts';
import { issueStatus } from '../../../src/stats/status.ts';
import { addReaders, plan, relay } from '../../delivery/fixtures.ts';
import { openWeb, type Web } from '../../http/harness.ts';
import { plain } from '../../issue/media/fixtures.ts';

const emails = new EmailFiles();
/** Half past midnight in Berlin: the next day there. */
const NOW = new Date('2026-12-02T23:30:00Z');
let web: Web;
let folder: string;
let file: string;

beforeAll(async () => {
  web = await openWeb();
  folder = await mkdtemp(join(tmpdir(), 'postrider-correct-'));
  await writeFile(join(folder, 'tower.png'), await plain(80, 40).png().toBuffer());
  file = join(folder, 'issue.md');
  for (const slug of ['weekly', 'zhoukan']) {
    const language = slug === 'weekly' ? 'en' : 'zh';
    await createNewsletter(web.database.db, { emails, relays: [] }, slug, {
      name: slug,
      from: `${slug} <news@example.org>`,
      language,
      timezone: 'Europe/Berlin',
      postalAddress: '1 Harbour Street',
    });
  }
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

const open: OpenContext = async () => {
  const config = { publicUrl: 'http://news.example.org', mediaUrl: null };
  const program = { db: web.database.db, emails, config, clock: { now: () => NOW } };
  return { program, out: () => {}, close: async () => {} } as unknown as Awaited<ReturnType<OpenContext>>;
};

/** The command's one JSON value, and what it says beside. */
async function run(act: () => Promise<void>) {
  const argv = process.argv;
  process.argv = [...argv, '--json'];
  const written: string[] = [];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockReturnValue(true),
  ];
  try {
    await act();
    return JSON.parse(written.join(''));
  } finally {
    process.argv = argv;
    for (const spy of spies) spy.mockRestore();
  }
}

const text = (slug: string, words: string, title = 'The tower') =>
  `---\ntitle: ${title}\ndate: 2026-11-20\nslug: ${slug}\n---\n\n${words}\n\n![The tower at noon](tower.png)\n`;

async function correctWith(source: string, options: Partial<CorrectOptions> = {}) {
  await writeFile(file, source);
  return run(() => correct(open, file, { newsletter: 'weekly', ...options }));
}

/** Imported, sent to two readers, and in this state. */
async function issue(slug: string, state: IssueState = 'sent', newsletter = 'weekly') {
  const { db } = web.database;
  await writeFile(file, text(slug, 'It opens at nine.'));
  await run(() => importFiles(open, [file], { newsletter }));
  const found = await findIssue(db, `${newsletter}/${slug}`);
  if (state === 'draft') return found.id;
  const { edition } = await prepareIssue(
    db,
    { publicUrl: 'http://news.example.org', mediaUrl: null, emails },
    found,
  );
  await addReaders(db, found.newsletterId, found.id * 10, found.id * 10 + 2);
  const wakeUps = { wake: async () => {} } as never;
  const rehearsal = { ...relay, rehearsal: true };
  await startSending(db, wakeUps, {} as never, {
    issueId: found.id,
    name: found.name,
    edition,
    relay: rehearsal,
  });
  await plan(db, found.id);
  await sql`UPDATE deliveries SET state = 'accepted', due_at = NULL WHERE issue_id = ${found.id}`.execute(db);
  await db.updateTable('issues').set({ state }).where('id', '=', found.id).execute();
  return found.id;
}

async function everythingOf(id: number) {
  const { db } = web.database;
  const of = async (table: 'deliveries' | 'attempts' | 'tallies') =>
    (await db.selectFrom(table).selectAll().where('issue_id', '=', id).execute()) as unknown[];
  const row = await db.selectFrom('issues').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const sent = await db
    .selectFrom('editions')
    .selectAll()
    .where('id', '=', row.edition_id)
    .executeTakeFirst();
  return {
    row,
    sent,
    deliveries: await of('deliveries'),
    attempts: await of('attempts'),
    tallies: await of('tallies'),
  };
}

const page = async (path: string) => (await web.app.inject(`/archive/${path}`)).body;

test('a sent issue is corrected on its page, dated, with the note above it and in the list by its new title', async () => {
  const { db } = web.database;
  const id = await issue('tower');
  const corrected = text('tower', 'It opens at ten.', 'The new tower');
  const answer = await correctWith(corrected, { note: 'It opens at <ten>,\nnot at {{nine}}.' });
  expect(answer).toMatchObject({
    issue: 'weekly/tower',
    state: 'sent',
    change: 'corrected',
    correctedAt: NOW.toISOString(),
    messages: expect.any(Array),
  });
  const body = await page('weekly/tower');
  expect(body.indexOf('Corrected on December 3, 2026')).toBeGreaterThan(0);
  expect(body.indexOf('Corrected on')).toBeLessThan(body.lastIndexOf('It opens at ten.'));
  expect(body).toMatch(/It opens at (&lt;|&#x3C;)ten(>|&gt;), not at {{nine}}\./);
  expect(body).toContain('It opens at ten.');
  expect(body).not.toContain('It opens at nine.');
  expect(body).toMatch(/<img[^>]+http:\/\/news\.example\.org\/media\/[0-9a-f]{64}/);
  expect(await page('weekly')).toContain('The new tower');
  expect((await issueStatus(db, id)).correctedAt).toBe(NOW.toISOString());
  expect((await listIssues(db, 'weekly')).find((each) => each.id === id)!.correctedAt).toEqual(NOW);
});

test.each(['sent', 'cancelled', 'sending', 'paused'] as const)(
  'the ledger, the counts, the state and the edition that was sent stay as they were (%s)',
  async (state) => {
    const id = await issue(`kept-${state}`, state);
    const before = await everythingOf(id);
    const { change } = await correctWith(text(`kept-${state}`, 'It opens at ten.'));
    expect(change).toBe('corrected');
    expect(await everythingOf(id)).toEqual(before);
    expect(await page(`weekly/kept-${state}`)).toContain('It opens at ten.');
  },
);

test('a correction is in the audit log with the hash of its edition', async () => {
  const { db } = web.database;
  const id = await issue('audited');
  await correctWith(text('audited', 'It opens at ten.'));
  const { hash } = await db
    .selectFrom('corrections')
    .innerJoin('editions', 'editions.id', 'edition_id')
    .select('hash')
    .where('issue_id', '=', id)
    .executeTakeFirstOrThrow();
  expect(await auditOf(db, id)).toMatchObject([
    { who: 'cli', act: 'page-corrected', details: { edition: hash } },
  ]);
});

test('the file that was sent is "unchanged", and so is the same correction again', async () => {
  await issue('same');
  const sent = await correctWith(text('same', 'It opens at nine.'), { note: 'Nothing' });
  expect(sent).toMatchObject({ change: 'unchanged', correctedAt: null });
  expect(await page('weekly/same')).not.toContain('Corrected on');
  const mended = text('same', 'It opens at ten.');
  expect((await correctWith(mended, { note: 'Ten' })).change).toBe('corrected');
  expect(await correctWith(mended)).toMatchObject({ change: 'unchanged', correctedAt: NOW.toISOString() });
  expect((await correctWith(mended, { note: 'Ten' })).change).toBe('unchanged');
  expect((await correctWith(mended, { note: 'Ten o’clock' })).change).toBe('corrected');
});

test('a second correction replaces the first', async () => {
  const { db } = web.database;
  const id = await issue('twice');
  await correctWith(text('twice', 'It opens at ten.'), { note: 'First note' });
  const editions = await db.selectFrom('editions').select('id').execute();
  await correctWith(text('twice', 'It opens at eleven.'));
  const body = await page('weekly/twice');
  expect(body).toContain('It opens at eleven.');
  expect(body).not.toMatch(/First note|It opens at ten/);
  expect((await db.selectFrom('editions').select('id').execute()).length).toBe(editions.length);
  expect((await auditOf(db, id)).length).toBe(2);
});

test('an issue in Chinese says so in Chinese', async () => {
  await issue('ta', 'sent', 'zhoukan');
  await correctWith(text('ta', 'It opens at ten.').replace('title:', 'language: zh\ntitle:'), {
    newsletter: 'zhoukan',
  });
  expect(await page('zhoukan/ta')).toContain('已于 2026年12月3日 更正');
});

test('a cover stands below the note', async () => {
  await issue('covered');
  const source = text('covered', 'It opens at ten.')
    .replace('title:', 'cover: tower.png\ntitle:')
    .replace(/\n!.*\n/, '');
  await correctWith(source);
  const body = await page('weekly/covered');
  expect(body.indexOf('Corrected on')).toBeLessThan(body.indexOf('/media/'));
});

test('a draft is refused with the way out, and so is a scheduled issue; nothing is written', async () => {
  const { db } = web.database;
  const id = await issue('early', 'draft');
  await expect(correctWith(text('early', 'Other'))).rejects.toThrow(
    /weekly\/early is draft: .*import it again/,
  );
  await db.updateTable('issues').set({ state: 'scheduled' }).where('id', '=', id).execute();
  await expect(correctWith(text('early', 'Other'))).rejects.toThrow(/is scheduled: .*cancel it first/);
  await expect(correctWith(text('nobody', 'Other'))).rejects.toMatchObject({ code: 'unknown-issue' });
  const rows = await db.selectFrom('corrections').select('issue_id').where('issue_id', '=', id).execute();
  expect(rows).toEqual([]);
});

test('a correction with an error, without its picture, or with a note that is no note is refused', async () => {
  await issue('faulty');
  const unknown = text('faulty', 'Hello {{first_name}}, it opens at ten.');
  await expect(correctWith(unknown)).rejects.toMatchObject({ code: 'issue-errors' });
  const gone = text('faulty', 'It opens at ten.').replace('tower.png', 'gone.png');
  await expect(correctWith(gone)).rejects.toThrow('gone.png is not beside the file');
  for (const note of [' \n', 'x'.repeat(501)])
    await expect(correctWith(text('faulty', 'Ten'), { note })).rejects.toThrow('--note: expected 1 to 500');
  expect(await page('weekly/faulty')).toContain('It opens at nine.');
});

test('a corrected file may be imported again with the others: "unchanged"', async () => {
  await issue('again');
  await correctWith(text('again', 'It opens at ten.'));
  const imported = await run(() => importFiles(open, [file], { newsletter: 'weekly' }));
  expect(imported).toMatchObject({ state: 'sent', change: 'unchanged' });
  await writeFile(file, text('again', 'It opens at eleven.'));
  await expect(run(() => importFiles(open, [file], { newsletter: 'weekly' }))).rejects.toThrow(
    'issue correct',
  );
});

test('a rehearsal that is made a draft again loses its correction', async () => {
  const { db } = web.database;
  const id = await issue('rehearsed');
  await correctWith(text('rehearsed', 'It opens at ten.'));
  await resetIssue(db, id);
  expect((await issueStatus(db, id)).correctedAt).toBeNull();
});

test('an issue of the archive has its page from its import on, and can be corrected', async () => {
  await writeFile(file, text('old', 'It opens at nine.'));
  await run(() => importFiles(open, [file], { newsletter: 'weekly', archived: true }));
  expect(await page('weekly/old')).toContain('It opens at nine.');
  const answer = await correctWith(text('old', 'It opens at ten.'));
  expect(answer).toMatchObject({ state: 'archived', change: 'corrected' });
  expect(await page('weekly/old')).toContain('It opens at ten.');
});
