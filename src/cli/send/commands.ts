/**
 * `postrider issue test|send|status|pause|resume|cancel|reset|deliveries|reconcile|retry|thin`: sends an issue and
 * manages the send.
 */
import type { Command } from 'commander';
import type { Program } from '../../bootstrap.ts';
import { Refused } from '../../errors.ts';
import { type FoundIssue, findIssue } from '../../issue/find.ts';
import { byEditor } from '../../issue/reason.ts';
import { outcomes } from '../../ledger/per-person.ts';
import { retryableReasons } from '../../ledger/retry-refused.ts';
import { pauseIssue } from '../../sends/pause.ts';
import { cancelIssue, resetIssue, resumeIssue } from '../../sends/resume-cancel.ts';
import type { OpenContext } from '../context.ts';
import { compactLedgers } from './compact.ts';
import { printDeliveries, retry } from './deliveries.ts';
import { reconcile } from './reconcile.ts';
import { send } from './send.ts';
import { showRecounted, showStatus } from './show-status.ts';
import { sendTests } from './test.ts';
import { unconfirmedOf } from './unconfirmed.ts';

const json = ['--json', 'one JSON value on standard output'] as const;

export function issueSendCommands(issue: Command, open: OpenContext): void {
  issue
    .command('test <issue> <address...>')
    .description('Sends a test message, marked as such, outside the ledger.')
    .option('--as <address>', 'fill slots with the name and attributes of this subscriber')
    .option(...json)
    .action((reference, addresses, options) => sendTests(open, reference, addresses, options));
  sendCommand(issue, open);
  controlCommands(issue, open);
  ledgerCommands(issue, open);
}

function sendCommand(issue: Command, open: OpenContext): void {
  issue
    .command('send <issue>')
    .description('Freezes the issue and sends it to every confirmed subscriber, once.')
    .option('--at <time>', "when: 2026-11-24T08:00 (the newsletter's time zone) or 2026-11-24T08:00+01:00")
    .option(
      '--delay <duration>',
      'send it after this time (10m, 2h, 1d); until then, issue cancel takes it back',
    )
    .option(
      '--catch-up <duration>',
      'also send it to people who confirm within this time after the send, e.g. 24h',
    )
    .option(
      '--expires <time>',
      'send it to nobody after this time: a time as for --at, or a duration after the start, e.g. 24h',
    )
    .option('--canary <first>', 'send it first to this many people, or to a share such as 5%')
    .option('--canary-wait <duration>', 'how long the others wait (default: 30m)')
    .option('--canary-approve', 'the others wait until issue resume')
    .option('--only-reached-by <issue>', 'a correction: send it only to people whom that issue reached')
    .option('--segment <segment>', 'only to these readers: the name of a segment, or an expression')
    .option('--and-unknown', 'with --only-reached-by: also to people for whom that is unknown')
    .option(
      '--dry-run',
      'compose every message, report sizes and missing values; send nothing, write nothing',
    )
    .option('--wait', 'show progress until it is sent, or all that is left is deferred')
    .option('--wait=sent', 'the same, until it is sent')
    .option('--yes', 'do not ask for confirmation')
    .option('--force', 'send despite errors; the audit log names each rule that is overridden')
    .option(...json)
    .action((reference, options) => send(open, reference, options));
}

function controlCommands(issue: Command, open: OpenContext): void {
  issue
    .command('status <issue>')
    .description('Shows the progress of a send.')
    .option('--recount', 'also count every row of the ledger, and compare the counters')
    .option(...json)
    .action(async (reference: string, options: { recount?: boolean }) => {
      const { program } = await open();
      const found = await findIssue(program.db, reference);
      if (options.recount) await showRecounted(program.db, found.id);
      else await showStatus(program.db, found.id, await unconfirmedOf(program, found.id));
    });
  const control = (name: string, what: string, act: (program: Program, found: FoundIssue) => Promise<void>) =>
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
  control('pause', 'Pauses a send: after 2 seconds nothing new goes out.', pause);
  control('resume', 'Resumes a paused send.', resume);
  control(
    'cancel',
    'Makes a scheduled issue a draft again. Ends a running send for good; people still waiting are skipped.',
    cancel,
  );
  control('reset', 'Makes a rehearsal a draft again.', (program, found) => resetIssue(program.db, found.id));
}

function ledgerCommands(issue: Command, open: OpenContext): void {
  issue
    .command('deliveries <issue>')
    .description('Prints the ledger, one line of JSON per person.')
    .option('--outcome <outcome>', outcomes.join(', '))
    .option('--attempts', 'add lane, relay, feedback and every attempt to each line')
    .option(...json)
    .action((reference, options) => printDeliveries(open, reference, options));
  issue
    .command('reconcile <issue> [addresses...]')
    .description('Settles unknown outcomes: all of them, or those of the given addresses.')
    .option('--accept', 'they arrived')
    .option('--resend', 'send them again, under the same Message-ID')
    .option(
      '--relay-log <file>',
      'accept those that this log of Postfix shows as queued (plain or .gz; give it again for rotated files); with --resend, send again those that it proves were missed',
      (file: string, files: string[]) => [...files, file],
      [],
    )
    .option(...json)
    .action((reference, addresses, options) => reconcile(open, reference, addresses, options));
  issue
    .command('thin [issue]')
    .description(
      'Forgets who got an issue and keeps the counts; without an issue, does so for all whose retention time is over.',
    )
    .option('--yes', 'do not ask for confirmation')
    .option(...json)
    .action((reference, options) => compactLedgers(open, reference, options));
  issue
    .command('retry <issue>')
    .description('Tries refused deliveries again after a fix; bad addresses stay refused.')
    .option('--reason <reason>', `only those refused for one of: ${retryableReasons.join(', ')}`)
    .option(...json)
    .action((reference, options) => retry(open, reference, options));
}

async function pause(program: Program, found: FoundIssue): Promise<void> {
  if (await pauseIssue(program.db, found.id, 'editor', byEditor())) return;
  const wayOut =
    found.state === 'scheduled' ? `; take it back with postrider issue cancel ${found.name}` : '';
  throw new Refused(
    'issue-not-sending',
    `${found.name} is ${found.state}; only a running send can be paused${wayOut}`,
  );
}

async function resume(program: Program, found: FoundIssue): Promise<void> {
  if (!(await resumeIssue(program.db, found.id)))
    throw new Refused(
      'issue-not-paused',
      `${found.name} is ${found.state}; only a paused send can be resumed`,
    );
  await program.wakeUps.wake([{ v: 1, issue: found.id, lane: 'plan', slot: 0, turn: 'a' }]).catch(() => {});
}

async function cancel(program: Program, found: FoundIssue): Promise<void> {
  if ((await cancelIssue(program.db, found.id)) !== null) return;
  throw new Refused(
    'issue-not-running',
    `${found.name} is ${found.state}; only a scheduled or running send can be cancelled`,
  );
}
