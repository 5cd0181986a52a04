/** Fetches one picture. Its type is detected from its bytes later, whatever the server claims. */
import { MAX_PICTURE_BYTES } from '../../issue/media/prepare-picture.ts';
import { fetchPublic } from './fetch.ts';
import type { NetworkPolicy } from './network-policy.ts';

const TIMEOUT_MS = 8_000;
/** Servers that can choose send a format that needs no conversion. */
const ACCEPT = 'image/png,image/jpeg,image/gif,image/*;q=0.8';

/** Rejects with words that complete "the picture ...". */
export async function fetchPicture(
  address: string,
  signal: AbortSignal,
  policy?: NetworkPolicy,
): Promise<Buffer> {
  const options = { maxBytes: MAX_PICTURE_BYTES, timeoutMs: TIMEOUT_MS, accept: ACCEPT, signal, policy };
  const { status, body } = await fetchPublic(address, options);
  if (status !== 200) throw new Error(`was answered with ${status}`);
  return body;
}
