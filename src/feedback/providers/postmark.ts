/**
 * Postmark signs nothing: whoever knows the key in the URL (or sends it as a password) is believed. It accepts every mail
 * by SMTP and reports faults only here, so what it says of a delivery is stored.
 */
import { contentId, type Fields, objectIn, objectsOf, parseJson, textIn } from './fields.ts';
import type { EventKind, Provider, ProviderEvent } from './provider.ts';
import type { ProviderVerdict } from './refine.ts';
import { eventOf, METADATA_NAME } from './report-of.ts';

export const postmark: Provider = {
  answersLater: true,
  read: ({ body }) => objectsOf(parseJson(body)).flatMap(readEvent),
};

type Meaning = EventKind | ProviderVerdict | null;

function readEvent(event: Fields): ProviderEvent[] {
  const meaning = meaningOf(event);
  if (meaning === null) return [];
  const isReport = typeof meaning === 'object';
  return [
    eventOf({
      id: contentId(event),
      kind: isReport ? 'report' : meaning,
      said: isReport ? meaning : undefined,
      recipient: textIn(event, 'Email', 'Recipient'),
      diagnostic: textIn(event, 'Details', 'Description'),
      token: textIn(objectIn(event, 'Metadata'), METADATA_NAME),
      relayId: textIn(event, 'MessageID'),
    }),
  ];
}

function meaningOf(event: Fields): Meaning {
  switch (textIn(event, 'RecordType')) {
    case 'Delivery':
    case 'Open':
    case 'Click':
      return 'delivered';
    case 'SpamComplaint':
      return COMPLAINT;
    case 'SubscriptionChange':
      return subscriptionChange(event);
    case 'Bounce':
    // Its older webhooks for bounces name no record type.
    case null: {
      const type = textIn(event, 'Type') ?? '';
      if (type === 'SMTPApiError') return smtpApiError(event);
      return Object.hasOwn(BOUNCES, type) ? BOUNCES[type]! : null;
    }
    default:
      return null;
  }
}

const COMPLAINT: ProviderVerdict = { class: 'feedback', reason: 'abuse' };

/** "Bounce API", types of bounces. */
const BOUNCES: Readonly<Record<string, Meaning>> = {
  HardBounce: { class: 'hard', reason: 'user-unknown' },
  BadEmailAddress: { class: 'hard', reason: 'user-unknown' },
  Transient: { class: 'other', reason: 'delayed' },
  SoftBounce: { class: 'soft', reason: 'temporary' },
  DnsError: { class: 'soft', reason: 'network' },
  Unknown: { class: 'soft', reason: 'unknown' },
  SpamNotification: { class: 'block', reason: 'content' },
  VirusNotification: { class: 'block', reason: 'content' },
  TemplateRenderingFailed: { class: 'block', reason: 'content' },
  Blocked: { class: 'block', reason: 'policy' },
  DMARCPolicy: { class: 'block', reason: 'policy' },
  AutoResponder: { class: 'vacation', reason: 'vacation' },
  ChallengeVerification: { class: 'other', reason: 'challenge' },
  AddressChange: { class: 'other', reason: 'moved' },
  OpenRelayTest: { class: 'other', reason: 'relay-test' },
  ManuallyDeactivated: { class: 'other', reason: 'suppressed-by-provider' },
  SpamComplaint: COMPLAINT,
  Unsubscribe: 'unsubscribed',
};

/** It accepted the mail by SMTP and then did not send it. */
function smtpApiError(event: Fields): ProviderVerdict {
  const why = `${textIn(event, 'Description') ?? ''} ${textIn(event, 'Details') ?? ''}`;
  return /inactive|suppress/i.test(why)
    ? { class: 'other', reason: 'suppressed-by-provider' }
    : { class: 'block', reason: 'refused-by-provider' };
}

/** Bounces and complaints are reported for themselves; being taken off its list again changes nothing here. */
function subscriptionChange(event: Fields): Meaning {
  if (event.SuppressSending !== true) return null;
  const reason = textIn(event, 'SuppressionReason');
  if (reason === 'SpamComplaint') return COMPLAINT;
  const byReader = reason === 'ManualSuppression' && textIn(event, 'Origin') === 'Recipient';
  return byReader ? 'unsubscribed' : null;
}
