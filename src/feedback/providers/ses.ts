/**
 * Amazon SES, through a topic of SNS. It has two ways to report with nearly the same fields: event publishing, which
 * carries our message tags, and notifications, which carry our header when "include original headers" is on. With both
 * on, each event arrives twice under different ids, which does no harm.
 */
import { Refused } from '../../errors.ts';
import { type Fields, listIn, objectIn, objectsOf, parseJson, textIn, textsIn } from './fields.ts';
import type { EventKind, Provider, ProviderEvent } from './provider.ts';
import type { ProviderVerdict } from './refine.ts';
import { type EventParts, eventOf, METADATA_NAME } from './report-of.ts';
import { confirmSubscription, readSns, TOPIC_ARN } from './sns.ts';

export const ses: Provider = {
  pins: { option: 'topic', check: checkTopic },
  async read({ body }, sender) {
    const sns = await readSns(body, sender);
    if (sns.type === 'SubscriptionConfirmation') await confirmSubscription(sns, sender);
    // SES tests a topic with a sentence; everything else that it says is an object.
    if (sns.type !== 'Notification' || !sns.message.startsWith('{')) return [];
    return objectsOf(parseJson(sns.message)).flatMap((event) => eventsOf(event, sns.messageId));
  },
};

function checkTopic(text: string): string {
  if (TOPIC_ARN.test(text)) return text;
  throw new Refused(
    'bad-topic',
    `expected a topic such as arn:aws:sns:eu-west-1:123456789012:ses, found "${text}"`,
  );
}

/** These prove that SES has the mail, or that the reader does. */
const PROOFS: Readonly<Record<string, EventKind>> = {
  Send: 'accepted',
  Delivery: 'delivered',
  Open: 'delivered',
  Click: 'delivered',
  Subscription: 'unsubscribed',
};

function eventsOf(event: Fields, id: string): ProviderEvent[] {
  const type = textIn(event, 'eventType', 'notificationType') ?? '';
  const mail = objectIn(event, 'mail');
  const common = {
    id,
    token: tokenOf(mail),
    messageId: headerOf(mail, 'Message-ID'),
    relayId: textIn(mail, 'messageId'),
  };
  const all = textsIn(mail, 'destination');
  const build = (kind: EventKind, recipients: readonly string[], more: Partial<EventParts> = {}) =>
    (recipients.length > 0 ? recipients : [null]).map((recipient) =>
      eventOf({ ...common, kind, recipient, ...more }),
    );
  const named = (list: readonly Fields[], more: Partial<EventParts>) =>
    list.map((one) =>
      eventOf({
        ...common,
        kind: 'report',
        recipient: textIn(one, 'emailAddress'),
        status: textIn(one, 'status'),
        diagnostic: textIn(one, 'diagnosticCode'),
        ...more,
      }),
    );
  if (Object.hasOwn(PROOFS, type)) return build(PROOFS[type]!, all);
  const delay = objectIn(event, 'deliveryDelay');
  const bounce = objectIn(event, 'bounce');
  const complaint = objectIn(event, 'complaint');
  switch (type) {
    case 'Bounce':
      return numbered(named(listIn(bounce, 'bouncedRecipients'), { said: bounceClass(bounce) }));
    case 'Complaint':
      return numbered(named(listIn(complaint, 'complainedRecipients'), { said: complaintClass(complaint) }));
    case 'DeliveryDelay':
      return numbered(
        named(listIn(delay, 'delayedRecipients'), { said: { class: 'other', reason: 'delayed' } }),
      );
    case 'Reject':
    case 'Rendering Failure':
      return build('report', all, { said: { class: 'block', reason: 'content' } });
    default:
      return [];
  }
}

/** Each recipient is an event of its own; we send to one at a time, so this is rare. */
const numbered = (events: readonly ProviderEvent[]): ProviderEvent[] =>
  events.map((event, at) => (at === 0 ? event : { ...event, id: `${event.id}-${at}` }));

function bounceClass(bounce: Fields): ProviderVerdict {
  const type = textIn(bounce, 'bounceType');
  const subType = textIn(bounce, 'bounceSubType') ?? '';
  // SES did not even try: the bounce that put the address on its list was an earlier one.
  if (/suppress/i.test(subType)) return { class: 'other', reason: 'suppressed-by-provider' };
  if (subType === 'MailboxFull') return { class: 'soft', reason: 'mailbox-full' };
  if (subType === 'MessageTooLarge') return { class: 'soft', reason: 'message-too-large' };
  if (subType === 'ContentRejected' || subType === 'AttachmentRejected')
    return { class: 'block', reason: 'content' };
  if (type === 'Permanent') return { class: 'hard', reason: 'user-unknown' };
  return { class: 'soft', reason: 'temporary' };
}

function complaintClass(complaint: Fields): ProviderVerdict {
  const said = textIn(complaint, 'complaintFeedbackType') ?? 'abuse';
  if (/suppress/i.test(textIn(complaint, 'complaintSubType') ?? ''))
    return { class: 'other', reason: 'suppressed-by-provider' };
  return said === 'not-spam' ? { class: 'other', reason: said } : { class: 'feedback', reason: said };
}

/** The tag that travelled in X-SES-MESSAGE-TAGS, or our own header. */
const tokenOf = (mail: Fields): string | null =>
  textsIn(objectIn(mail, 'tags'), METADATA_NAME)[0] ?? headerOf(mail, 'X-Postrider-Id');

function headerOf(mail: Fields, name: string): string | null {
  const found = listIn(mail, 'headers').find(
    (one) => textIn(one, 'name')?.toLowerCase() === name.toLowerCase(),
  );
  return found ? textIn(found, 'value') : null;
}
