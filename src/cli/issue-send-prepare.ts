/** What sending and testing check alike before anything leaves. */
import type { Prepared } from '../delivery/prepare.ts';
import { Refused } from '../errors.ts';
import type { FoundIssue } from '../issue/find.ts';
import { formatMessage } from '../issue/format.ts';
import type { Program } from '../wire.ts';

/** Rendering and sending are large, so they are loaded by the commands that need them. */
export async function prepare(wire: Program, found: FoundIssue): Promise<Prepared> {
  const { prepareIssue } = await import('../delivery/prepare.ts');
  const { publicUrl, mediaUrl } = wire.config;
  return prepareIssue(wire.db, { publicUrl, mediaUrl, emails: wire.emails }, found);
}

/** `markedDraft`: the source says `draft: true`, which stops a send, not a test. */
export function refuseUnsendable(found: FoundIssue, prepared: Prepared, markedDraft: boolean): void {
  const errors = prepared.messages.filter((message) => message.severity === 'error');
  if (errors.length > 0)
    throw new Refused('issue-errors', errors.map((e) => formatMessage(found.source_name, e)).join('\n'));
  if (markedDraft)
    throw new Refused(
      'marked-draft',
      `${found.source_name} says "draft: true"; take that out and import it again`,
    );
}
