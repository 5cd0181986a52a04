/**
 * What the relay does in a trial, drawn from the seed, the recipient and the try. Faults of a connection (greeting,
 * EHLO, TLS, login, MAIL) come on every sixth connection, one after the other; faults of a message come by shares,
 * and each at least once, since the n-th reader meets the n-th fault at their first try.
 */
import type { Behaviour, Stage, Step } from '../helpers/sink-behaviour.ts';
import { seededRandom } from './seeded-random.ts';

export interface RelayFault {
  name: string;
  stage: Stage;
  /** Share of the tries that meet it. */
  share: number;
  behaviour: Behaviour;
}

/** What decides how the relay of a trial behaves. */
export interface RelayConditions {
  seed: number;
  tls: 'none' | 'starttls' | 'implicit';
  /** With the times of production a third try comes after two minutes, and a throttled lane is held for ten. */
  real: boolean;
}

/** After this many tries a recipient meets no more faults, so that every run ends. */
const tries = ({ real }: RelayConditions): number => (real ? 2 : 3);
const THROTTLED = 'rcpt: throttled';
const ENDLESS = '250-and so on\r\n'.repeat(6_000);

const fault = (stage: Stage, name: string, behaviour: Behaviour, share = 0.004): RelayFault => ({
  name: `${stage}: ${name}`,
  stage,
  share,
  behaviour,
});

const connection: readonly RelayFault[] = [
  fault('connect', '421', { reply: '421 4.3.2 too many connections', close: true }),
  fault('connect', '554', { reply: '554 5.3.2 no service here', close: true }),
  fault('connect', 'dropped', { drop: true }),
  fault('connect', 'endless', { raw: ENDLESS.replaceAll('250', '220') }),
  fault('ehlo', '451', { reply: '451 4.3.0 later', close: true }),
  fault('ehlo', 'dropped', { drop: true }),
  fault('ehlo', 'half a reply', { raw: '250-sink\r\n250-SI', close: true }),
  fault('ehlo', 'no PIPELINING', { extensions: ['SIZE 52428800', '8BITMIME'] }),
  // Nothing is ever handed to such a relay: unless it closes, it is tried for everybody and "refuses" them all at once.
  fault('ehlo', 'tiny SIZE', {
    extensions: ['PIPELINING', 'SIZE 600', '8BITMIME', 'AUTH PLAIN LOGIN'],
    idle: { ms: 20, reply: '421 4.4.2 idle' },
  }),
  fault('login', '454', { reply: '454 4.7.0 temporary authentication failure' }),
  fault('login', 'dropped', { drop: true }),
  fault('mail', '451', { reply: '451 4.3.0 later' }),
  fault('mail', '421', { reply: '421 4.3.2 closing', close: true }),
  fault('mail', 'dropped', { drop: true }),
];

/** Only where the relay speaks TLS. */
const tls: readonly RelayFault[] = [
  fault('tls', 'offered, then cut', { raw: '220 2.0.0 go on\r\n', close: true }),
  fault('tls', 'offered, then dropped', { drop: true }),
];

