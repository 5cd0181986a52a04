/** Fetches a small text that a mail provider's message names: a certificate, the answer to a confirmation. */
import { Unavailable } from '../../errors.ts';
import { fetchPublic } from './fetch.ts';
import { FetchError } from './fetch-error.ts';
import type { NetworkPolicy } from './network-policy.ts';

const MAX_BYTES = 64 * 1024;
/** Shorter than our own answer may take. */
const TIMEOUT_MS = 3_000;

/** Over https, without following redirects. Throws Unavailable, since trying again later may help. */
export async function fetchText(address: string, policy?: NetworkPolicy): Promise<string> {
  if (!address.startsWith('https://')) throw new Unavailable('only https is fetched');
  const options = { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, maxRedirects: 0, policy };
  try {
    const { status, body } = await fetchPublic(address, options);
    if (status === 200) return body.toString();
    throw new Unavailable(`the address answered with ${status}`);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    throw new Unavailable(`the address ${error.message}`, { cause: error });
  }
}
