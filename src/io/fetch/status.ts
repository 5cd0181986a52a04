/** Fetches only the status of a URL. */
import { fetchPublic } from './fetch.ts';
import type { NetworkPolicy } from './network-policy.ts';

const TIMEOUT_MS = 10_000;

/** Rejects with FetchError, in words that complete "the link ...". */
export async function fetchStatus(
  address: string,
  method: 'HEAD' | 'GET',
  signal: AbortSignal,
  policy?: NetworkPolicy,
): Promise<number> {
  const accept = 'text/html,image/*,*/*;q=0.8';
  const { status } = await fetchPublic(address, {
    method,
    maxBytes: 0,
    timeoutMs: TIMEOUT_MS,
    accept,
    signal,
    policy,
  });
  return status;
}
