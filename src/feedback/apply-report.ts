/**
 * Applies what came back: finds the delivery, settles it if its outcome was unknown, notes the feedback on it, and does
 * what the policy says. Each recipient of a report is one transaction, and the same report again changes nothing.
 */
import type { Keys } from '../consent/keys.ts';
import type { Db, Trx } from '../db/connection.ts';
import { acceptByEvidence } from '../ledger/evidence.ts';
import { noteFeedback } from '../ledger/feedback/note-feedback.ts';
import { lockAgainstPlanning, waitWhileInFlight } from '../ledger/unsubscribe-guard.ts';
import type { Clock, Log } from '../ports.ts';
import { issueName } from '../sends/issue-name.ts';
import { type FoundDelivery, findDelivery, identitiesOf } from './match.ts';
import { type Action, type Decision, decide, type Facts } from './policy.ts';
import { isLaneSuspect } from './provider-guard.ts';
import type { RecipientReport, Report } from './report.ts';
import { byRules, readRules } from './rules.ts';
import { softFailuresOf } from './soft-failures.ts';
import {
  earlierAction,
  type FeedbackSource,
  hasEnoughUnproven,
  isFirstQuarantined,
  noteAction,
  storeReport,
} from './store.ts';
import { suppressPerson } from './suppress-person.ts';

export interface FeedbackContext {
  db: Db;
  keys: Keys;
  clock: Clock;
  log: Log;
}

/** What became of one recipient of a report. */
export interface Applied extends RecipientReport {
  /** `weekly/2026-11-23/4711`: the issue and the delivery's id; null: none of ours was found. */
  delivery: string | null;
  action: Action | 'duplicate';
}

/**
 * Resolves after the commit, once nothing more can reach the people whom it suppressed. It may be called again for the
 * same report, also at the same time.
 */
export async function applyReport(
  context: FeedbackContext,
  report: Report,
  source: FeedbackSource,
): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const [part, recipient] of report.recipients.entries())
    applied.push(await applyPart(context, report, source, { part, recipient }));
  return applied;
}

interface Part {
  part: number;
  recipient: RecipientReport;
}

async function applyPart(
  context: FeedbackContext,
  { clues }: Report,
  source: FeedbackSource,
  { part, recipient }: Part,
): Promise<Applied> {
  const { db, keys, clock } = context;
  const found = await findDelivery(db, keys, clues, recipient, source.authenticated);
  const what = byRules(await readRules(db), recipient, found?.lane ?? null);
  // A person's mail, which is none of our business.
  if (!found && what.class === 'other') return { ...what, delivery: null, action: 'none' };
  if (!found?.proven && (await hasEnoughUnproven(db)))
    return { ...what, delivery: null, action: found ? 'unproven' : 'unmatched' };
  const delivery = found && `${await issueName(db, found.issue)}/${found.id}`;
  const decision = await db.transaction().execute(async (trx) => {
    await lockAgainstPlanning(trx);
    const id = await storeReport(trx, source, part, what, found);
    return id === null ? null : act(trx, context, { id, what, found, source });
  });
  const earlier = decision ? null : await earlierAction(db, source.digest, part);
  // Also for a repeated report: the process that stored it may have died before it had waited.
  const suppressed = (decision?.action ?? earlier) === 'suppressed';
  if (suppressed && found?.subscriberId) {
    const optOut = { subscriberId: found.subscriberId, newsletterId: null };
    await waitWhileInFlight(db, clock, optOut, what.class === 'feedback' ? 'complaint' : 'bounce');
  }
  if (!decision) return { ...what, delivery, action: earlier === 'none' ? 'none' : 'duplicate' };
  report(context, source, what, delivery, decision);
  return { ...what, delivery, action: decision.action };
}

interface Stored {
  id: number;
  what: RecipientReport;
  found: FoundDelivery | null;
  source: FeedbackSource;
}

async function act(
  trx: Trx,
  { keys }: FeedbackContext,
  stored: Stored,
): Promise<Decision & { warns: boolean }> {
  const { id, what, found, source } = stored;
  const decision = decide(what.class, await factsOf(trx, what, found), what.reason);
  if (found?.proven) {
    await acceptByEvidence(trx, found.issue, [{ id: found.id, reply: null }], 'feedback');
    if (decision.feedback) await noteFeedback(trx, found, decision.feedback);
  }
  if (decision.suppress && found?.identity) {
    const { identity, issue, id: delivery } = found;
    const reported = { identity, issue, delivery, source: `${source.name} report ${id}` };
    await suppressPerson(trx, keys, reported, decision.suppress);
  }
  if (decision.action !== 'none') await noteAction(trx, id, decision.action);
  const warns = decision.action === 'quarantined' && (await isFirstQuarantined(trx, id, found?.lane ?? ''));
  return { ...decision, warns };
}

async function factsOf(trx: Trx, what: RecipientReport, found: FoundDelivery | null): Promise<Facts> {
  const named = identitiesOf(what);
  const failed = what.class === 'soft' || what.class === 'hard';
  return {
    found: found !== null,
    proven: found?.proven ?? false,
    sameAddress: named.length === 0 || found?.identity == null || named.includes(found.identity),
    soft:
      failed && found?.subscriberId ? await softFailuresOf(trx, found.subscriberId) : { issues: 0, days: 0 },
    providerSuspect:
      what.class === 'hard' && found?.proven === true && (await isLaneSuspect(trx, found.lane)),
  };
}

function report(
  { log }: FeedbackContext,
  source: FeedbackSource,
  what: RecipientReport,
  delivery: string | null,
  { action, warns }: { action: Action; warns: boolean },
): void {
  const fields = {
    source: source.name,
    class: what.class,
    reason: what.reason,
    status: what.status,
    delivery,
  };
  if (warns)
    log.warn(
      fields,
      'a provider calls far more addresses unknown than usual; they are not suppressed: see postrider feedback quarantine',
    );
  else log.debug({ ...fields, action }, 'feedback came back');
}
