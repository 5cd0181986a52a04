/** A newsletter with confirmed readers and a draft, ready to be sent. */

import type { Db } from '../../src/db/connection.ts';
import { reasonText } from '../../src/issue/reason.ts';
import { builtInLanes } from '../../src/ledger/lanes/lanes.ts';
import { planPage } from '../../src/ledger/plan.ts';
import type { Relay } from '../../src/ports.ts';
import type { Edition } from '../../src/render/edition/edition.ts';
import type { SendOrder } from '../../src/sends/start.ts';
import { insertIssue, insertNewsletter, insertReaders } from '../helpers/rows.ts';

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

export interface DraftWithReaders {
  newsletterId: number;
  order: SendOrder;
}

export async function draftWithReaders(db: Db, readers: number): Promise<DraftWithReaders> {
  const newsletterId = await insertNewsletter(db);
  const id = await insertIssue(db, newsletterId, { slug: 'one' });
  await addReaders(db, newsletterId, 0, readers);
  return { newsletterId, order: { issueId: id, name: 'weekly/one', edition, relay } };
}

/** Confirms readers with the numbers from `from` up to, but not including, `to`. */
export async function addReaders(db: Db, newsletterId: number, from: number, to: number): Promise<void> {
  const emails = Array.from({ length: to - from }, (_, at) => `r${from + at}.${newsletterId}@example.com`);
  await insertReaders(db, newsletterId, emails);
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
