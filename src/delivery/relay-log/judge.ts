/**
 * What a relay's log proves of a doubt.
 *
 * That it was taken is proved by one line. That it was not, by the line of the lost connection of its only mark; or by
 * a log that is whole and has nothing of it. Whole means that it reaches from before the attempt until after the
 * doubt, that no logger says that it dropped lines, and that it knows everyone whom the relay accepted around that
 * time. Clocks and time zones of the two machines may differ: those accepted tell by how much.
 */
import type { UncertainDelivery } from '../../ledger/evidence.ts';
import type { RelayLog } from './read.ts';

export type Judgement =
  | { verdict: 'taken'; line: string }
  /** `line`: what says so by itself; null where the whole log does, by having nothing of it. */
  | { verdict: 'not-taken'; line: string | null }
  | { verdict: 'open'; why: string };

/** Before the attempt, and after the doubt: Postfix ends on its own what it has received. */
const BEFORE_MS = 10_000;
const AFTER_MS = 60_000;
/** Many logs tell whole seconds only. */
const ROUNDED_MS = 2_000;

export function judge(delivery: UncertainDelivery, log: RelayLog): Judgement {
  const taken = log.taken.get(delivery.id);
  if (taken) return { verdict: 'taken', line: taken.line };
  if (log.begun.has(delivery.id))
    return open('the log shows that it began to arrive, not that it was queued, nor that it was not');
  const skew = skewOf(delivery, log);
  if (delivery.since === null || skew === null)
    return open(
      'the log has nobody whom the relay accepted around that time: nothing shows that it is whole',
    );
  const lost = lostWithin(delivery, delivery.since.getTime() + skew, log);
  if (lost !== null) return { verdict: 'not-taken', line: lost };
  if (log.dropped !== null) return open(`lines are missing from the log: "${log.dropped.slice(0, 200)}"`);
  const missing = delivery.witnesses.filter(({ id }) => !log.taken.has(id)).length;
  if (missing > 0)
    return open(
      `the log is not whole: it lacks ${missing} of ${delivery.witnesses.length} whom the relay accepted around that time`,
    );
  return withinSpan(delivery.since.getTime() + skew, delivery.until.getTime() + skew, log);
}

/** Its only attempt, by the only mark there was, and not one that was cut off before a mark. */
function lostWithin(
  { id, attempts, fence }: UncertainDelivery,
  since: number,
  { lost }: RelayLog,
): string | null {
  const found = lost.get(id);
  if (!found?.at || attempts !== 1 || fence !== 1) return null;
  return found.at.getTime() >= since - ROUNDED_MS ? found.line : null;
}

/** `since` and `until` by the log's clock. */
function withinSpan(since: number, until: number, { spans }: RelayLog): Judgement {
  const [from, to] = [new Date(since - BEFORE_MS), new Date(until + AFTER_MS)];
  if (spans.some((span) => span.from <= from && span.to >= to)) return { verdict: 'not-taken', line: null };
  return open(
    `it is not in the log, but no file reaches from ${from.toISOString()} to ${to.toISOString()} by its own clock: from ${BEFORE_MS / 1_000} s before the attempt until ${AFTER_MS / 1_000} s after the doubt`,
  );
}

const open = (why: string): Judgement => ({ verdict: 'open', why });

/** By how many milliseconds the log's clock is ahead of the database's: the middle of what the witnesses say. */
function skewOf({ witnesses }: UncertainDelivery, log: RelayLog): number | null {
  const skews = witnesses
    .flatMap(({ id, at }) => {
      const logged = log.taken.get(id)?.at;
      return logged ? [logged.getTime() - at.getTime()] : [];
    })
    .sort((a, b) => a - b);
  return skews[Math.floor(skews.length / 2)] ?? null;
}
