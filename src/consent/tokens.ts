/**
 * What our links carry: numbers, signed for one purpose. Never an address. A reader of a token gets null for
 * everything that we did not sign for that very purpose, and for what has expired; no caller can tell which.
 */
import type { Keys } from './keys.ts';

/** Rows by their ids. */
export interface DeliveryRef {
  /** 0 for a service mail. */
  issue: number;
  delivery: number;
}

export interface SubscriptionRef {
  newsletter: number;
  subscriber: number;
}

/** How long a confirmation link works. */
export const CONFIRM_HOURS = 72;

/** Leave by this link. Never expires: people unsubscribe from old mails. */
export function unsubscribeToken(keys: Keys, ref: SubscriptionRef & DeliveryRef): string {
  return keys.sign('unsubscribe', pack([ref.newsletter, ref.subscriber, ref.issue, ref.delivery]));
}

export function readUnsubscribeToken(keys: Keys, token: string): (SubscriptionRef & DeliveryRef) | null {
  const numbers = unpack(keys.verify('unsubscribe', token), 4);
  if (!numbers) return null;
  const [newsletter, subscriber, issue, delivery] = numbers as [number, number, number, number];
  return { newsletter, subscriber, issue, delivery };
}

/** Confirm a subscription; works until `CONFIRM_HOURS` after `now`. */
export function confirmToken(keys: Keys, ref: SubscriptionRef, now: Date): string {
  const expires = Math.floor(now.getTime() / 1000) + CONFIRM_HOURS * 3600;
  return keys.sign('confirm', pack([ref.newsletter, ref.subscriber, expires]));
}

export function readConfirmToken(keys: Keys, token: string, now: Date): SubscriptionRef | null {
  const numbers = unpack(keys.verify('confirm', token), 3);
  if (!numbers) return null;
  const [newsletter, subscriber, expires] = numbers as [number, number, number];
  return now.getTime() < expires * 1000 ? { newsletter, subscriber } : null;
}

/** "It was not me: never write to me." Never expires: it only takes away. */
export function rejectToken(keys: Keys, ref: SubscriptionRef): string {
  return keys.sign('reject', pack([ref.newsletter, ref.subscriber]));
}

export function readRejectToken(keys: Keys, token: string): SubscriptionRef | null {
  const numbers = unpack(keys.verify('reject', token), 2);
  if (!numbers) return null;
  const [newsletter, subscriber] = numbers as [number, number];
  return { newsletter, subscriber };
}

/** `X-Postrider-Id`: by it, feedback finds its delivery whatever a relay did to the Message-ID. */
export function deliveryToken(keys: Keys, ref: DeliveryRef): string {
  return keys.sign('delivery', pack([ref.issue, ref.delivery]));
}

export function readDeliveryToken(keys: Keys, token: string): DeliveryRef | null {
  const numbers = unpack(keys.verify('delivery', token), 2);
  if (!numbers) return null;
  const [issue, delivery] = numbers as [number, number];
  return { issue, delivery };
}

/** LEB128: seven bits an octet, low ones first, so that small ids make short links. */
function pack(numbers: readonly number[]): Buffer {
  const octets: number[] = [];
  for (const number of numbers) {
    if (!Number.isSafeInteger(number) || number < 0)
      throw new RangeError(`expected ids from 0 up to 2^53 in a token, got ${number}`);
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) + 128);
    octets.push(rest);
  }
  return Buffer.from(octets);
}

/** Exactly `count` numbers, or null. */
function unpack(payload: Buffer | null, count: number): number[] | null {
  const numbers: number[] = [];
  let number = 0;
  let weight = 1;
  for (const octet of payload ?? []) {
    number += (octet % 128) * weight;
    weight *= 128;
    if (octet >= 128) continue;
    numbers.push(number);
    number = 0;
    weight = 1;
  }
  return numbers.length === count && weight === 1 ? numbers : null;
}
