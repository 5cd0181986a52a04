import type { PreparedIssue } from '../../authoring/prepare-issue.ts';
import type { Program } from '../../bootstrap.ts';
import type { FoundIssue } from '../../issue/find.ts';

/** Loads rendering only in the commands that need it, since it is large. */
export async function prepare(program: Program, found: FoundIssue): Promise<PreparedIssue> {
  const { prepareIssue } = await import('../../authoring/prepare-issue.ts');
  const { db, emails, clock, config } = program;
  const { publicUrl, mediaUrl } = config;
  return prepareIssue(db, { publicUrl, mediaUrl, emails, now: clock.now() }, found);
}
