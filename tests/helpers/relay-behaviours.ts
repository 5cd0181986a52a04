/**
 * Makes the sink behave like real mail servers with default settings towards a newsletter with some dead addresses. A
 * behaviour counts per connection, so every sink needs a new one.
 */
import type { Behaviour, Sink, Step } from './sink.ts';

export interface RelayBehaviour {
  behave(step: Step, sink: Sink): Behaviour | undefined;
  /** EHLO keywords, where they differ from the sink's. */
  extensions?: readonly string[];
}

/** Readers are `<number>.<slug>@...`, of whom two of five are gone; or it stands before the number, `gone7@...`. */
const isGone = (to: string | null): boolean =>
  /^gone/.test(to ?? '') || Number(/^\d+/.exec(to ?? '')?.[0] ?? 2) % 5 < 2;

/** Of one connection. */
interface Count {
  ehlos: number;
  taken: number;
  /** Refused recipients, and DATA without one. */
  errors: number;
  resets: number;
  /** RSET counts from the second behind a message. */
  fresh: boolean;
  delayMs: number;
}

type Answer = (step: Step, count: Count, sink: Sink) => Behaviour | undefined;

const UNKNOWN = '550 5.1.1 User unknown';
const refusesGone: Answer = ({ stage, to }) =>
  stage === 'rcpt' && isGone(to) ? { reply: UNKNOWN } : undefined;

/** Counts what the others look at, whatever they answer. */
function counting(answer: Answer, extensions?: readonly string[]): RelayBehaviour {
  const counts = new Map<number, Count>();
  const countOf = (connection: number): Count => {
    const known = counts.get(connection);
    const count = known ?? { ehlos: 0, taken: 0, errors: 0, resets: 0, fresh: true, delayMs: 0 };
    if (!known) counts.set(connection, count);
    return count;
  };
  return {
    ...(extensions && { extensions }),
    behave(step, sink) {
      const count = countOf(step.connection);
      const { stage } = step;
      if (stage === 'tls') count.ehlos = 0;
      if (stage === 'ehlo') count.ehlos += 1;
      if (stage === 'rset') {
        if (!count.fresh) count.resets += 1;
        count.fresh = false;
      }
      if ((stage === 'rcpt' && isGone(step.to)) || stage === 'spare-data') count.errors += 1;
      const behaviour = answer(step, count, sink);
      if (stage === 'dot' && !behaviour?.reply) Object.assign(count, { taken: count.taken + 1, fresh: true });
      return behaviour;
    },
  };
}

/** Refuses who is gone, and minds nothing else: Sendmail, Haraka. */
export const plain = (): RelayBehaviour => counting(refusesGone);

/** OpenSMTPD takes one EHLO, and offers no PIPELINING. */
export const secondEhlo = (): RelayBehaviour =>
  counting(
    (step, { ehlos }, sink) =>
      step.stage === 'ehlo' && ehlos > 1
        ? { reply: '503 5.5.1 Invalid command: Already identified' }
        : refusesGone(step, {} as Count, sink),
    ['8BITMIME', 'SIZE 36700160'],
  );

/** Courier closes what is more than its connections of one address, without a word. */
export const perAddress = (max = 5): RelayBehaviour =>
  counting((step, count, sink) =>
    step.stage === 'connect' && sink.open > max ? { raw: '', close: true } : refusesGone(step, count, sink),
  );

/** OpenSMTPD (100) and Exim (1,000) take so many messages over one connection, and leave it open. */
export const perConnection = (max: number, reply: string): RelayBehaviour =>
  counting((step, count, sink) =>
    step.stage === 'mail' && count.taken >= max ? { reply } : refusesGone(step, count, sink),
  );

/** Exim's eleventh RSET that is not the first behind a message; within TLS it says so in the clear. */
export const nonMail = (): RelayBehaviour =>
  counting((step, count, sink) =>
    step.stage === 'rset' && count.resets > 10
      ? { reply: '554 Too many nonmail commands', close: true, inTheClear: true }
      : refusesGone(step, count, sink),
  );

/** Postfix: from the tenth error each reply takes its time, at the twentieth it closes; a delivery starts anew. */
export const softErrors = (slowMs = 1_000): RelayBehaviour =>
  counting((step, count, sink) => {
    if (count.errors >= 20) return { reply: '421 4.7.0 sink Error: too many errors', close: true };
    const late = count.errors > 10 ? { lateMs: slowMs } : {};
    if (step.stage === 'dot') count.errors = 0;
    return { ...late, ...refusesGone(step, count, sink) };
  });

/** chasquid closes at the third error. */
export const thirdError = (): RelayBehaviour =>
  counting((step, count, sink) =>
    count.errors >= 3
      ? { reply: '421 4.5.0 Too many errors, bye', close: true }
      : refusesGone(step, count, sink),
  );

/** Courier: behind an error each reply takes twice as long as the one before. */
export const tarPit = (firstMs = 500): RelayBehaviour =>
  counting((step, count, sink) => {
    if (count.errors === 0) return undefined;
    count.delayMs = Math.min(count.delayMs === 0 ? firstMs : 2 * count.delayMs, 300_000);
    return { lateMs: count.delayMs, ...refusesGone(step, count, sink) };
  });
