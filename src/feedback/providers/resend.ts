/**
 * Resend signs as Standard Webhooks says, under Svix's names of the headers. Its events name no recipient but the whole
 * To, so only a mail to one person can be told apart; ours are.
 */
import { type Fields, listIn, objectIn, objectsOf, parseJson, textIn, textsIn } from './fields.ts';
import type { EventKind, Provider, ProviderEvent } from './provider.ts';
import type { ProviderVerdict } from './refine.ts';
import { eventOf } from './report-of.ts';
import { verifyStandardWebhook } from './standard-webhooks.ts';

export const resend: Provider = {
  needsSecret: true,
  read(request, sender) {
    const id = verifyStandardWebhook(request, sender);
    return objectsOf(parseJson(request.body)).flatMap((event) => readEvent(event, id));
  },
};

const PROOFS: Readonly<Record<string, EventKind>> = {
  'email.sent': 'accepted',
  'email.delivered': 'delivered',
  'email.opened': 'delivered',
  'email.clicked': 'delivered',
};

function readEvent(event: Fields, id: string): ProviderEvent[] {
  const type = textIn(event, 'type') ?? '';
  const data = objectIn(event, 'data');
  const kind = Object.hasOwn(PROOFS, type) ? PROOFS[type]! : 'report';
  const said = kind === 'report' ? classOf(type, data) : undefined;
  if (said === null) return [];
  const [to, ...others] = textsIn(data, 'to');
  return [
    eventOf({
      id,
      kind,
      said,
      recipient: others.length === 0 ? (to ?? null) : null,
      diagnostic: textIn(objectIn(data, 'bounce'), 'message') ?? textIn(objectIn(data, 'failed'), 'reason'),
      token: headerOf(data, 'x-postrider-id'),
      messageId: textIn(data, 'message_id') ?? headerOf(data, 'message-id'),
      relayId: textIn(data, 'email_id'),
    }),
  ];
}

function classOf(type: string, data: Fields): ProviderVerdict | null {
  switch (type) {
    case 'email.bounced':
      return bounceClass(objectIn(data, 'bounce'));
    case 'email.complained':
      return { class: 'feedback', reason: 'abuse' };
    case 'email.delivery_delayed':
      return { class: 'other', reason: 'delayed' };
    case 'email.suppressed':
      return { class: 'other', reason: 'suppressed-by-provider' };
    case 'email.failed':
      return { class: 'block', reason: 'refused-by-provider' };
    default:
      return null;
  }
}

/** It sends through SES and hands on SES's words. */
function bounceClass(bounce: Fields): ProviderVerdict {
  const subType = textIn(bounce, 'subType') ?? '';
  const message = textIn(bounce, 'message') ?? '';
  if (/suppress/i.test(subType) || /suppressed sending/i.test(message))
    return { class: 'other', reason: 'suppressed-by-provider' };
  if (/^(Transient|Undetermined)$/.test(textIn(bounce, 'type') ?? ''))
    return { class: 'soft', reason: /MailboxFull/.test(subType) ? 'mailbox-full' : 'temporary' };
  return { class: 'hard', reason: 'user-unknown' };
}

function headerOf(data: Fields, name: string): string | null {
  const found = listIn(data, 'headers').find((one) => textIn(one, 'name')?.toLowerCase() === name);
  return found ? textIn(found, 'value') : null;
}
