/**
 * What a relay's log proves about an uncertain delivery.
 *
 * One line proves that the relay took it. That it was not taken is proved by the line of the lost connection of its
 * only mark, or by a complete log that does not mention it. A log is complete if it reaches from before the attempt
 * until after we gave up on the delivery, no logger reports dropped lines, and it shows everyone whom the relay
 * accepted around that time. The clocks and time zones of the two machines may differ: those accepted deliveries show
 * by how much.
 */
import type { UncertainDelivery } from '../../ledger/evidence.ts';
import type { RelayLog } from './read.ts';

export type Judgement =
  | { verdict: 'taken'; line: string }
  /** `line`: the log line that proves it; null where the whole log does, by not mentioning the delivery. */
  | { verdict: 'not-taken'; line: string | null }
  | { verdict: 'open'; why: string };

/**
 * How far the log must reach before the attempt and after we gave up: Postfix finishes by itself what it has received.
 */
const BEFORE_MS = 10_000;
const AFTER_MS = 60_000;
/** Many logs have whole seconds only. */
const ROUNDED_MS = 2_000;

export function judge(delivery: UncertainDelivery, log: RelayLog): Judgement {
  const taken = log.taken.get(delivery.id);
  if (taken) return { verdict: 'taken', line: taken.line };
  if (log.begun.has(delivery.id))
    return open('the log shows that it began to arrive, but not whether it was queued');
  const skew = skewOf(delivery, log);
  if (delivery.since === null || skew === null)
    return open(
      'the log shows nobody whom the relay accepted around that time, so we cannot tell whether it is complete',
    );
  const lost = lostWithin(delivery, delivery.since.getTime() + skew, log);
  if (lost !== null) return { verdict: 'not-taken', line: lost };
  if (log.dropped !== null) return open(`lines are missing from the log: "${log.dropped.slice(0, 200)}"`);
  const missing = delivery.witnesses.filter(({ id }) => !log.taken.has(id)).length;
  if (missing > 0)
    return open(
      `the log is incomplete: it lacks ${missing} of the ${delivery.witnesses.length} people whom the relay accepted around that time`,
    );
  return withinSpan(delivery.since.getTime() + skew, delivery.until.getTime() + skew, log);
}

/** Its only attempt, by the only mark there was, and one that was not cut off before a mark. */
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
    `it is not in the log, but no file reaches from ${from.toISOString()} to ${to.toISOString()} by its own clock: from ${BEFORE_MS / 1_000} s before the attempt until ${AFTER_MS / 1_000} s after we gave up on it`,
  );
}

const open = (why: string): Judgement => ({ verdict: 'open', why });

/** By how many milliseconds the log's clock is ahead of the database's: the median over the witnesses. */
function skewOf({ witnesses }: UncertainDelivery, log: RelayLog): number | null {
  const skews = witnesses
    .flatMap(({ id, at }) => {
      const logged = log.taken.get(id)?.at;
      return logged ? [logged.getTime() - at.getTime()] : [];
    })
    .sort((a, b) => a - b);
  return skews[Math.floor(skews.length / 2)] ?? null;
}
