/** Log lines of services that changed issues. */
import { issueName } from '../../../sends/issue-name.ts';
import type { HousekeepingContext } from './service.ts';

/** Writes one line per issue, under the name that commands take. */
export async function logIssues(
  { db, log }: Pick<HousekeepingContext, 'db' | 'log'>,
  level: 'info' | 'warn',
  issues: Iterable<number>,
  text: string,
): Promise<void> {
  for (const id of issues) log[level]({ issue: await issueName(db, id) }, text);
}
