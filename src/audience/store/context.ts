/** What writing people and suppressions takes and returns. */
import type { Keys } from '../../consent/keys.ts';
import type { WaitClock } from '../../consent/unsubscribe.ts';
import type { Db } from '../../db/connection.ts';
import type { AttributeTypes } from '../segments/attributes.ts';

/** Includes what waiting for mails on the wire needs. */
export interface StoreContext {
  db: Db;
  keys: Keys;
  clock: WaitClock;
}

export type StoreOutcome = 'added' | 'updated' | 'unchanged' | 'keptOut';

export interface StoreOptions {
  newsletterId: number;
  /** Where these people said yes, for their consent records. Null: they have not said yes, and become pending. */
  confirmedBy: string | null;
  /** What is known of the attributes from the rows before; left out: nothing. */
  types?: AttributeTypes;
  /** Writes nothing, but returns the same outcomes. */
  dryRun?: boolean;
}
