/** What a test sees of one provider's mail at the relay, and of its lane in the ledger. */
import { readLaneStates } from '../../src/ledger/lanes/states.ts';
import type { Sink, Step } from '../helpers/sink.ts';
import type { LaneHarness } from './harness.ts';

const atDomain = (step: Step, domain: string) => step.to?.endsWith(`@${domain}`) === true;
export const stateOf = async ({ db }: LaneHarness, lane: string) =>
  (await readLaneStates(db)).find((state) => state.lane === lane);
export const taken = (sink: Sink, domain: string) =>
  sink.accepted.filter(({ to }) => to.endsWith(`@${domain}`));

/** How many messages for this domain are tried, and how many of them at once are between RCPT and the reply to the dot at the most. */
export function watchDomain(sink: Sink, domain: string, said: (step: Step) => string | undefined) {
  const seen = { tries: 0, max: 0 };
  const open = new Set<number>();
  sink.behave = (step) => {
    if (!atDomain(step, domain)) {
      if (step.stage === 'rcpt') open.delete(step.connection);
      return undefined;
    }
    if (step.stage === 'rcpt') {
      seen.tries += 1;
      open.add(step.connection);
      seen.max = Math.max(seen.max, open.size);
    }
    const reply = step.stage === 'rcpt' || step.stage === 'dot' ? said(step) : undefined;
    if (reply && step.stage === 'rcpt') open.delete(step.connection);
    if (step.stage === 'dot') setTimeout(() => open.delete(step.connection), 10);
    return step.stage === 'dot' ? { ...(reply && { reply }), lateMs: 10 } : reply ? { reply } : undefined;
  };
  return seen;
}
