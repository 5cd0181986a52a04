/** What writing people and suppressions takes and returns. */
import type { Keys } from '../../consent/keys.ts';
import type { WaitClock } from '../../consent/unsubscribe.ts';
import type { Db, Trx } from '../../db/connection.ts';
import type { AttributeTypes } from '../segments/attributes.ts';

/** Includes what waiting for mails on the wire needs. */
export interface StoreContext {
  db: Db;
  keys: Keys;
  clock: WaitClock;
}

export type StoreOutcome = 'added' | 'updated' | 'unchanged' | 'keptOut';

export interface StoreResult<Outcome extends string = StoreOutcome> {
  outcome: Outcome;
  /** Why they were kept out, in words for the operator. */
  why: string | null;
}

/** Called before the commit, with the results in the order of the people. */
export type Recorder<Outcome extends string> = (
  trx: Trx,
  results: readonly StoreResult<Outcome>[],
) => Promise<void>;

export interface StoreOptions {
  newsletterId: number;
  /** Where these people said yes, for their consent records. Null: they have not said yes, and become pending. */
  confirmedBy: string | null;
  /** Types of the attributes in these and earlier rows; left out: they are read here. */
  types?: AttributeTypes;
  record?: Recorder<StoreOutcome>;
  /** Writes nothing, but returns the same outcomes. */
  dryRun?: boolean;
}
