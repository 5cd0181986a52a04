/** The two mailboxes of an address change say yes; the second one changes the address. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import { moveToIdentity } from '../../ledger/moves/move-to-identity.ts';
import { lockAgainstPlanning } from '../../ledger/unsubscribe-guard.ts';
import type { Keys } from '../keys.ts';
import { lockIdentity, lockPerson, type Person } from '../person.ts';
import { type Origin, writeRecord } from '../record.ts';
import { activeSuppressions, linkSuppressions } from '../suppressions.ts';
import type { AddressRef } from '../tokens.ts';

interface Change {
  email: string;
  identity: string;
  /** Whether this link's mailbox, and the other one, have said yes. */
  own: boolean;
  other: boolean;
}

/** `waiting`: the other mailbox has not said yes yet. `taken`: somebody else has the address here. */
export type AddressOutcome = 'changed' | 'waiting' | 'taken' | 'gone';

/** What the link is about; null when it names nobody here or the change is no longer wanted. */
export async function readAddressChange(db: Db, ref: AddressRef): Promise<Change | null> {
  const [own, other] = ref.side === 'old' ? ['old', 'new'] : ['new', 'old'];
  const { rows } = await sql<Change>`
    SELECT c.email, c.identity, ${sql.ref(`${own}_confirmed_at`)} IS NOT NULL AS own,
      ${sql.ref(`${other}_confirmed_at`)} IS NOT NULL AS other
    FROM address_changes c JOIN subscribers p ON p.id = c.subscriber_id
    WHERE c.id = ${ref.change} AND p.id = ${ref.subscriber} AND p.link_key = ${ref.linkKey}`.execute(db);
  return rows[0] ?? null;
}

export async function confirmAddress(
  trx: Trx,
  keys: Keys,
  ref: AddressRef,
  origin: Origin,
): Promise<AddressOutcome> {
  await lockAgainstPlanning(trx);
  const wanted = await readAddressChange(trx, ref);
  if (!wanted) return 'gone';
  await lockIdentity(trx, wanted.identity);
  const person = await lockPerson(trx, { id: ref.subscriber });
  const change = person && (await readAddressChange(trx, ref));
  if (!change) return 'gone';
  if (person.identity === change.identity) return 'changed';
  const column = `${ref.side}_confirmed_at`;
  await sql`UPDATE address_changes SET ${sql.ref(column)} = coalesce(${sql.ref(column)}, now()) WHERE id = ${ref.change}`.execute(
    trx,
  );
  if (!change.other) return 'waiting';
  if (!(await isFree(trx, keys, change.identity))) return 'taken';
  await apply(trx, keys, person, change);
  await writeRecord(trx, {
    step: 'address-changed',
    subscriberId: person.id,
    newsletterId: null,
    wording: null,
    origin,
  });
  return 'changed';
}

async function isFree(trx: Trx, keys: Keys, identity: string): Promise<boolean> {
  if (await lockPerson(trx, { identity })) return false;
  const suppressions = await activeSuppressions(trx, keys, identity, null);
  return suppressions.every(({ reason }) => reason === 'erased');
}

/** What is suppressed is the mailbox, not the person: the old one's suppressions stay behind, without its address. */
async function apply(trx: Trx, keys: Keys, person: Person, { email, identity }: Change): Promise<void> {
  await sql`UPDATE suppressions SET identity = NULL, subscriber_id = NULL
    WHERE subscriber_id = ${person.id} AND reason <> 'erased'`.execute(trx);
  await moveToIdentity(trx, { from: person.identity, to: identity, email });
  await trx.updateTable('subscribers').set({ email, identity }).where('id', '=', person.id).execute();
  await linkSuppressions(trx, keys, identity, person.id);
  await sql`DELETE FROM address_changes WHERE subscriber_id = ${person.id} AND identity <> ${identity}`.execute(
    trx,
  );
}
