/** Limits and throttling of real relays and providers, as behaviours of the sink. */
import type { Behaviour, Sink, Step } from './sink.ts';

type Behave = (step: Step) => Behaviour | undefined;

/**
 * `greylist`: what comes from a stranger is put off until it comes again after `delayMs` (rspamd says these words to
 * the dot, Postgrey others to RCPT).
 */
export function greylist({
  delayMs,
  reply = '451 4.7.1 Try again later',
  at = 'dot',
}: {
  delayMs: number;
  reply?: string;
  at?: 'rcpt' | 'dot';
}): Behave {
  const met = new Map<string, number>();
  return ({ stage, to }) => {
    if (stage !== at || to === null) return undefined;
    const first = met.get(to) ?? Date.now();
    met.set(to, first);
    return Date.now() - first < delayMs ? { reply } : undefined;
  };
}

/** `client-rate`: so many recipients in a span of time from one client, whoever they are (Postfix's anvil). */
export function clientRate({
  max,
  spanMs,
  reply = '450 4.7.1 Error: too many recipients from 127.0.0.1',
}: {
  max: number;
  spanMs: number;
  reply?: string;
}): Behave {
  let since = 0;
  let count = 0;
  return ({ stage }) => {
    if (stage !== 'rcpt') return undefined;
    if (Date.now() - since > spanMs) {
      since = Date.now();
      count = 0;
    }
    count += 1;
    return count > max ? { reply } : undefined;
  };
}

/** `quota`: after so many messages nothing is taken any more, until `full` says that it is again. */
export function quota({
  sink,
  max,
  reply,
  at,
  full,
}: {
  sink: Pick<Sink, 'accepted'>;
  max: number;
  reply: string;
  at: 'mail' | 'rcpt' | 'dot';
  full(): boolean;
}): Behave {
  return ({ stage }) => (stage === at && sink.accepted.length >= max && !full() ? { reply } : undefined);
}
