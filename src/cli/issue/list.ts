/** `postrider issue list`. */
import { type ListedIssue, listIssues } from '../../issue/find.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { table } from '../text.ts';
import type { NewsletterOption } from './context.ts';

export async function list(open: OpenContext, options: NewsletterOption): Promise<void> {
  const { program } = await open();
  const issues = await listIssues(program.db, options.newsletter ?? null);
  out(
    issues,
    table(
      ['issue', 'state', 'audience', 'time', 'title'],
      issues.map((i) => [i.name, i.state, i.audience === null ? '' : String(i.audience), timeOf(i), i.title]),
    ),
  );
}

/** In the newsletter's time zone; for an issue without a time yet, its date. */
function timeOf({ at, date, timezone }: ListedIssue): string {
  if (at === null) return date ?? '';
  const options = { dateStyle: 'short', timeStyle: 'short', timeZone: timezone } as const;
  return new Intl.DateTimeFormat('sv', options).format(at);
}
