/** `postrider issue test|send|status|pause|resume|cancel|reset|deliveries|reconcile|retry|thin`: a send and its steering. */
import type { Command } from 'commander';
import type { Program } from '../../bootstrap.ts';
import { Refused } from '../../errors.ts';
import { type FoundIssue, findIssue } from '../../issue/find.ts';
import { outcomes } from '../../ledger/per-person.ts';
import { retryableReasons } from '../../ledger/retry-refused.ts';
import { pauseIssue } from '../../sends/pause.ts';
import { cancelIssue, resetIssue, resumeIssue } from '../../sends/resume-cancel.ts';
import type { OpenContext } from '../context.ts';
import { thin } from './compact.ts';
import { printDeliveries, retry } from './deliveries.ts';
import { reconcile } from './reconcile.ts';
import { send } from './send.ts';
import { showRecounted, showStatus } from './show-status.ts';
import { sendTests } from './test.ts';

const json = ['--json', 'one JSON value on standard output'] as const;

export function issueSendCommands(issue: Command, open: OpenContext): void {
  issue
    .command('test <issue> <address...>')
    .description('Sends a test message, marked as such, outside the ledger.')
    .option('--as <address>', 'as this subscriber sees it: their name and attributes')
    .option(...json)
    .action((reference, addresses, options) => sendTests(open, reference, addresses, options));
  sendCommand(issue, open);
  steerCommands(issue, open);
  ledgerCommands(issue, open);
}

function sendCommand(issue: Command, open: OpenContext): void {
  issue
    .command('send <issue>')
    .description('Freezes the issue and sends it to every confirmed subscriber, once.')
    .option('--at <time>', "when: 2026-11-24T08:00 (the newsletter's time zone) or 2026-11-24T08:00+01:00")
    .option('--delay <duration>', 'in a while (10m, 2h, 1d); until then, issue cancel takes it back')
    .option('--catch-up <duration>', 'also to those who confirm this long after the send, e.g. 24h')
    .option(
      '--expires <time>',
      'nobody gets it later than that: a moment as for --at, or 24h after the start',
    )
    .option('--canary <first>', 'a number of people, or a share such as 5%, who get it first')
    .option('--canary-wait <duration>', 'how long the others wait for them (default: 30m)')
    .option('--canary-approve', 'the others wait until issue resume')
    .option('--only-reached-by <issue>', 'a correction: only to those whom that issue has reached')
    .option('--and-unknown', 'with --only-reached-by: also to those of whom that is in doubt')
    .option('--dry-run', 'compose every message, tell sizes and gaps; send nothing, write nothing')
    .option('--wait', 'show how it goes on, until it is sent or all that is left waits for later')
    .option('--wait=sent', 'the same, until it is sent')
    .option('--yes', 'do not ask')
    .option('--force', 'send in spite of errors; the audit log names each rule that is overridden')
    .option(...json)
    .action((reference, options) => send(open, reference, options));
}

function steerCommands(issue: Command, open: OpenContext): void {
  issue
    .command('status <issue>')
    .description('How a send stands.')
    .option('--recount', 'count every row of the ledger too: the counters must agree')
    .option(...json)
    .action(async (reference: string, options: { recount?: boolean }) => {
      const { program } = await open();
      const found = await findIssue(program.db, reference);
      await (options.recount ? showRecounted : showStatus)(program.db, found.id);
    });
  const steer = (name: string, what: string, act: (program: Program, found: FoundIssue) => Promise<void>) =>
    issue
      .command(`${name} <issue>`)
      .description(what)
      .option(...json)
      .action(async (reference: string) => {
        const { program } = await open();
        const found = await findIssue(program.db, reference);
        await act(program, found);
        await showStatus(program.db, found.id);
      });
  steer('pause', 'Nothing new goes out after 2 seconds.', pause);
  steer('resume', 'Goes on with a paused send.', resume);
  steer(
    'cancel',
    'A scheduled send: a draft again. A running one ends for good, those who wait are skipped.',
    cancel,
  );
  steer('reset', 'Makes a rehearsal a draft again.', (program, found) => resetIssue(program.db, found.id));
}

function ledgerCommands(issue: Command, open: OpenContext): void {
  issue
    .command('deliveries <issue>')
    .description('The ledger, one line of JSON a person.')
    .option('--outcome <outcome>', outcomes.join(', '))
    .option('--attempts', 'the whole ledger: each line with its lane, relay, feedback and every attempt')
    .option(...json)
    .action((reference, options) => printDeliveries(open, reference, options));
  issue
    .command('reconcile <issue> [addresses...]')
    .description('Settles the unknowns: all of them, or those of the given addresses.')
    .option('--accept', 'they arrived')
    .option('--resend', 'send them again, under the same Message-ID')
    .option(
      '--relay-log <file>',
      'accept those that this log of Postfix shows as queued (plain or .gz; give it again for rotated files); with --resend, send those again that it proves to have missed',
      (file: string, files: string[]) => [...files, file],
      [],
    )
    .option(...json)
    .action((reference, addresses, options) => reconcile(open, reference, addresses, options));
  issue
    .command('thin [issue]')
    .description(
      'Forgets who got an issue and keeps the counts; without an issue, of all whose time is over.',
    )
    .option('--yes', 'do not ask')
    .option(...json)
    .action((reference, options) => thin(open, reference, options));
  issue
    .command('retry <issue>')
    .description('Tries those again whom the relay refused, after a fix; bad addresses stay refused.')
    .option('--reason <reason>', `only those: ${retryableReasons.join(', ')}`)
    .option(...json)
    .action((reference, options) => retry(open, reference, options));
}

async function pause(program: Program, found: FoundIssue): Promise<void> {
  if (await pauseIssue(program.db, found.id, 'editor', 'paused by the editor')) return;
  const wayOut =
    found.state === 'scheduled' ? `; take it back with postrider issue cancel ${found.name}` : '';
  throw new Refused(
    'issue-not-sending',
    `${found.name} is ${found.state}, only a running send can be paused${wayOut}`,
  );
}

async function resume(program: Program, found: FoundIssue): Promise<void> {
  if (!(await resumeIssue(program.db, found.id)))
    throw new Refused(
      'issue-not-paused',
      `${found.name} is ${found.state}, only a paused send can be resumed`,
    );
  await program.wakeUps.wake([{ v: 1, issue: found.id, lane: 'plan', slot: 0, turn: 'a' }]).catch(() => {});
}

async function cancel(program: Program, found: FoundIssue): Promise<void> {
  if ((await cancelIssue(program.db, found.id)) !== null) return;
  throw new Refused(
    'issue-not-running',
    `${found.name} is ${found.state}, only a scheduled or running send can be cancelled`,
  );
}