const message: readonly RelayFault[] = [
  fault('rcpt', '450', { reply: '450 4.2.1 mailbox busy' }, 0.02),
  fault('rcpt', '550', { reply: '550 5.1.1 user unknown' }, 0.006),
  fault('rcpt', '421', { reply: '421 4.3.2 closing', close: true }),
  fault('rcpt', 'throttled', { reply: '450 4.7.1 too many messages from you, slow down' }),
  fault('rcpt', 'several lines', { raw: '250-2.1.5 one\r\n250-2.1.5 two\r\n250 2.1.5 three\r\n' }),
  fault('rcpt', 'bare LF', { raw: '250 2.1.5 ok\n' }),
  fault('rcpt', 'NUL and no UTF-8', { raw: '450 4.2.1 \u0000\u00ff\u00fe busy\r\n' }),
  fault('rcpt', 'half a reply', { raw: '25', close: true }),
  fault('rcpt', 'dropped', { drop: true }),
  fault('rcpt', 'late', { lateMs: 120 }),
  fault('data', '451', { reply: '451 4.3.0 no room now' }, 0.008),
  fault('data', '554', { reply: '554 5.6.0 no' }),
  fault('data', '421', { reply: '421 4.3.2 closing', close: true }),
  fault('data', 'dropped', { drop: true }, 0.008),
  fault('data', 'endless', { raw: ENDLESS.replaceAll('250', '354') }),
  fault('body', 'dropped', { drop: true }, 0.006),
  fault('body', '421', { reply: '421 4.3.2 closing', close: true }),
  fault('dot', '451', { reply: '451 4.3.0 later' }, 0.015),
  fault('dot', '554 with NUL and no UTF-8', { raw: '554 5.7.1 \u0000\u00ffnot wanted\r\n' }, 0.006),
  fault('dot', '421', { reply: '421 4.3.2 closing', close: true }),
  fault('dot', 'dropped, kept', { drop: true, keep: true }, 0.006),
  fault('dot', 'dropped, not kept', { drop: true }),
  fault('dot', 'half a reply, kept', { raw: '250-', close: true, keep: true }),
  fault('dot', 'half a reply, not kept', { raw: '25', close: true }),
  fault('dot', 'endless, kept', { raw: ENDLESS, keep: true }),
  fault('dot', 'late', { lateMs: 150 }, 0.03),
  fault('dot', 'bare LF', { raw: '250 2.0.0 queued\n' }),
  fault('dot', 'NUL and no UTF-8', { raw: '250 2.0.0 \u0000\u00ffqueued\r\n' }),
  fault('dot', 'several lines', { raw: '250-2.0.0 queued\r\n250 2.0.0 as 4711\r\n' }),
  fault('dot', 'accepted, closed', { close: true }, 0.02),
  fault(
    'dot',
    'accepted, 421 unasked',
    { raw: '250 2.0.0 queued\r\n421 4.3.2 closing\r\n', close: true },
    0.01,
  ),
  fault('dot', 'accepted, 421 when idle', { idle: { ms: 40, reply: '421 4.4.2 idle' } }, 0.05),
];

/** Every fault that a trial must have met. */
export function allRelayFaults(conditions: RelayConditions): readonly RelayFault[] {
  return [...connectionFaults(conditions), ...messageFaults(conditions)];
}

const connectionFaults = ({ tls: kind }: RelayConditions): readonly RelayFault[] =>
  kind === 'starttls' ? [...connection, ...tls] : connection;

const messageFaults = ({ real }: RelayConditions): readonly RelayFault[] =>
  real ? message.filter(({ name }) => name !== THROTTLED) : message;

/** The fault at this step; null for the usual answer. `readers`: the n-th of this list meets the n-th fault. */
export function relayFault(
  conditions: RelayConditions,
  step: Step,
  readerNumber: (email: string) => number,
): RelayFault | null {
  return step.to === null
    ? connectionFault(conditions, step)
    : messageFault(conditions, step, step.to, readerNumber(step.to));
}

function connectionFault(conditions: RelayConditions, step: Step): RelayFault | null {
  if (step.connection % 6 !== 3 || step.nth > 1) return null;
  const faults = connectionFaults(conditions);
  const due = faults[Math.floor(step.connection / 6) % faults.length];
  return due?.stage === step.stage ? due : null;
}

function messageFault(
  conditions: RelayConditions,
  step: Step,
  to: string,
  reader: number,
): RelayFault | null {
  const faults = messageFaults(conditions);
  const forced = step.attempt === 1 ? faults[reader] : undefined;
  if (forced) return forced.stage === step.stage ? forced : null;
  if (step.attempt > tries(conditions)) return null;
  let chance = seededRandom(conditions.seed, to, step.attempt, step.stage);
  for (const each of faults) {
    if (each.stage !== step.stage) continue;
    if (chance < each.share) return each;
    chance -= each.share;
  }
  return null;
}

/** No dot is answered quite at once, so that a message is in flight when a process dies. */
export function usualBehaviour(seed: number, step: Step): Behaviour | undefined {
  if (step.stage !== 'dot') return undefined;
  return { lateMs: Math.ceil(seededRandom(seed, 'late', step.to, step.attempt) * 8) };
}
