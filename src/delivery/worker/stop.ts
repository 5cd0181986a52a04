/**
 * An abort controller that other signals can trigger too: its signal aborts by itself or with any of its sources. The
 * sources live as long as the worker, while this is short-lived, so it must be released at its end: `AbortSignal.any`
 * would leave something behind on each source for every batch.
 */
import { setMaxListeners } from 'node:events';

export class Stop {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #abort = () => this.abort();

  constructor(...sources: readonly AbortSignal[]) {
    this.#sources = sources;
    allowManyListeners(this.signal);
    for (const source of sources) {
      if (source.aborted) this.abort();
      source.addEventListener('abort', this.#abort, { once: true });
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }

  /** From now on the sources no longer abort it. */
  release(): void {
    for (const source of this.#sources) source.removeEventListener('abort', this.#abort);
  }
}

/** Many batches listen to one signal; Node warns about a leak from the eleventh listener on. */
export function allowManyListeners(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
