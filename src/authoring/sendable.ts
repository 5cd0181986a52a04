/** Whether a prepared issue may be tried or sent. */
import { errorsIn } from '../checks/check-issue.ts';
import { Refused } from '../errors.ts';
import { type PublicationHold, publicationHolds } from '../issue/document/publication.ts';
import type { FoundIssue } from '../issue/find.ts';
import { formatMessages, refuseErrors } from './messages.ts';
import type { PreparedIssue } from './prepare-issue.ts';

type Named = Pick<FoundIssue, 'sourceName'>;

/** For test messages: an issue with faults that checks find may be tried, one that cannot be read may not. */
export function refuseUnreadable({ sourceName }: Named, { document }: PreparedIssue): void {
  refuseErrors(sourceName, document.messages);
}

/**
 * Errors stop a send unless it is forced; then the rules that were overridden are returned, each once. Front matter
 * that keeps the issue unpublished on its site at the time of the send always stops it.
 */
export function refuseUnsendable(
  found: Named,
  { messages, document }: Pick<PreparedIssue, 'messages' | 'document'>,
  force: boolean,
  startsAt: Date,
): string[] {
  const errors = errorsIn(messages);
  if (errors.length > 0 && !force)
    throw new Refused(
      'issue-errors',
      `${formatMessages(found.sourceName, errors)}\nnothing was sent: fix that and import the issue again, or send it anyway with --force`,
    );
  const [kept] = publicationHolds(document, startsAt);
  if (kept) throw new Refused('marked-draft', sayKeptBack(found, kept));
  return [...new Set(errors.map(({ rule }) => rule))];
}

function sayKeptBack({ sourceName }: Named, { line, said, why }: PublicationHold): string {
  if (line === null) return `${sourceName} is in ${said}, and ${why}; import it from elsewhere`;
  return `${sourceName}:${line} says "${said}", and ${why}; remove that and import it again`;
}
