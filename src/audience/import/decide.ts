/** Decides what each person of an import becomes. */

import type { Person } from '../person/person.ts';
import { rankOf, type Statement, type Status, strongest } from '../status/status.ts';
import type { Row } from './read-rows.ts';

export interface Decision {
  line: number;
  person: Person;
  status: Status;
  /** The statement that decided it. */
  reason: Statement;
}

const NO_STATEMENT: Statement = { status: 'unknown', column: null, word: '', at: null, evidence: null };

/** The status of people about whom no column says anything. */
export function defaultStatus(options: { source: string | null; unsubscribed?: boolean }): Status {
  if (options.unsubscribed) return 'left';
  return options.source === null ? 'unconfirmed' : 'mailable';
}

/**
 * The strongest statement about the person in all rows and files decides, within what the operator said about the whole
 * import. `known`: the strongest statement of the survey.
 */
export function decide(base: Status, { line, person, statement }: Row, known: Statement | null): Decision {
  const reason = strongest(statement, known) ?? NO_STATEMENT;
  const stated = rankOf(reason.status) < rankOf('unknown') ? reason.status : base;
  const status = base === 'left' && stated !== 'complained' ? 'left' : stated;
  return { line, person, status, reason: reason.status === status ? reason : NO_STATEMENT };
}
