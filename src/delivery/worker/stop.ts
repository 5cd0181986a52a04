/**
 * A stop that others cause too: its signal aborts by itself, or with any of its sources. Its sources live for as long
 * as the worker and it is short-lived, so it must be released at its end: `AbortSignal.any` would leave something
 * behind on each source for every batch.
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

  /** The sources abort it no more. */
  release(): void {
    for (const source of this.#sources) source.removeEventListener('abort', this.#abort);
  }
}

/** Many batches listen to one signal; Node warns of eleven as of a leak. */
export function allowManyListeners(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
