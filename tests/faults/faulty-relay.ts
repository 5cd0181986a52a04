/** The relay of a trial: misbehaves as the seed says, records what it did to whom, and calls a hook at a given point. */
import type { Sink } from '../helpers/sink.ts';
import type { Behaviour, Step } from '../helpers/sink-behaviour.ts';
import type { Point, TrialPlan } from './plan.ts';
import { relayFault, usualBehaviour } from './relay-faults.ts';

/** `run` is called once, synchronously: before the answer, or (at `answered`) right after it. */
type Hook = { point: Point; run: (step: Step) => void };

export interface FaultyRelay {
  /** How often each fault was met. */
  met: Map<string, number>;
  /** What happened, in order: for a person, or for all where `to` is null. */
  events: { at: number; step: Step; fault: string | null }[];
  set(hook: Hook): void;
  /** From this many accepted messages on the relay is slow, so that the send is not over before the next fault. */
  slowFrom: number;
}

/**
 * The delay of a reply to the dot when the send is this many messages ahead of the next fault. It grows, so that the send
 * is not over while a process starts on a busy machine, but stays below the shortest timeout for a dot.
 */
const brakeMs = (ahead: number, readers: number): number => Math.min(400 + (ahead / readers) * 20_000, 3_000);

export function makeRelayFaulty(plan: TrialPlan, sink: Sink): FaultyRelay {
  const met = new Map<string, number>();
  const events: FaultyRelay['events'] = [];
  const relay: FaultyRelay = {
    ...{ met, events, slowFrom: 0 },
    set(next) {
      hook = next;
    },
  };
  let hook: Hook | null = null;
  const runHook = (point: Point | Step['stage'], step: Step) => {
    if (hook?.point !== point) return;
    const { run } = hook;
    hook = null;
    run(step);
  };
  sink.behave = (step) => {
    const fault = relayFault(plan, step, readerNumber);
    if (fault) met.set(fault.name, (met.get(fault.name) ?? 0) + 1);
    events.push({ at: Date.now(), step, fault: fault?.name ?? null });
    runHook(step.stage, step);
    const behaviour: Behaviour = fault?.behaviour ?? usualBehaviour(plan.seed, step) ?? {};
    if (step.stage !== 'dot') return behaviour;
    const ahead = sink.accepted.length - relay.slowFrom;
    const brakes = ahead >= 0 && !behaviour.drop && !behaviour.hang;
    const lateMs = brakes ? brakeMs(ahead, plan.readers) : behaviour.lateMs;
    return { ...behaviour, ...(lateMs && { lateMs }), onAnswered: () => runHook('answered', step) };
  };
  return relay;
}

/** The journeys' readers: `reader17@...`. */
const readerNumber = (email: string): number => Number(/^reader(\d+)@/.exec(email)?.[1] ?? -1);
