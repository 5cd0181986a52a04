/**
 * Mailgun: one event a request. The signature stands in the body and covers only a timestamp and a random token, not the
 * event; so a token counts once, for the event that it first came with.
 */
import { contentId, type Fields, objectIn, objectsOf, parseJson, textIn } from './fields.ts';
import {
  type EventKind,
  type KnownSender,
  NotAuthentic,
  type Provider,
  type ProviderEvent,
} from './provider.ts';
import type { ProviderVerdict } from './refine.ts';
import { eventOf, METADATA_NAME } from './report-of.ts';
import { checkAge, hmacSha256, sameBytes, secondsToDate } from './signatures.ts';

/** It repeats what was not answered with 200 for eight hours. */
const MAX_AGE_MS = 12 * 3_600_000;

export const mailgun: Provider = {
  needsSecret: true,
  read({ body }, sender) {
    const [post = {}] = objectsOf(parseJson(body));
    // A subaccount's events carry its parent's signature as well.
    const token = ['signature', 'parent-signature']
      .map((name) => verifiedToken(objectIn(post, name), sender))
      .find((one) => one !== null);
    if (!token) throw new NotAuthentic('its signature is wrong');
    const event = objectIn(post, 'event-data');
    return readEvent(event, token).map((one) => ({ ...one, content: contentId(event) }));
  },
};

function verifiedToken(signature: Fields, { secrets, now }: KnownSender): string | null {
  const timestamp = textIn(signature, 'timestamp');
  const token = textIn(signature, 'token');
  const given = Buffer.from(textIn(signature, 'signature') ?? '', 'hex');
  if (timestamp === null || token === null) return null;
  if (!secrets.some((secret) => sameBytes(given, hmacSha256(secret, timestamp, token)))) return null;
  checkAge(secondsToDate(timestamp), now, MAX_AGE_MS);
  return token;
}

const PROOFS: Readonly<Record<string, EventKind>> = {
  accepted: 'accepted',
  delivered: 'delivered',
  opened: 'delivered',
  clicked: 'delivered',
  unsubscribed: 'unsubscribed',
};

function readEvent(event: Fields, token: string): ProviderEvent[] {
  const type = textIn(event, 'event') ?? '';
  const kind = Object.hasOwn(PROOFS, type) ? PROOFS[type]! : 'report';
  const said = kind === 'report' ? classOf(type, event) : undefined;
  if (said === null) return [];
  const status = objectIn(event, 'delivery-status');
  const headers = objectIn(objectIn(event, 'message'), 'headers');
  return [
    eventOf({
      // Its own id is unique for a day only.
      id: token,
      kind,
      said,
      recipient: textIn(event, 'recipient') ?? textIn(headers, 'to'),
      status: textIn(status, 'enhanced-code'),
      diagnostic: textIn(status, 'message') ?? textIn(status, 'description'),
      token: textIn(objectIn(event, 'user-variables'), METADATA_NAME),
      messageId: textIn(headers, 'message-id'),
    }),
  ];
}

/** Codes that no server said: it did not try, because of an earlier bounce, unsubscribe or complaint. */
const SUPPRESSED = new Set(['605', '606', '607']);
/** Codes for "it could not be delivered for too long". */
const GAVE_UP = new Set(['498', '499', '602']);

function classOf(type: string, event: Fields): ProviderVerdict | null {
  if (type === 'complained') return { class: 'feedback', reason: 'abuse' };
  if (type === 'rejected') return { class: 'block', reason: 'content' };
  if (type !== 'failed') return null;
  const code = textIn(objectIn(event, 'delivery-status'), 'code') ?? '';
  const reason = textIn(event, 'reason') ?? '';
  if (SUPPRESSED.has(code) || /^suppress/.test(reason))
    return { class: 'other', reason: 'suppressed-by-provider' };
  if (textIn(event, 'severity') === 'temporary') return { class: 'other', reason: 'delayed' };
  if (reason === 'espblock') return { class: 'block', reason: 'policy' };
  if (GAVE_UP.has(code) || reason === 'old') return { class: 'soft', reason: 'expired' };
  return { class: 'hard', reason: 'user-unknown' };
}
