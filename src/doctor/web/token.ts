/**
 * The token by which the web role knows that this installation's own doctor asks, since nobody else shall learn how it
 * sees its proxies.
 */
import type { Keys } from '../../consent/keys.ts';

const PURPOSE = 'doctor';
const LIFE_MS = 5 * 60_000;

export function doctorToken(keys: Keys, now: Date): string {
  const payload = Buffer.alloc(8);
  payload.writeBigUInt64BE(BigInt(now.getTime() + LIFE_MS));
  return keys.sign(PURPOSE, payload);
}

export function isDoctorToken(keys: Keys, token: string, now: Date): boolean {
  const payload = keys.verify(PURPOSE, token);
  return payload?.length === 8 && Number(payload.readBigUInt64BE()) > now.getTime();
}

/** How the web role saw a request of the doctor. */
export interface SeenRequest {
  /** What it takes for the client's address. */
  client: string | null;
  /** The other end of the connection: the nearest proxy, or the client. */
  peer: string | null;
  /** The entries of X-Forwarded-For, as they arrived. */
  forwarded: readonly string[];
}
