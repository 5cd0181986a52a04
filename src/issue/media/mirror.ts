/**
 * Mirrors the pictures of an issue, since weeklies link to hosts that expire or check the referrer. A picture that
 * cannot be fetched keeps its link: it never makes an import fail or wait long.
 */

import { preparePicture } from './prepare-picture.ts';
import { type Medium, mediumOf } from './store.ts';
import type { TimeBudget } from './time-budget.ts';

/** A picture to fetch. */
export interface RemotePicture {
  /** As the issue writes it. */
  url: string;
  /** Absolute. */
  address: string;
}

interface UnmirroredPicture extends RemotePicture {
  /** Completes "the picture ...". */
  why: string;
}

export interface MirrorOptions {
  /** The bytes at an address; rejects with words that complete "the picture ...". */
  fetch(address: string, signal: AbortSignal): Promise<Buffer>;
  timeBudget: TimeBudget;
  /** In px. */
  maxWidth: number;
}

const CONCURRENCY = 8;
/** The limit for one issue. */
const MAX_BYTES = 80 * 1024 * 1024;
const MAX_MS = 20_000;

/** `media` is by the address as the issue writes it; `missed` is in the order of `wanted`. */
export async function mirrorPictures(
  wanted: readonly RemotePicture[],
  how: MirrorOptions,
): Promise<{ media: Map<string, Medium>; missed: UnmirroredPicture[] }> {
  const media = new Map<string, Medium>();
  const missed = new Map<RemotePicture, string>();
  const budget = { bytes: MAX_BYTES, signal: AbortSignal.timeout(MAX_MS) };
  const waiting = [...wanted];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const one = next;
      await mirrorOne(one.address, how, budget).then(
        (medium) => media.set(one.url, medium),
        (error: Error) => missed.set(one, error.message),
      );
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return {
    media,
    missed: wanted.flatMap((one) => (missed.has(one) ? [{ ...one, why: missed.get(one)! }] : [])),
  };
}

interface Budget {
  bytes: number;
  signal: AbortSignal;
}

async function mirrorOne(address: string, how: MirrorOptions, budget: Budget): Promise<Medium> {
  if (budget.signal.aborted) throw new Error(`was not tried: the others took ${MAX_MS / 1_000} s already`);
  if (budget.bytes <= 0) throw new Error('was not tried: the others of this issue are too large already');
  const bytes = await how.timeBudget.run(address, () => how.fetch(address, budget.signal));
  budget.bytes -= bytes.length;
  return mediumOf(await preparePicture(bytes, how.maxWidth));
}
