/**
 * SendGrid's Event Webhook: a list of events, signed with ECDSA over the timestamp and the bytes of the body. The unique
 * arguments of X-SMTPAPI come back as fields of each event.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Refused } from '../../errors.ts';
import { contentId, type Fields, objectsOf, parseJson, textIn } from './fields.ts';
import {
  type EventKind,
  type EventRequest,
  type KnownSender,
  NotAuthentic,
  type Provider,
  type ProviderEvent,
} from './provider.ts';
import type { ProviderVerdict } from './refine.ts';
import { eventOf, METADATA_NAME } from './report-of.ts';
import { checkAge, secondsToDate } from './signatures.ts';

/** It repeats what was not answered with 2xx for a day. */
const MAX_AGE_MS = 25 * 3_600_000;
const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';

export const sendgrid: Provider = {
  pins: { option: 'public-key', check: checkPublicKey },
  read(request, sender) {
    verifyBody(request, sender);
    return objectsOf(parseJson(request.body)).flatMap(readEvent);
  },
};

function verifyBody({ headers, body }: EventRequest, { pinned, now }: KnownSender): void {
  const timestamp = headers[TIMESTAMP] ?? '';
  if (pinned === null) throw new NotAuthentic('no public key is set for it');
  checkAge(secondsToDate(timestamp), now, MAX_AGE_MS);
  const signature = Buffer.from(headers[SIGNATURE] ?? '', 'base64');
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  if (!verify('sha256', signed, readPublicKey(pinned), signature))
    throw new NotAuthentic('its signature is wrong');
}

function checkPublicKey(text: string): string {
  readPublicKey(text);
  return text;
}

/** As SendGrid's pages show it: DER in base64. Throws Refused('bad-public-key'). */
function readPublicKey(text: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {}
  throw new Refused('bad-public-key', "expected SendGrid's verification key, which begins with MFkw");
}

const PROOFS: Readonly<Record<string, EventKind>> = {
  processed: 'accepted',
  delivered: 'delivered',
  open: 'delivered',
  click: 'delivered',
  unsubscribe: 'unsubscribed',
  group_unsubscribe: 'unsubscribed',
};

function readEvent(event: Fields): ProviderEvent[] {
  const type = textIn(event, 'event') ?? '';
  const kind = Object.hasOwn(PROOFS, type) ? PROOFS[type]! : 'report';
  const said = kind === 'report' ? classOf(type, event) : undefined;
  if (said === null) return [];
  return [
    eventOf({
      id: textIn(event, 'sg_event_id') ?? contentId(event),
      kind,
      said,
      recipient: textIn(event, 'email'),
      status: textIn(event, 'status'),
      diagnostic: textIn(event, 'reason', 'response'),
      token: textIn(event, METADATA_NAME),
      messageId: textIn(event, 'smtp-id'),
      // `ID.filter...`, of which its 250 names the first part.
      relayId: textIn(event, 'sg_message_id')?.split('.')[0] ?? null,
    }),
  ];
}

/** "Bounce and block classifications": only the first is about the address. */
const CLASSIFICATIONS: Readonly<Record<string, ProviderVerdict>> = {
  'invalid address': { class: 'hard', reason: 'user-unknown' },
  technical: { class: 'soft', reason: 'network' },
  content: { class: 'block', reason: 'content' },
  reputation: { class: 'block', reason: 'policy' },
  'frequency or volume too high': { class: 'block', reason: 'rate-limited' },
  'mailbox unavailable': { class: 'soft', reason: 'mailbox-unavailable' },
};

function classOf(type: string, event: Fields): ProviderVerdict | null {
  switch (type) {
    case 'bounce':
      return bounceClass(event);
    case 'spamreport':
      return { class: 'feedback', reason: 'abuse' };
    case 'deferred':
      return { class: 'other', reason: 'delayed' };
    // It did not even try, because of an earlier bounce, complaint or unsubscribe.
    case 'dropped':
      return { class: 'other', reason: 'suppressed-by-provider' };
    default:
      return null;
  }
}

function bounceClass(event: Fields): ProviderVerdict {
  if (textIn(event, 'type') === 'blocked') {
    const full = /\b5\.2\.2\b/.test(textIn(event, 'status') ?? '');
    return full ? { class: 'soft', reason: 'mailbox-full' } : { class: 'block', reason: 'policy' };
  }
  const classification = (textIn(event, 'bounce_classification') ?? '').toLowerCase();
  return Object.hasOwn(CLASSIFICATIONS, classification)
    ? CLASSIFICATIONS[classification]!
    : { class: 'hard', reason: 'user-unknown' };
}
