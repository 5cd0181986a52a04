/** `postrider issue thin`: the ledger of an issue, or of all whose time is over, becomes counts. */
import { compactIssue } from '../../delivery/housekeeping/pruning/compact-ledgers.ts';
import { Refused } from '../../errors.ts';
import { findIssue } from '../../issue/find.ts';
import { issuesToCompact } from '../../ledger/compact.ts';
import { askYes } from '../confirm.ts';
import type { OpenContext } from '../context.ts';
import { out, wantsJson } from '../output.ts';
import { showStatus } from './show-status.ts';

export async function compactLedgers(
  open: OpenContext,
  reference: string | undefined,
  options: { yes?: boolean },
): Promise<void> {
  const { program } = await open();
  if (reference === undefined) {
    const compacted: number[] = [];
    for (const issue of await issuesToCompact(program.db))
      if (await compactIssue(program.db, issue)) compacted.push(issue);
    return out({ thinned: compacted.length }, `thinned the ledgers of ${compacted.length} issues to counts`);
  }
  const found = await findIssue(program.db, reference);
  if (found.compactedAt === null) {
    const asks = !options.yes && !wantsJson() && process.stdin.isTTY && process.stderr.isTTY;
    if (asks && !(await askYes(`Forget who got ${found.name}, and keep only the counts?`)))
      throw new Refused('not-confirmed', 'nothing was thinned');
    if (!(await compactIssue(program.db, found.id)))
      throw new Refused(
        'issue-not-at-rest',
        `${found.name} is ${found.state}; an issue can be thinned once it is sent or cancelled, nobody waits or may still catch up, no correction of it is under way, and no other process is thinning it`,
      );
  }
  await showStatus(program.db, found.id);
}
