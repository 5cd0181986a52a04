/** Freezes the edition of an archived issue at import, since it is never sent. */
import type { Db } from '../db/connection.ts';
import { findIssue } from '../issue/find.ts';
import { type PrepareContext, prepareIssue } from './prepare-issue.ts';

/** Does nothing for an issue that has its edition already, or is not archived. `name`: `weekly/2026-11-23`. */
export async function freezeArchived(db: Db, context: PrepareContext, name: string): Promise<void> {
  const found = await findIssue(db, name);
  if (found.state !== 'archived' || found.editionId !== null) return;
  const { edition } = await prepareIssue(db, context, found);
  await db.transaction().execute(async (trx) => {
    const issue = trx.selectFrom('issues').select('edition_id').where('id', '=', found.id);
    const { edition_id } = await issue.forNoKeyUpdate().executeTakeFirstOrThrow();
    if (edition_id !== null) return;
    const { id } = await trx
      .insertInto('editions')
      .values({ hash: edition.hash, content: JSON.stringify(edition) })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx.updateTable('issues').set({ edition_id: id }).where('id', '=', found.id).execute();
  });
}
