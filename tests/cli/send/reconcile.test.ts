import { expect, test, vi } from 'vitest';
import type { CliContext } from '../../../src/cli/context.ts';
import { reconcile } from '../../../src/cli/send/reconcile.ts';
import { finishIssue } from '../../../src/sends/finish.ts';
import { issueStatus } from '../../../src/stats/status.ts';
import { mark, plannedIssue, rowsOf, settle, store } from '../../ledger/fixtures.ts';
import { useWorker } from '../../ledger/use-worker.ts';

const { db, worker } = useWorker(60_000);

/** An issue that is sent, with one of two deliveries unknown. */
async function sentWithUnknown(): Promise<number> {
  const { issue } = await plannedIssue(db(), 2);
  const [first, second] = await rowsOf(db(), issue);
  for (const { id } of [first!, second!]) await mark(db(), issue, worker(), id);
  await store(db(), issue, worker(), settle(first!.id, 1));
  await store(db(), issue, worker(), settle(second!.id, 1, { state: 'unknown', reason: 'no-reply' }));
  expect(await finishIssue(db(), issue)).toBe(true);
  return issue;
}

const run = (issue: number, options: { accept?: boolean; resend?: boolean }) => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const program = { db: db() } as unknown as CliContext['program'];
  const open = async () => ({ program, out: () => {}, close: async () => {} });
  return reconcile(open, String(issue), [], { relayLog: [], ...options }).finally(() => vi.restoreAllMocks());
};

test('--resend plans the unknown of a sent issue again, and the issue sends again', async () => {
  const issue = await sentWithUnknown();
  await run(issue, { resend: true });
  expect(await issueStatus(db(), issue)).toMatchObject({
    state: 'sending',
    counts: { accepted: 1, unknown: 0, waiting: 1 },
  });
});

test('--accept settles the unknown, and the issue stays sent', async () => {
  const issue = await sentWithUnknown();
  await run(issue, { accept: true });
  expect(await issueStatus(db(), issue)).toMatchObject({
    state: 'sent',
    counts: { accepted: 2, unknown: 0, waiting: 0 },
  });
});
