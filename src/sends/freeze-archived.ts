/** An issue that is imported straight to the archive is never sent, so its edition is frozen at import. */
import type { Db } from '../db/connection.ts';
import { findIssue } from '../issue/find.ts';
import type { EmailFiles } from '../render/theme/email-files.ts';
import { prepareIssue } from './prepare.ts';

/** Nothing happens to one that has its edition, or is not of the archive. `name`: `weekly/2026-11-23`. */
export async function freezeArchived(
  db: Db,
  places: { publicUrl: string; mediaUrl: string | null; emails: EmailFiles },
  name: string,
): Promise<void> {
  const found = await findIssue(db, name);
  if (found.state !== 'archived' || found.edition_id !== null) return;
  const { edition } = await prepareIssue(db, places, found);
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
