/** With a database, mails that came back are applied as if they had just arrived. */
import type { Program } from '../../bootstrap.ts';
import { receiveMail } from '../../feedback/intake/receive-mail.ts';
import type { IngestedRecipient } from './ingested.ts';

/** What one mail did. A mail that was applied before changes nothing. */
export async function applyMail(
  { db, keys, clock, log }: Program,
  sources: readonly Buffer[],
): Promise<IngestedRecipient[]> {
  const applied: IngestedRecipient[] = [];
  for (const source of sources)
    applied.push(...(await receiveMail({ db, keys, clock, log }, { source, recipients: [], by: 'cli' })));
  return applied;
}
