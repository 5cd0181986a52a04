/**
 * The content of our links: numbers, signed for one purpose, and never an address. Reading a token returns null for
 * everything that we did not sign for that purpose and for what has expired; callers cannot tell which.
 *
 * Row ids alone do not identify a person: a restored dump, or a new database with the same secret, assigns them to
 * somebody else. So every token also contains the link key of the subscriber's row, which is random. Whoever acts on a
 * token looks the person up by both (`link-state.ts`).
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

/** The person that a link is about. */
export interface LinkRef extends SubscriptionRef {
  /** `subscribers.link_key`. */
  linkKey: number;
}

/** What an unsubscribe link says: its person, and the mail that it came with. */
export interface UnsubscribeRef extends LinkRef, DeliveryRef {}

export interface ConfirmRef extends LinkRef {
  /** `subscriptions.request_key`: the link works for this request only. */
  requestKey: number;
  /** The confirmation mail that the link came with; absent in links that 0.1.0 made. */
  mail?: number;
}

/** A delivery, and whom it went to. */
export interface DeliveryClaim extends DeliveryRef {
  linkKey: number;
}

/** How long a confirmation link works. */
export const CONFIRM_HOURS = 72;

/** The unsubscribe link. Never expires: people unsubscribe from old mails. */
export function unsubscribeToken(keys: Keys, ref: UnsubscribeRef): string {
  return keys.sign(
    'unsubscribe',
    pack([ref.newsletter, ref.subscriber, ref.linkKey, ref.issue, ref.delivery]),
  );
}

export function readUnsubscribeToken(keys: Keys, token: string): UnsubscribeRef | null {
  const numbers = unpack(keys.verify('unsubscribe', token), 5);
  if (!numbers) return null;
  const [newsletter, subscriber, linkKey, issue, delivery] = numbers as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { newsletter, subscriber, linkKey, issue, delivery };
}

/** The confirmation link; works until `CONFIRM_HOURS` after `now`. */
export function confirmToken(keys: Keys, ref: ConfirmRef, now: Date): string {
  const expires = Math.floor(now.getTime() / 1000) + CONFIRM_HOURS * 3600;
  return keys.sign(
    'confirm',
    pack([
      ref.newsletter,
      ref.subscriber,
      ref.linkKey,
      ref.requestKey,
      expires,
      ...(ref.mail === undefined ? [] : [ref.mail]),
    ]),
  );
}

export function readConfirmToken(keys: Keys, token: string, now: Date): ConfirmRef | null {
  const payload = keys.verify('confirm', token);
  const numbers = unpack(payload, 6) ?? unpack(payload, 5);
  if (!numbers) return null;
  const [newsletter, subscriber, linkKey, requestKey, expires, mail] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number?,
  ];
  return now.getTime() < expires * 1000
    ? { newsletter, subscriber, linkKey, requestKey, ...(mail !== undefined && { mail }) }
    : null;
}

/** "It was not me: never write to me." Never expires: all it does is stop mail. */
export function rejectToken(keys: Keys, ref: LinkRef): string {
  return keys.sign('reject', pack([ref.newsletter, ref.subscriber, ref.linkKey]));
}

export function readRejectToken(keys: Keys, token: string): LinkRef | null {
  const numbers = unpack(keys.verify('reject', token), 3);
  if (!numbers) return null;
  const [newsletter, subscriber, linkKey] = numbers as [number, number, number];
  return { newsletter, subscriber, linkKey };
}

/**
 * The preferences page of one person. Never expires. Issues get forwarded, so it shows and changes only what the page
 * offers; the person's data, its export and the erasure need a link of their own.
 */
export function preferencesToken(keys: Keys, ref: LinkRef): string {
  return keys.sign('preferences', pack([ref.newsletter, ref.subscriber, ref.linkKey]));
}

export function readPreferencesToken(keys: Keys, token: string): LinkRef | null {
  const numbers = unpack(keys.verify('preferences', token), 3);
  if (!numbers) return null;
  const [newsletter, subscriber, linkKey] = numbers as [number, number, number];
  return { newsletter, subscriber, linkKey };
}

/**
 * `X-Postrider-Id`: feedback finds its delivery by this header, whatever a relay did to the Message-ID. The link key (0
 * where there is no subscriber) must be that of the delivery's subscriber: in a restored database the number may belong
 * to another mail.
 */
export function deliveryToken(keys: Keys, ref: DeliveryClaim): string {
  return keys.sign('delivery', pack([ref.issue, ref.delivery, ref.linkKey]));
}

export function readDeliveryToken(keys: Keys, token: string): DeliveryClaim | null {
  return readDeliveryClaim(keys.verify('delivery', token));
}

/** The verified content of a delivery's token. */
export function readDeliveryClaim(payload: Buffer | null): DeliveryClaim | null {
  const numbers = unpack(payload, 3);
  if (!numbers) return null;
  const [issue, delivery, linkKey] = numbers as [number, number, number];
  return { issue, delivery, linkKey };
}

/** LEB128: seven bits per octet, low bits first, so that small ids make short links. */
export function pack(numbers: readonly number[]): Buffer {
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
export function unpack(payload: Buffer | null, count: number): number[] | null {
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
