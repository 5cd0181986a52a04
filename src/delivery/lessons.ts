/** What the end of a hand-over teaches of its lane and its relay, and when its delivery should be tried again. */
import type { LaneGate } from './lane-gate.ts';
import { type LaneKeeper, withoutAddresses } from './lane-keeper.ts';
import { laneOfAddress, OTHER_LANE } from './lanes.ts';
import type { HandOver, Log } from './ports.ts';
import { judgeReply } from './reply-rules.ts';
import { retryDelay } from './retry.ts';
import type { Standing } from './standing.ts';
import type { Parcel } from './waiting.ts';

/** A throttled service mail is tried again after this at the latest. */
const SERVICE_MS = 60_000;

export class Lessons {
  #relay: string;
  #lanes: LaneKeeper;
  #standing: Standing;
  #retryMs: readonly number[];
  #log: Log;

  constructor(
    relay: string,
    parts: { lanes: LaneKeeper; standing: Standing; times: { retryMs: readonly number[] }; log: Log },
  ) {
    this.#relay = relay;
    this.#lanes = parts.lanes;
    this.#standing = parts.standing;
    this.#retryMs = parts.times.retryMs;
    this.#log = parts.log;
  }

  /** A service mail rides in no lane, but its provider has one. */
  gateOf({ first, delivery }: Parcel): LaneGate {
    return this.#lanes.gate(this.#relay, first ? laneOfAddress(delivery.email) : delivery.lane);
  }

  /** Returns in how many milliseconds the delivery should be tried again, if it should. */
  learn(parcel: Parcel, end: HandOver): number {
    const retryMs = retryDelay(this.#retryMs, parcel.delivery.attempts + 1);
    if (end.kind === 'accepted') this.#accepted(parcel);
    if (end.kind !== 'answered') return retryMs;
    const verdict = judgeReply(end.reply, end.stage, end.history);
    if (verdict.kind === 'relay-busy') this.#rest(end.reply.text);
    if (verdict.kind !== 'throttled') return retryMs;
    const gate = this.gateOf(parcel);
    const seen = parcel.first ? gate.version : (parcel.laneVersion ?? 0);
    const reply = `${end.reply.code} ${end.reply.text}`;
    const dueMs =
      gate.lane === OTHER_LANE
        ? this.#lanes.domainThrottled(this.#relay, domainOf(parcel), verdict, reply)
        : this.#lanes.throttled(gate, seen, verdict, reply);
    if (parcel.elsewhere) return Math.min(dueMs, retryMs);
    // Nobody waits ten minutes for a confirmation that the provider may take in one.
    return parcel.first ? Math.min(dueMs, this.#retryMs.at(-1)!, SERVICE_MS) : dueMs;
  }

  /** In the lane of all small providers one may be throttling: its mail is put off without a try. */
  domainHold(parcel: Parcel): { ms: number; reason: string } | null {
    if (!this.#lanes.holdsDomains || parcel.first || parcel.delivery.lane !== OTHER_LANE) return null;
    return this.#lanes.domainHold(this.#relay, domainOf(parcel));
  }

  #accepted(parcel: Parcel): void {
    this.#standing.accepted();
    const gate = parcel.first ? null : this.gateOf(parcel);
    if (gate?.open === false) this.#lanes.accepted(gate, parcel.laneVersion ?? 0);
  }

  /** The relay wants us slower, whoever the mail is for: no connection goes on for a while, longer each time. */
  #rest(text: string): void {
    const waitMs = this.#standing.rest();
    if (waitMs > 0)
      this.#log.warn({ waitMs, reply: withoutAddresses(text) }, 'the relay wants us slower; waiting');
  }
}

const domainOf = ({ delivery: { email } }: Parcel): string =>
  email.slice(email.lastIndexOf('@') + 1).toLowerCase();
