/** What the providers' signatures have in common: comparing in constant time, and a window of time. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { NotAuthentic } from './provider.ts';

/** A clock may be ahead of ours by this much. */
const AHEAD_MS = 5 * 60_000;

export const hmacSha256 = (key: string | Buffer, ...parts: (string | Buffer)[]): Buffer => {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

/** Compares in constant time; the lengths are no secret. */
export const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** A copy of an old request must not count. Throws NotAuthentic. */
export function checkAge(at: Date, now: Date, maxAgeMs: number): void {
  const age = now.getTime() - at.getTime();
  if (!(age <= maxAgeMs && age >= -AHEAD_MS))
    throw new NotAuthentic('its timestamp is too old or lies in the future');
}

/** Seconds since 1970, as a header or field says them. Throws NotAuthentic. */
export function secondsToDate(text: string): Date {
  if (!/^\d{1,11}$/.test(text)) throw new NotAuthentic('its timestamp is not a number of seconds');
  return new Date(Number(text) * 1_000);
}
