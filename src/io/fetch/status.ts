/** Asks an address for its status alone. */
import { fetchPublic } from './fetch.ts';
import type { Reach } from './reach.ts';

const TIMEOUT_MS = 10_000;

/** Rejects with NotFetched, in words that complete "the link ...". */
export async function askStatus(
  address: string,
  method: 'HEAD' | 'GET',
  signal: AbortSignal,
  reach?: Reach,
): Promise<number> {
  const accept = 'text/html,image/*,*/*;q=0.8';
  const { status } = await fetchPublic(address, {
    method,
    maxBytes: 0,
    timeoutMs: TIMEOUT_MS,
    accept,
    signal,
    reach,
  });
  return status;
}
