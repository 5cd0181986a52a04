/** `postrider issue send --dry-run`: what would happen, in numbers. */

import type { PreparedIssue } from '../../authoring/prepare-issue.ts';
import type { Program } from '../../bootstrap.ts';
import { type DryRun, dryRun } from '../../delivery/dry-run.ts';
import { relaysWithoutKey } from '../../delivery/relay/dkim/aligned-keys.ts';
import type { FoundIssue } from '../../issue/find.ts';
import { relaysOf } from '../../ledger/relays/route.ts';
import type { SlotReport } from '../../render/slots/missing-slots.ts';
import type { SendOrder } from '../../sends/start.ts';
import { out } from '../output.ts';
import { facts } from '../text.ts';
import { segmentFacts, segmentView } from './segment.ts';

/** Exits with 1 when somebody would be refused. */
export async function printDryRun(
  program: Program,
  found: FoundIssue,
  { newsletter, edition }: PreparedIssue,
  { relay, route, reachedBy, segment }: Pick<SendOrder, 'relay' | 'route' | 'reachedBy' | 'segment'>,
): Promise<void> {
  const { db, keys, clock, config } = program;
  const names = relaysOf(route ?? relay.settings.name);
  const all = { route, relays: program.relays.filter((one) => names.includes(one.settings.name)) };
  const order = {
    issueId: found.id,
    newsletter,
    slug: found.slug,
    edition,
    relay,
    reachedBy,
    segment,
    ...all,
  };
  const report = await dryRun({ db, keys, clock, publicUrl: config.publicUrl }, order);
  const unsigned = relaysWithoutKey(all.relays, edition.from.address);
  const warnings = unsigned.map((warning) => ['DKIM', warning] as const);
  out(
    { issue: found.name, dryRun: true, segment: segmentView(segment), ...report, unsigned },
    facts([...dryRunFacts(found.name, report, clock.now()), ...segmentFacts(segment), ...warnings]),
  );
  if (report.unsendable.count > 0) process.exitCode = 1;
}

function dryRunFacts(name: string, report: DryRun, now: Date): (readonly [name: string, value: string])[] {
  const { audience, lanes, sizes, slots, unsendable } = report;
  return [
    ['issue', `${name} (a dry run: nothing is sent, nothing is written)`],
    ['audience', `${audience} people would be planned now`],
    [
      'lanes',
      Object.entries(lanes)
        .map(([lane, count]) => `${lane} ${count}`)
        .join(', '),
    ],
    ['sizes', sizes ? `median ${sizes.median} bytes, largest ${sizes.largest} bytes` : 'none was composed'],
    ...slots.map((slot) => [`{{${slot.slot}}}`, missingText(slot)] as const),
    ['unsendable', unsendable.count === 0 ? 'none' : `${unsendable.count} would be refused`],
    ...unsendable.first.map(({ email, reason }) => ['', `${email}: ${reason}`] as const),
    ['time', timeText(report, now)],
  ];
}

function missingText({ missing, fallback, guarded }: SlotReport): string {
  if (missing === 0) return 'everybody has a value';
  const instead =
    fallback !== null
      ? `they see "${fallback}"`
      : guarded
        ? 'the template handles that'
        : 'they see nothing there';
  return `${missing} without a value: ${instead}`;
}

function timeText({ seconds, rate, rateFrom }: DryRun, now: Date): string {
  if (seconds === null)
    return 'unknown: the relay has no limit, and no issue to a hundred readers has gone through it yet';
  const end = new Date(now.getTime() + seconds * 1_000).toISOString();
  if (rate === null)
    return `at least ${seconds} s by the limits and the warm-up of its relays, not before ${end} if sent now; how fast they accept mail is not known yet`;
  const from =
    rateFrom === 'limit'
      ? 'at best, within the limits of its relays'
      : 'at the rate of the last issue that went this way';
  return `${seconds} s (${rate}/s ${from}), until ${end} if sent now`;
}
