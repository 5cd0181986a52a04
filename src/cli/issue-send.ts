/** `postrider issue send|status|pause|resume|cancel|reset|deliveries|reconcile|test`: a send and its steering. */
import type { Command } from 'commander';
import { readAddress } from '../consent/identity.ts';
import type { Prepared } from '../delivery/prepare.ts';
import { countAudience, relayFor, startSending } from '../delivery/send.ts';
import { cancelIssue, pauseIssue, resetIssue, resumeIssue } from '../delivery/steer.ts';
import { Refused, Usage } from '../errors.ts';
import { type FoundIssue, findIssue } from '../issue/find.ts';
import { formatMessage } from '../issue/format.ts';
import { settleUnknown } from '../ledger/doubt.ts';
import { messageId } from '../ledger/message-id.ts';
import { type Outcome, outcomes, people } from '../ledger/people.ts';
import type { Edition } from '../render/edition.ts';
import { type IssueStatus, issueStatus } from '../stats/status.ts';
import type { Program } from '../wire.ts';
import { askYes } from './confirm.ts';
import { type OpenContext, out, tell, wantsJson } from './shared.ts';
import { stopSignal } from './signals.ts';
import { facts } from './text.ts';

export function issueSendCommands(issue: Command, open: OpenContext): void {
  const json = ['--json', 'one JSON value on standard output'] as const;
  const steer = (name: string, what: string, act: (wire: Program, found: FoundIssue) => Promise<void>) =>
    issue
      .command(`${name} <issue>`)
      .description(what)
      .option(...json)
      .action(async (reference: string) => {
        const { wire } = await open();
        const found = await findIssue(wire.db, reference);
        await act(wire, found);
        show(await issueStatus(wire.db, found.id));
      });
  issue
    .command('test <issue> <address...>')
    .description('Sends a test message, marked as such, outside the ledger.')
    .option(...json)
    .action((reference, addresses) => test(open, reference, addresses));
  issue
    .command('send <issue>')
    .description('Freezes the issue and sends it to every confirmed subscriber, once.')
    .option('--wait', 'show how it goes on, until it is sent')
    .option('--yes', 'do not ask')
    .option(...json)
    .action((reference, options) => send(open, reference, options));
  steer('status', 'How a send stands.', async () => {});
  steer('pause', 'Nothing new goes out after 2 seconds.', pause);
  steer('resume', 'Goes on with a paused send.', resume);
  steer('cancel', 'Ends a send for good: those who wait are skipped.', cancel);
  steer('reset', 'Makes a rehearsal a draft again.', (wire, found) => resetIssue(wire.db, found.id));
  issue
    .command('deliveries <issue>')
    .description('The ledger, one line of JSON a person.')
    .option('--outcome <outcome>', outcomes.join(', '))
    .option(...json)
    .action((reference, options) => deliveries(open, reference, options));
  issue
    .command('reconcile <issue> [addresses...]')
    .description('Settles the unknowns: all of them, or those of the given addresses.')
    .option('--accept', 'they arrived')
    .option('--resend', 'send them again, under the same Message-ID')
    .option(...json)
    .action((reference, addresses, options) => reconcile(open, reference, addresses, options));
}

interface SendOptions {
  wait?: boolean;
  yes?: boolean;
}

async function send(open: OpenContext, reference: string, options: SendOptions): Promise<void> {
  const { wire } = await open();
  const found = await findIssue(wire.db, reference);
  if (found.state !== 'draft')
    throw new Refused(
      'issue-not-draft',
      `${found.name} is ${found.state} already; nothing was changed (see postrider issue status ${found.name})`,
    );
  const prepared = await prepare(wire, found);
  for (const message of prepared.messages) if (!wantsJson()) tell(formatMessage(found.source_name, message));
  refuseUnsendable(found, prepared);
  const audience = await countAudience(wire.db, found.newsletter_id);
  if (audience === 0)
    throw new Refused(
      'empty-audience',
      `${found.newsletter} has no confirmed subscribers, so there is nobody to send to; see postrider subscriber import --help`,
    );
  const relay = relayFor(wire.relays, prepared.newsletter.relay);
  if (!(await agreed(prepared.edition, audience, relay.settings.name, relay.rehearsal, options))) {
    throw new Refused('not-confirmed', 'nothing was sent');
  }
  await startSending(wire.db, wire.bells, wire.log, {
    issueId: found.id,
    name: found.name,
    edition: prepared.edition,
    relay,
  });
  if (!options.wait) return show(await issueStatus(wire.db, found.id));
  await wait(wire, found);
}

