/** A newsletter with readers, its issue of about 30 KB, and one send of it, watched in the ledger. */
import { sql } from 'kysely';
import { createNewsletter } from '../../src/audience/newsletters/newsletter.ts';
import { type PreparedIssue, prepareIssue } from '../../src/authoring/prepare-issue.ts';
import type { Program } from '../../src/bootstrap.ts';
import type { Db } from '../../src/db/connection.ts';
import { findIssue } from '../../src/issue/find.ts';
import { readIssue } from '../../src/issue/read.ts';
import { importIssue } from '../../src/issue/store.ts';
import { compileMessages } from '../../src/render/message/message.ts';
import { relayFor, startSending } from '../../src/sends/start.ts';
import { until } from '../helpers/until.ts';

/** Chosen so that a message has 30 KB: the theme around it, HTML and text. */
const PARAGRAPHS = 21;
const paragraph = (n: number) =>
  `## News number ${n}\n\n${n === 0 ? 'Hello {{name}}, a' : 'A'} release train leaves every week with *some* news: [read on](https://example.org/news/${n}). More of it can be read on the pages of the project, where all who wrote it are named and thanked.\n`;

/** Rows as an import leaves them, without the time it takes. */
export async function newsletterOf(program: Program, slug: string, readers: number): Promise<void> {
  const { db, emails } = program;
  const texts = {
    name: 'The weekly',
    from: 'Weekly <news@example.org>',
    postalAddress: '1 Example Street',
  };
  const newsletter = await createNewsletter(db, { emails, relays: ['sink'] }, slug, texts);
  await sql`
    WITH people AS (
      INSERT INTO subscribers (identity, email, name)
      SELECT a, a, 'Reader ' || n FROM generate_series(1, ${readers}::int) n,
        LATERAL (SELECT ${slug} || n || '@host' || n % 100 || '.example.org' AS a) address
      RETURNING id
    )
    INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at)
    SELECT ${newsletter.id}::bigint, id, 'confirmed', now() FROM people`.execute(db);
  await sql`VACUUM ANALYZE subscribers, subscriptions`.execute(db);
}

export interface Draft {
  id: number;
  name: string;
  prepared: PreparedIssue;
}

let drafts = 0;

export async function draft(program: Program, newsletter: string): Promise<Draft> {
  const { db, config, emails } = program;
  const row = await db
    .selectFrom('newsletters')
    .select('id')
    .where('slug', '=', newsletter)
    .executeTakeFirstOrThrow();
  const slug = `issue-${++drafts}`;
  const source = `---\ntitle: ${slug}\n---\n\n${Array.from({ length: PARAGRAPHS }, (_, n) => paragraph(n)).join('\n')}`;
  const { id } = await importIssue(db, {
    newsletterId: row.id,
    slug,
    source,
    sourceName: `${slug}.md`,
    document: readIssue(source, { file: `${slug}.md` }),
    media: new Map(),
    archived: false,
    replace: false,
  });
  const found = await findIssue(db, `${newsletter}/${slug}`);
  const prepared = await prepareIssue(db, { publicUrl: config.publicUrl, mediaUrl: null, emails }, found);
  return { id, name: found.name, prepared };
}

/** What a reader's message weighs, in bytes. */
export function messageBytes({ prepared }: Draft): number {
  const token = 'k'.repeat(60);
  const link = `https://news.example.org/unsubscribe/${token}`;
  return compileMessages(prepared.edition)({
    to: { name: 'Reader 12345', address: 'small12345@host45.example.org' },
    reader: { email: 'small12345@host45.example.org', name: 'Reader 12345', language: null, attributes: {} },
    links: { unsubscribe: link, preferences: link, view: link },
    messageId: `1.12345.12345678@example.org`,
    deliveryId: token,
    date: new Date(),
  }).length;
}

export async function send(program: Program, { id, name, prepared }: Draft): Promise<void> {
  const relay = relayFor(program.relays, null);
  await startSending(program.db, program.wakeUps, program.log, {
    issueId: id,
    name,
    edition: prepared.edition,
    relay,
  });
}

export async function untilSent({ db }: Program, issueId: number, withinMs: number): Promise<void> {
  const state = () =>
    db
      .selectFrom('issues')
      .select(['state', 'reason_code'])
      .where('id', '=', issueId)
      .executeTakeFirstOrThrow();
  await until('the issue is sent', async () => (await state()).state === 'sent', {
    withinMs,
    everyMs: 100,
    found: state,
  });
}

export interface LedgerSays {
  accepted: number;
  /** Between the first and the last acceptance. */
  perSecond: number;
  /** From the send to the first acceptance. */
  firstMs: number;
}

export async function ledgerSays(db: Db, issueId: number): Promise<LedgerSays> {
  const { rows } = await sql<LedgerSays>`
    SELECT count(*)::int AS accepted,
      ((count(*) - 1) / extract(epoch FROM max(d.moved_at) - min(d.moved_at)))::float8 AS "perSecond",
      (extract(epoch FROM min(d.moved_at) - min(s.sending_since)) * 1000)::float8 AS "firstMs"
    FROM deliveries d JOIN sends s ON s.issue_id = d.issue_id
    WHERE d.issue_id = ${issueId} AND d.state = 'accepted'`.execute(db);
  return rows[0]!;
}
