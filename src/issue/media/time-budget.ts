/**
 * Limits the time that one command spends on hosts that do not answer: a dead host is asked once, a missing network a
 * few times. Archives have hundreds of posts, and half their hosts are gone.
 */

/** An error's reason, which tells whether other requests would fail too. */
interface FailureHint {
  reason?: string;
}

/** The time limit for all failures together. Requests that wait at the same time each count in full. */
const MAX_FAILING_MS = 60_000;
const MAX_NETWORK_FAILURES = 3;
/** Reasons that apply to all addresses of the host. */
const OF_HOST = new Set(['host', 'timeout', 'closed', 'network']);

export class TimeBudget {
  readonly #hosts = new Map<string, string>();
  #inVain = 0;
  #withoutNetwork = 0;
  #answered = false;

  /** Runs `ask`, or rejects at once for an address that would not answer. */
  async run<T>(address: string, ask: () => Promise<T>): Promise<T> {
    const host = new URL(address).host;
    const known = this.#hosts.get(host) ?? this.#exhausted();
    if (known !== undefined) throw new Error(known);
    const start = performance.now();
    try {
      const answer = await ask();
      this.#answered = true;
      return answer;
    } catch (error) {
      this.#remember(host, error as Error & FailureHint, performance.now() - start);
      throw error;
    }
  }

  #exhausted(): string | undefined {
    if (!this.#answered && this.#withoutNetwork >= MAX_NETWORK_FAILURES)
      return 'was not tried: there is no network';
    if (this.#inVain > MAX_FAILING_MS)
      return 'was not tried: too many hosts did not answer; import again later';
    return undefined;
  }

  #remember(host: string, error: Error & FailureHint, tookMs: number): void {
    this.#inVain += tookMs;
    if (error.reason === 'network') this.#withoutNetwork++;
    if (error.reason !== undefined && OF_HOST.has(error.reason)) this.#hosts.set(host, error.message);
  }
}
