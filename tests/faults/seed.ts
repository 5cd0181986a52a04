/** One seed: what the relay does to each try, and what happens to our processes, all drawn from its number. */
import { createHash } from 'node:crypto';
import type { Behaviour, Step } from '../helpers/sink.ts';

/** The same number for the same words, from 0 up to 1. */
export function draw(seed: number, ...words: (string | number | null)[]): number {
  const digest = createHash('sha256')
    .update([seed, ...words].join('\n'))
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/** After this many tries a recipient is left in peace, so that every run comes to an end. */
const TRIES = 3;

interface Fault {
  stage: Step['stage'];
  /** Share of the tries that meet it. */
  share: number;
  behaviour: Behaviour;
}

const faults: readonly Fault[] = [
  { stage: 'mail', share: 0.01, behaviour: { reply: '451 4.3.0 try later' } },
  { stage: 'rcpt', share: 0.03, behaviour: { reply: '450 4.2.1 mailbox busy' } },
  { stage: 'rcpt', share: 0.01, behaviour: { reply: '550 5.1.1 user unknown' } },
  { stage: 'rcpt', share: 0.005, behaviour: { reply: '421 4.3.2 closing', close: true } },
  { stage: 'data', share: 0.01, behaviour: { drop: true } },
  { stage: 'data', share: 0.01, behaviour: { reply: '451 4.3.0 no room now' } },
  { stage: 'body', share: 0.01, behaviour: { drop: true } },
  { stage: 'dot', share: 0.02, behaviour: { reply: '451 4.3.0 try later' } },
  { stage: 'dot', share: 0.01, behaviour: { reply: '554 5.7.1 \u0000\u00ffnot wanted' } },
  { stage: 'dot', share: 0.01, behaviour: { drop: true, keep: true } },
  { stage: 'dot', share: 0.005, behaviour: { drop: true } },
  { stage: 'dot', share: 0.03, behaviour: { lateMs: 150 } },
  { stage: 'dot', share: 0.02, behaviour: { close: true } },
];

/** What the relay does at this step; the usual answer for most. */
export function relayFault(seed: number, step: Step): Behaviour | undefined {
  if (step.to === null || step.attempt > TRIES) return undefined;
  let chance = draw(seed, step.to, step.attempt, step.stage);
  for (const fault of faults.filter((each) => each.stage === step.stage)) {
    if (chance < fault.share) return fault.behaviour;
    chance -= fault.share;
  }
  // A dot that is never quite at once: so that something is on the wire when a process dies.
  return step.stage === 'dot'
    ? { lateMs: Math.ceil(draw(seed, 'late', step.to, step.attempt) * 8) }
    : undefined;
}

export type Blow = 'kill' | 'term' | 'stop' | 'flush' | 'redis' | 'connections' | 'pause' | 'leave';

/** Which blows fall, and after how many accepted messages. */
export function blows(seed: number, audience: number, full: boolean): { after: number; blow: Blow }[] {
  const kinds: Blow[] = [
    'kill',
    'term',
    'stop',
    'connections',
    'pause',
    'leave',
    ...(full ? (['flush', 'redis'] as const) : []),
  ];
  const count = 3 + Math.floor(draw(seed, 'blows') * 4);
  return Array.from({ length: count }, (_, n) => ({
    after: Math.floor((audience * 0.8 * (n + draw(seed, 'when', n))) / count),
    blow: kinds[Math.floor(draw(seed, 'which', n) * kinds.length)]!,
  }));
}
