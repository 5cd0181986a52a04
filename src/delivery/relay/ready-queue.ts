/**
 * Parcels that wait for one of a courier's connections, in the order in which they may go: service mails first, then
 * one issue after the other, and within an issue one lane after the other. So a small newsletter is not stuck behind
 * a large one, and no lane behind a slow one: a lane that is at its limit is passed over, and what waits for one that
 * is held is let go of.
 *
 * Synchronous and cheap: it stands in the hot path, between two messages of a connection. What a queue is made for
 * is a run of parcels, never a single one.
 */
import type { LeasedDelivery } from '../../ledger/lease.ts';
import type { Envelope } from '../../ports.ts';
import type { MessageMemory } from '../../render/message/message.ts';
import type { LaneGate } from '../throttle/lane-throttle.ts';

export interface Parcel {
  delivery: LeasedDelivery;
  workerId: number;
  /** Service mails go before everything, and no lane holds them. */
  first: boolean;
  /** Another relay may take it too, whose lane need not be slow. */
  elsewhere: boolean;
  /**
   * Throws Refused when no proper message can be made of it: the delivery is refused with that reason. The bytes may
   * stand in `memory`.
   */
  compose(memory: MessageMemory): { envelope: Envelope; bytes: Buffer };
  /** True: leave it where it is (pause, drain, lost lease). */
  stopped(): boolean;
  /** The relay does not want the whole issue (login or sender refused). */
  stop(reason: string, why: string): void;
  /** A mark was refused: something about the issue or the person has changed. */
  refusedMark(): void;
  /** It is settled and stored, or was left. Called once. */
  done(): void;
  /** Set when it is taken: what was known of its lane when it began. */
  laneVersion?: number;
}

/** What one issue has waiting in one lane. */
interface Line {
  lane: string;
  gate: LaneGate;
  parcels: Parcel[];
}

interface IssueLines {
  issueId: number;
  lines: Line[];
  /** Whose turn it is. */
  at: number;
}

export class Waiting {
  #gateOf: (lane: string) => LaneGate;
  #now: () => number;
  #service: Parcel[] = [];
  #issues: IssueLines[] = [];
  #at = 0;

  constructor(gateOf: (lane: string) => LaneGate, now: () => number) {
    this.#gateOf = gateOf;
    this.#now = now;
  }

  add(parcel: Parcel): void {
    this.#insert(parcel, false);
  }

  /** One that was taken and not begun: it is the next of its lane again. */
  putBack(parcel: Parcel): void {
    this.ended(parcel);
    this.#insert(parcel, true);
  }

  /** A parcel that was taken is off the wire, so its lane has room again. Once for each taken one. */
  ended(parcel: Parcel): void {
    if (!parcel.first) this.#gateOf(parcel.delivery.lane).inUse -= 1;
  }

  /** The next one to carry; null when none may go now. Stopped ones on the way are let go of. */
  take(): Parcel | null {
    while (this.#service[0]?.stopped()) this.#service.shift()!.done();
    return this.#service.shift() ?? this.#takeOfIssues();
  }

  /** True when one may go now. */
  get ready(): boolean {
    if (this.#service.length > 0) return true;
    return this.#issues.some(({ lines }) => lines.some((line) => this.#mayGo(line)));
  }

  /** Lets go of parcels that were stopped while they waited, and of those whose lane is held. */
  dropStopped(): void {
    const now = this.#now();
    const gone: Parcel[] = [];
    const keep = (parcel: Parcel) => {
      const stopped = parcel.stopped();
      if (stopped) gone.push(parcel);
      return !stopped;
    };
    this.#service = this.#service.filter(keep);
    for (const issue of this.#issues)
      for (const line of issue.lines) {
        const before = line.parcels.length;
        if (line.gate.held(now)) gone.push(...line.parcels.splice(0));
        else line.parcels = line.parcels.filter(keep);
        line.gate.waiting -= before - line.parcels.length;
      }
    this.#forgetEmpty();
    for (const parcel of gone) parcel.done();
  }

  /** Lets go of what waits for a lane that is held: others may have it when the hold ends. */
  dropHeld(): void {
    const now = this.#now();
    if (this.#issues.some(({ lines }) => lines.some(({ gate }) => gate.held(now)))) this.dropStopped();
  }

  /** Stops every issue that waits here. Service mails have none: they wait for the relay. */
  stopIssues(reason: string, why: string): void {
    for (const { lines } of this.#issues)
      for (const { parcels } of lines) for (const parcel of parcels) parcel.stop(reason, why);
    this.dropStopped();
  }

  #insert(parcel: Parcel, front: boolean): void {
    const list = parcel.first ? this.#service : this.#lineOf(parcel).parcels;
    if (front) list.unshift(parcel);
    else list.push(parcel);
    if (!parcel.first) this.#gateOf(parcel.delivery.lane).waiting += 1;
  }

  #lineOf({ delivery: { issueId, lane } }: Parcel): Line {
    let issue = this.#issues.find((one) => one.issueId === issueId);
    if (!issue) {
      issue = { issueId, lines: [], at: 0 };
      this.#issues.push(issue);
    }
    let line = issue.lines.find((one) => one.lane === lane);
    if (!line) {
      line = { lane, gate: this.#gateOf(lane), parcels: [] };
      issue.lines.push(line);
    }
    return line;
  }

  #takeOfIssues(): Parcel | null {
    for (let tried = this.#issues.length; tried > 0; tried--) {
      if (this.#at >= this.#issues.length) this.#at = 0;
      const parcel = this.#takeOf(this.#issues[this.#at]!);
      if (parcel) {
        this.#at += 1;
        return parcel;
      }
      if (this.#issues[this.#at]!.lines.length === 0) this.#issues.splice(this.#at, 1);
      else this.#at += 1;
    }
    return null;
  }

  #takeOf(issue: IssueLines): Parcel | null {
    for (let tried = issue.lines.length; tried > 0; tried--) {
      if (issue.at >= issue.lines.length) issue.at = 0;
      const line = issue.lines[issue.at]!;
      const parcel = this.#mayGo(line) ? this.#shift(line) : null;
      if (line.parcels.length === 0) issue.lines.splice(issue.at, 1);
      else issue.at += 1;
      if (parcel) return parcel;
    }
    return null;
  }

  #mayGo({ gate, parcels }: Line): boolean {
    return parcels.length > 0 && (gate.open || gate.hasRoom(this.#now()));
  }

  #shift({ gate, parcels }: Line): Parcel | null {
    for (let parcel = parcels.shift(); parcel; parcel = parcels.shift()) {
      gate.waiting -= 1;
      if (parcel.stopped()) {
        parcel.done();
        continue;
      }
      gate.take();
      parcel.laneVersion = gate.version;
      return parcel;
    }
    return null;
  }

  #forgetEmpty(): void {
    for (const issue of this.#issues) issue.lines = issue.lines.filter((line) => line.parcels.length > 0);
    this.#issues = this.#issues.filter((issue) => issue.lines.length > 0);
  }
}
