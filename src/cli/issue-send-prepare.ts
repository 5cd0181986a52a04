/** What sending and testing check alike before anything leaves. */
import { errorsIn } from '../checks/run.ts';
import type { Prepared } from '../delivery/prepare.ts';
import { Refused } from '../errors.ts';
import type { Message } from '../issue/document.ts';
import type { FoundIssue } from '../issue/find.ts';
import { formatMessage } from '../issue/format.ts';
import type { Program } from '../wire.ts';

/** Rendering and sending are large, so they are loaded by the commands that need them. */
export async function prepare(wire: Program, found: FoundIssue): Promise<Prepared> {
  const { prepareIssue } = await import('../delivery/prepare.ts');
  const { publicUrl, mediaUrl } = wire.config;
  return prepareIssue(wire.db, { publicUrl, mediaUrl, emails: wire.emails }, found);
}

/** What cannot be read cannot be tried either; what checks find may well be tried, by a test message. */
export function refuseUnreadable(found: FoundIssue, { document }: Prepared): void {
  const errors = errorsIn(document.messages);
  if (errors.length > 0) throw new Refused('issue-errors', listed(found, errors));
}

/** Errors stop a send, unless it is forced. The rules that were overridden are given back, each once. */
export function refuseUnsendable(
  found: FoundIssue,
  { messages, document }: Prepared,
  force: boolean,
): string[] {
  const errors = errorsIn(messages);
  if (errors.length > 0 && !force)
    throw new Refused(
      'issue-errors',
      `${listed(found, errors)}\nnothing was sent: mend that and import the issue again, or send it all the same with --force`,
    );
  if (document.draft)
    throw new Refused(
      'marked-draft',
      `${found.source_name} says "draft: true"; take that out and import it again`,
    );
  return [...new Set(errors.map(({ rule }) => rule))];
}

const listed = ({ source_name }: FoundIssue, messages: readonly Message[]): string =>
  messages.map((message) => formatMessage(source_name, message)).join('\n');
