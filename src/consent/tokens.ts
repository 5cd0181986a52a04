/**
 * The content of our links: numbers, signed for one purpose, and never an address. Reading a token returns null for
 * everything that we did not sign for that purpose and for what has expired; callers cannot tell which.
 *
 * Row ids alone do not identify a person: a restored dump, or a new database with the same secret, assigns them to
 * somebody else. So every token also contains the link key of the subscriber's row, which is random. Whoever acts on a
 * token looks the person up by both (`link-state.ts`).
 */
import type { Keys } from './keys.ts';
import { readNumbers, signNumbers, unpackNumbers } from './signed-numbers.ts';

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

/** The page that somebody sees while and after they leave. */
export interface LeavingRef extends LinkRef {
  /** The consent record of their unsubscribe; 0 before they have left. */
  record: number;
}

/** One of the two mailboxes that confirm a new address. */
export interface AddressRef extends LinkRef {
  /** `address_changes.id` */
  change: number;
  side: 'old' | 'new';
}

/** How long a confirmation link works. */
export const CONFIRM_HOURS = 72;
/** How long somebody who has just left can undo it. */
export const LEAVING_MINUTES = 30;
/** How long the link to a person's data works. */
export const DATA_HOURS = 24;
/** How long both mailboxes have to confirm a new address. */
export const ADDRESS_HOURS = 24;

/** The unsubscribe link. Never expires: people unsubscribe from old mails. */
export const unsubscribeToken = (keys: Keys, ref: UnsubscribeRef): string =>
  signNumbers(keys, 'unsubscribe', ref);

export const readUnsubscribeToken = (keys: Keys, token: string): UnsubscribeRef | null =>
  readNumbers(keys, 'unsubscribe', token);

/** The confirmation link; works until `CONFIRM_HOURS` after `now`. */
export function confirmToken(keys: Keys, ref: ConfirmRef, now: Date): string {
  const numbers = { ...ref, expires: secondsOf(now) + CONFIRM_HOURS * 3600 };
  const { mail } = ref;
  return mail === undefined
    ? signNumbers(keys, 'confirm', numbers)
    : signNumbers(keys, 'confirm:mail', { ...numbers, mail });
}

export const readConfirmToken = (keys: Keys, token: string, now: Date): ConfirmRef | null =>
  unexpired(readNumbers(keys, 'confirm:mail', token) ?? readNumbers(keys, 'confirm', token), now);

/** "It was not me: never write to me." Never expires: all it does is stop mail. */
export const rejectToken = (keys: Keys, ref: LinkRef): string => signNumbers(keys, 'reject', ref);

export const readRejectToken = (keys: Keys, token: string): LinkRef | null =>
  readNumbers(keys, 'reject', token);

/**
 * The preferences page of one person. Never expires. Issues get forwarded, so it shows and changes only what the page
 * offers; the person's data, its export and the erasure need a link of their own.
 */
export const preferencesToken = (keys: Keys, ref: LinkRef): string => signNumbers(keys, 'preferences', ref);

export const readPreferencesToken = (keys: Keys, token: string): LinkRef | null =>
  readNumbers(keys, 'preferences', token);

/**
 * Stands in the form of the page of an unsubscribe link, never in a mail: for `LEAVING_MINUTES` it undoes the leaving
 * that it names, says why, or asks for fewer mails.
 */
export const leavingToken = (keys: Keys, ref: LeavingRef, now: Date): string =>
  signNumbers(keys, 'leaving', { ...ref, expires: secondsOf(now) + LEAVING_MINUTES * 60 });

export const readLeavingToken = (keys: Keys, token: string, now: Date): LeavingRef | null =>
  unexpired(readNumbers(keys, 'leaving', token), now);

/** Shows, exports and erases a person's data; works until `DATA_HOURS` after `now`. Mailed only to the person. */
export const dataToken = (keys: Keys, ref: LinkRef, now: Date): string =>
  signNumbers(keys, 'data', { ...ref, expires: secondsOf(now) + DATA_HOURS * 3600 });

export const readDataToken = (keys: Keys, token: string, now: Date): LinkRef | null =>
  unexpired(readNumbers(keys, 'data', token), now);

const SIDES = ['old', 'new'] as const;

/** One mailbox says yes to a new address; each gets a link of its own. */
export const addressToken = (keys: Keys, ref: AddressRef, now: Date): string =>
  signNumbers(keys, 'address', {
    ...ref,
    side: SIDES.indexOf(ref.side),
    expires: secondsOf(now) + ADDRESS_HOURS * 3600,
  });

export function readAddressToken(keys: Keys, token: string, now: Date): AddressRef | null {
  const read = unexpired(readNumbers(keys, 'address', token), now);
  const side = read && SIDES[read.side];
  return side ? { ...read, side } : null;
}

/**
 * `X-Postrider-Id`: feedback finds its delivery by this header, whatever a relay did to the Message-ID. The link key (0
 * where there is no subscriber) must be that of the delivery's subscriber: in a restored database the number may belong
 * to another mail.
 */
export const deliveryToken = (keys: Keys, ref: DeliveryClaim): string => signNumbers(keys, 'delivery', ref);

export const readDeliveryToken = (keys: Keys, token: string): DeliveryClaim | null =>
  readNumbers(keys, 'delivery', token);

/** The verified content of a delivery's token. */
export const readDeliveryClaim = (payload: Buffer | null): DeliveryClaim | null =>
  unpackNumbers('delivery', payload);

/** When a form was opened, to the second: who sends it back at once is hardly a person. */
export const formToken = (keys: Keys, now: Date): string =>
  signNumbers(keys, 'form', { openedAt: secondsOf(now) });

export function readFormToken(keys: Keys, token: string): Date | null {
  const read = readNumbers(keys, 'form', token);
  return read && new Date(read.openedAt * 1000);
}

const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1000);

function unexpired<T extends { expires: number }>(read: T | null, now: Date): Omit<T, 'expires'> | null {
  if (!read || now.getTime() >= read.expires * 1000) return null;
  const { expires, ...rest } = read;
  return rest;
}
