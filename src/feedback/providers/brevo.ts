/**
 * Brevo signs nothing: whoever knows the key in the URL (or sends it as a password or bearer token) is believed. Its
 * events carry no id and often come out of order. Its message id is not ours and not the one in its 250.
 */
import { contentId, type Fields, objectsOf, parseJson, textIn } from './fields.ts';
import type { EventKind, Provider, ProviderEvent } from './provider.ts';
import type { ProviderVerdict } from './refine.ts';
import { eventOf, METADATA_NAME } from './report-of.ts';

export const brevo: Provider = {
  read: ({ body }) => objectsOf(parseJson(body)).flatMap(readEvent),
};

const PROOFS: Readonly<Record<string, EventKind>> = {
  request: 'accepted',
  sent: 'accepted',
  delivered: 'delivered',
  opened: 'delivered',
  unique_opened: 'delivered',
  proxy_open: 'delivered',
  unique_proxy_open: 'delivered',
  click: 'delivered',
  unsubscribe: 'unsubscribed',
  unsubscribed: 'unsubscribed',
};

const REPORTS: Readonly<Record<string, ProviderVerdict>> = {
  hard_bounce: { class: 'hard', reason: 'user-unknown' },
  invalid_email: { class: 'hard', reason: 'user-unknown' },
  soft_bounce: { class: 'soft', reason: 'temporary' },
  deferred: { class: 'other', reason: 'delayed' },
  // It did not even try: the address is on its list.
  blocked: { class: 'other', reason: 'suppressed-by-provider' },
  error: { class: 'block', reason: 'refused-by-provider' },
  spam: { class: 'feedback', reason: 'abuse' },
  complaint: { class: 'feedback', reason: 'abuse' },
};

function readEvent(event: Fields): ProviderEvent[] {
  const type = textIn(event, 'event') ?? '';
  const proof = Object.hasOwn(PROOFS, type) ? PROOFS[type]! : null;
  const said = Object.hasOwn(REPORTS, type) ? REPORTS[type]! : null;
  if (proof === null && said === null) return [];
  return [
    eventOf({
      id: contentId(event),
      kind: proof ?? 'report',
      said: said ?? undefined,
      recipient: textIn(event, 'email'),
      diagnostic: textIn(event, 'reason'),
      token: customToken(textIn(event, 'X-Mailin-custom')),
    }),
  ];
}

/** `X-Mailin-custom: postrider:TOKEN`, among others separated by `|`. */
function customToken(custom: string | null): string | null {
  const found = (custom ?? '').split('|').find((one) => one.trim().startsWith(`${METADATA_NAME}:`));
  return found ? found.slice(found.indexOf(':') + 1).trim() : null;
}
