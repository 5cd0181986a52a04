/** The relay of a trial: misbehaves as the seed says, remembers what it did to whom, and tells when a trap is sprung. */
import type { Sink } from '../helpers/sink.ts';
import type { Behaviour, Step } from '../helpers/sink-behaviour.ts';
import type { Plan, Point } from './plan.ts';
import { relayFault, usualBehaviour } from './relay-faults.ts';

/** Called in the very moment: before the answer, or (at `answered`) right behind it. */
type Trap = { point: Point; spring: (step: Step) => void };

export interface RelayWatch {
  /** How often each fault was met. */
  met: Map<string, number>;
  /** What happened, in order: for a person, or for all where `to` is null. */
  events: { at: number; step: Step; fault: string | null }[];
  set(trap: Trap): void;
  /** From this many accepted messages on the relay is slow, so that the send is not over before the next blow. */
  slowFrom: number;
}

/**
 * How late a dot is answered when the send is this many messages ahead of the next blow: later and later, so that it
 * is not over while a process starts on a busy machine, but less than the shortest time for a dot.
 */
const brakeMs = (ahead: number, readers: number): number => Math.min(400 + (ahead / readers) * 20_000, 3_000);

export function watchRelay(plan: Plan, sink: Sink): RelayWatch {
  const met = new Map<string, number>();
  const events: RelayWatch['events'] = [];
  const watch: RelayWatch = {
    ...{ met, events, slowFrom: 0 },
    set(next) {
      trap = next;
    },
  };
  let trap: Trap | null = null;
  const sprung = (point: Point | Step['stage'], step: Step) => {
    if (trap?.point !== point) return;
    const { spring } = trap;
    trap = null;
    spring(step);
  };
  sink.behave = (step) => {
    const fault = relayFault(plan, step, readerNumber);
    if (fault) met.set(fault.name, (met.get(fault.name) ?? 0) + 1);
    events.push({ at: Date.now(), step, fault: fault?.name ?? null });
    sprung(step.stage, step);
    const behaviour: Behaviour = fault?.behaviour ?? usualBehaviour(plan.seed, step) ?? {};
    if (step.stage !== 'dot') return behaviour;
    const ahead = sink.accepted.length - watch.slowFrom;
    const brakes = ahead >= 0 && !behaviour.drop && !behaviour.hang;
    const lateMs = brakes ? brakeMs(ahead, plan.readers) : behaviour.lateMs;
    return { ...behaviour, ...(lateMs && { lateMs }), onAnswered: () => sprung('answered', step) };
  };
  return watch;
}

/** The journeys' readers: `reader17@...`. */
const readerNumber = (email: string): number => Number(/^reader(\d+)@/.exec(email)?.[1] ?? -1);
