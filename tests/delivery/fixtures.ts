/** A newsletter with confirmed readers and a draft, in a database of its own; what steering is tried on. */

import { sql } from 'kysely';
import type { Db } from '../../src/db/connection.ts';
import { reasonText } from '../../src/issue/reason.ts';
import { builtInLanes } from '../../src/ledger/lanes/lanes.ts';
import { planPage } from '../../src/ledger/plan.ts';
import type { Relay } from '../../src/ports.ts';
import type { Edition } from '../../src/render/edition/edition.ts';
import type { SendOrder } from '../../src/sends/start.ts';

export const edition: Edition = {
  language: 'en',
  subject: 'Number one',
  preheader: '',
  html: '<p>Hello {{default reader.name "friend"}} of {{reader.attributes.city}}, <a href="{{link.unsubscribe}}">leave</a></p>',
  text: 'Hello {{default reader.name "friend"}} of {{reader.attributes.city}}, leave: {{link.unsubscribe}}',
  slots: ['link.unsubscribe', 'reader.attributes.city', 'reader.name'],
  from: { name: 'Weekly', address: 'news@example.org' },
  replyTo: null,
  listId: 'weekly.example.org',
  listName: 'Weekly',
  archiveUrl: null,
  feedbackId: null,
  headers: {},
  hash: 'a'.repeat(64),
};

/** Nobody opens it in these tests. */
export const relay = { settings: { name: 'main', headers: {}, rate: 0 }, rehearsal: false } as Relay;

export interface Ground {
  newsletterId: number;
  order: SendOrder;
}

export async function layGround(db: Db, readers: number): Promise<Ground> {
  const { rows } = await sql<{ newsletter_id: number; id: number }>`
    WITH n AS (
      INSERT INTO newsletters (slug, name, from_name, from_address) VALUES ('weekly-' || gen_random_uuid(), 'Weekly', 'Weekly', 'news@example.org')
      RETURNING id
    )
    INSERT INTO issues (newsletter_id, slug, title, language, source, source_name)
    SELECT id, 'one', 'One', 'en', '', 'one.md' FROM n RETURNING newsletter_id, id`.execute(db);
  const { id, newsletter_id: newsletterId } = rows[0]!;
  await addReaders(db, newsletterId, 0, readers);
  return { newsletterId, order: { issueId: id, name: 'weekly/one', edition, relay } };
}

/** Readers number `from` up to, not including, `to`: confirmed this moment. */
export async function addReaders(db: Db, newsletterId: number, from: number, to: number): Promise<void> {
  await sql`
    WITH p AS (
      INSERT INTO subscribers (identity, email)
      SELECT e, e FROM (SELECT 'r' || n || '.' || ${newsletterId}::bigint || '@example.com' AS e FROM generate_series(${from}::int, ${to - 1}::int) AS n) x
      RETURNING id
    )
    INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at)
    SELECT ${newsletterId}::bigint, id, 'confirmed', clock_timestamp() FROM p`.execute(db);
}

/** The whole plan of a started issue. */
export async function plan(db: Db, issueId: number): Promise<void> {
  while (!(await planPage(db, issueId, builtInLanes, 1_000)).done);
}

/** The issue with its send, where it has one. */
export async function issueRow(db: Db, id: number) {
  const row = await db
    .selectFrom('issues')
    .leftJoin('sends', 'sends.issue_id', 'issues.id')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { ...row, reason: reasonText(row.reason_code, row.reason_detail) };
}