/** Rendering and sending are large, so they are loaded by the commands that need them. */
async function prepare(wire: Program, found: FoundIssue): Promise<Prepared> {
  const { prepareIssue } = await import('../delivery/prepare.ts');
  const { publicUrl, mediaUrl } = wire.config;
  return prepareIssue(wire.db, { publicUrl, mediaUrl, emails: wire.emails }, found);
}

function refuseUnsendable(found: FoundIssue, prepared: Prepared): void {
  const errors = prepared.messages.filter((message) => message.severity === 'error');
  if (errors.length > 0)
    throw new Refused('issue-errors', errors.map((e) => formatMessage(found.source_name, e)).join('\n'));
  if (prepared.document.draft)
    throw new Refused(
      'marked-draft',
      `${found.source_name} says "draft: true"; take that out and import it again`,
    );
}

/** On a terminal a person sees what is about to happen and must say yes; `--yes`, `--json` or no terminal do not ask. */
async function agreed(
  edition: Edition,
  audience: number,
  relay: string,
  rehearsal: boolean,
  options: SendOptions,
): Promise<boolean> {
  const what = facts([
    ['from', `${edition.from.name} <${edition.from.address}>`],
    ['subject', edition.subject],
    ['audience', `${audience} confirmed subscribers`],
    ['relay', rehearsal ? `${relay} (a rehearsal: nothing leaves this machine)` : relay],
  ]);
  if (!wantsJson()) tell(what);
  if (options.yes || wantsJson() || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  return askYes('Send it?');
}

/** Ctrl-C leaves the send running. */
async function wait(wire: Program, found: FoundIssue): Promise<void> {
  const { watchIssue } = await import('./watch.ts');
  const { status, served } = await watchIssue(wire, found.id, stopSignal().signal);
  show(status);
  if (!served)
    throw new Refused(
      'no-worker',
      'no worker is alive, so nothing is sent yet; start one: postrider worker (or postrider start)',
    );
  if (status.state === 'paused' || status.state === 'cancelled') process.exitCode = 1;
}

function show(status: IssueStatus): void {
  const { counts } = status;
  const lines = facts([
    ['issue', status.issue],
    [
      'state',
      `${status.state}${status.rehearsal ? ' (rehearsal: built-in inbox)' : ''}${status.reason ? `: ${status.reason}` : ''}`,
    ],
    ...Object.entries(counts).map(([name, count]) => [name, String(count)] as const),
    ...(status.deferred > 0 ? [['deferred', `${status.deferred}, until ${status.retryUntil}`] as const] : []),
    ...(status.rate === null ? [] : [['rate', `${status.rate}/s`] as const]),
    ...(status.eta === null ? [] : [['eta', `${status.eta} s`] as const]),
  ]);
  out(status, lines);
}

async function pause(wire: Program, found: FoundIssue): Promise<void> {
  if (await pauseIssue(wire.db, found.id, 'editor', 'paused by the editor')) return;
  throw new Refused(
    'issue-not-sending',
    `${found.name} is ${found.state}, only a running send can be paused`,
  );
}

async function resume(wire: Program, found: FoundIssue): Promise<void> {
  if (!(await resumeIssue(wire.db, found.id)))
    throw new Refused(
      'issue-not-paused',
      `${found.name} is ${found.state}, only a paused send can be resumed`,
    );
  await wire.bells.ring([{ v: 1, issue: found.id, lane: 'plan', slot: 0, turn: 'a' }]).catch(() => {});
}

async function cancel(wire: Program, found: FoundIssue): Promise<void> {
  if ((await cancelIssue(wire.db, found.id)) !== null) return;
  throw new Refused(
    'issue-not-running',
    `${found.name} is ${found.state}, only a scheduled or running send can be cancelled`,
  );
}

async function deliveries(
  open: OpenContext,
  reference: string,
  options: { outcome?: string },
): Promise<void> {
  const outcome = options.outcome ?? null;
  if (outcome !== null && !outcomes.includes(outcome as Outcome))
    throw new Usage(`--outcome: expected ${outcomes.join(', ')}, got "${outcome}"`);
  const { wire } = await open();
  const found = await findIssue(wire.db, reference);
  const label = await editionLabel(wire, found);
  for await (const line of people(wire.db, found.id, outcome as Outcome | null)) {
    const { email, reason, reply, attempts, at } = line;
    const id = label === null ? null : `<${messageId(found.id, line.id, label.hash, label.domain)}>`;
    const printed = JSON.stringify({
      email,
      outcome: line.outcome,
      reason,
      reply,
      messageId: id,
      attempts,
      at,
      state: line.state,
    });
    if (!process.stdout.write(`${printed}\n`))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

/** What the Message-IDs of an issue have in common. */
async function editionLabel(
  wire: Program,
  found: FoundIssue,
): Promise<{ hash: string; domain: string } | null> {
  if (found.edition_id === null) return null;
  const row = await wire.db
    .selectFrom('editions')
    .select('content')
    .where('id', '=', found.edition_id)
    .executeTakeFirstOrThrow();
  const edition = row.content as Edition;
  return { hash: edition.hash.slice(0, 8), domain: edition.from.address.split('@').at(-1)! };
}

async function reconcile(
  open: OpenContext,
  reference: string,
  addresses: string[],
  options: { accept?: boolean; resend?: boolean },
): Promise<void> {
  if (Boolean(options.accept) === Boolean(options.resend))
    throw new Usage('give one of --accept (they arrived) and --resend (send them again)');
  const { wire } = await open();
  const found = await findIssue(wire.db, reference);
  const identities =
    addresses.length === 0 ? null : addresses.map((address) => readAddress(address).identity);
  const moved = await settleUnknown(
    wire.db,
    found.id,
    options.accept ? 'accept' : 'resend',
    'editor',
    identities,
  );
  tell(`${moved} unknown ${moved === 1 ? 'delivery' : 'deliveries'} settled`);
  if (options.resend && moved > 0) await sendAgain(wire, found.id);
  show(await issueStatus(wire.db, found.id));
}

/** A sent issue with work again is sending again; the sweeper rings its lanes. */
async function sendAgain(wire: Program, issueId: number): Promise<void> {
  await wire.db
    .updateTable('issues')
    .set({ state: 'sending', sent_at: null, served_at: new Date() })
    .where('id', '=', issueId)
    .where('state', '=', 'sent')
    .execute();
}

async function test(open: OpenContext, reference: string, addresses: string[]): Promise<void> {
  const { wire } = await open();
  const found = await findIssue(wire.db, reference);
  const prepared = await prepare(wire, found);
  refuseUnsendable({ ...found }, { ...prepared, document: { ...prepared.document, draft: false } });
  const relay = relayFor(wire.relays, prepared.newsletter.relay);
  const { sendTest } = await import('../delivery/test-message.ts');
  const sent = await sendTest(relay, wire.clock, prepared.edition, addresses, wire.config.publicUrl);
  out(
    { issue: found.name, sent },
    sent.map((one) => `${one.accepted ? 'accepted' : 'refused '} ${one.email}  ${one.reply}`).join('\n'),
  );
  if (sent.some((one) => !one.accepted)) process.exitCode = 1;
}
