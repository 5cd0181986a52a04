/** Whether an issue may be mailed at a given time, by what its source states about being published. */
import type { Document, SourceStatement } from './document.ts';

export interface PublicationHold extends SourceStatement {
  /** Completes the sentence that quotes the statement. */
  why: string;
}

/** Empty when nothing holds the issue back. `at` is when it would be mailed. */
export function publicationHolds(
  { publication }: Pick<Document, 'publication'>,
  at: Date,
): PublicationHold[] {
  if (!publication) return [];
  const { held, from, until } = publication;
  return [
    ...held.map((each) => ({ ...each, why: 'its site does not publish it' })),
    ...(from && at < new Date(from.at) ? [{ ...from, why: `it is not published before ${from.at}` }] : []),
    ...(until && at >= new Date(until.at) ? [{ ...until, why: `it expired at ${until.at}` }] : []),
  ];
}
