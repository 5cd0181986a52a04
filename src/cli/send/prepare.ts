/** What sending and testing check alike before anything leaves. */

import type { Program } from '../../bootstrap.ts';
import { errorsIn } from '../../checks/check-issue.ts';
import { Refused } from '../../errors.ts';
import type { Message } from '../../issue/document/document.ts';
import { formatMessage } from '../../issue/document/format.ts';
import { type KeptBack, keptBack } from '../../issue/document/publication.ts';
import type { FoundIssue } from '../../issue/find.ts';
import type { Prepared } from '../../sends/prepare.ts';

/** Rendering and sending are large, so they are loaded by the commands that need them. */
export async function prepare(wire: Program, found: FoundIssue): Promise<Prepared> {
  const { prepareIssue } = await import('../../sends/prepare.ts');
  const { publicUrl, mediaUrl } = wire.config;
  return prepareIssue(wire.db, { publicUrl, mediaUrl, emails: wire.emails, now: wire.clock.now() }, found);
}

/** What cannot be read cannot be tried either; what checks find may well be tried, by a test message. */
export function refuseUnreadable(found: FoundIssue, { document }: Prepared): void {
  const errors = errorsIn(document.messages);
  if (errors.length > 0) throw new Refused('issue-errors', listed(found, errors));
}

/**
 * Errors stop a send, unless it is forced. What keeps the issue back on its site when the send starts stops it in any
 * case. The rules that were overridden are given back, each once.
 */
export function refuseUnsendable(
  found: FoundIssue,
  { messages, document }: Prepared,
  force: boolean,
  startsAt: Date,
): string[] {
  const errors = errorsIn(messages);
  if (errors.length > 0 && !force)
    throw new Refused(
      'issue-errors',
      `${listed(found, errors)}\nnothing was sent: mend that and import the issue again, or send it all the same with --force`,
    );
  const [kept] = keptBack(document, startsAt);
  if (kept) throw new Refused('marked-draft', sayKept(found, kept));
  return [...new Set(errors.map(({ rule }) => rule))];
}

function sayKept({ source_name }: FoundIssue, { line, said, why }: KeptBack): string {
  if (line === null) return `${source_name} lies in ${said}, and ${why}; import it from elsewhere`;
  return `${source_name}:${line} says "${said}", and ${why}; take that out and import it again`;
}

const listed = ({ source_name }: FoundIssue, messages: readonly Message[]): string =>
  messages.map((message) => formatMessage(source_name, message)).join('\n');
