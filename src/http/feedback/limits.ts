/** Limits of the providers' endpoint: on guesses at keys and signatures, and on how much is applied at the same time. */
import { createHash } from 'node:crypto';
import { networksOf } from '../../consent/signup/network.ts';
import { Unavailable } from '../../errors.ts';

const MAX_FAILURES = 60;
const COUNTED_MS = 60_000;
/** A key that was used rightly is not slowed by what strangers in the same network do. */
const TRUSTED_MS = 3_600_000;
const MAX_REMEMBERED = 10_000;

export class FailureLimit {
  #clock: { monotonic(): number };
  #failures = new Map<string, { count: number; until: number }>();
  #trusted = new Map<string, number>();

  constructor(clock: { monotonic(): number }) {
    this.#clock = clock;
  }

  isReached(ip: string | undefined, key: string): boolean {
    const now = this.#clock.monotonic();
    if ((this.#trusted.get(hashOf(key)) ?? 0) > now) return false;
    const found = this.#failures.get(networkOf(ip));
    return found !== undefined && found.until > now && found.count >= MAX_FAILURES;
  }

  failed(ip: string | undefined): void {
    const now = this.#clock.monotonic();
    const network = networkOf(ip);
    const found = this.#failures.get(network);
    if (found && found.until > now) found.count += 1;
    else remember(this.#failures, network, { count: 1, until: now + COUNTED_MS });
  }

  succeeded(key: string): void {
    remember(this.#trusted, hashOf(key), this.#clock.monotonic() + TRUSTED_MS);
  }
}

const networkOf = (ip: string | undefined): string => networksOf(ip ?? null).narrow;
const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64');

/** The oldest entry makes room. */
function remember<V>(map: Map<string, V>, name: string, value: V): void {
  map.delete(name);
  map.set(name, value);
  const oldest = map.keys().next().value;
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}

/** At most `max` at a time; more wait their turn, and when too many wait the rest is told to come back. */
export class Gate {
  #free: number;
  #maxWaiting: number;
  #waiting: (() => void)[] = [];

  constructor(max: number, maxWaiting: number) {
    this.#free = max;
    this.#maxWaiting = maxWaiting;
  }

  /** Throws Unavailable when too many wait already. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else if (this.#waiting.length >= this.#maxWaiting)
      throw new Unavailable('too many events at the same time');
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
