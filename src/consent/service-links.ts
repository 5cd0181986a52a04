/** The links of a service mail, by its kind; those of a notice by its name. */
import type { DeliveryKind, NoticeName } from '../db/schema.ts';
import type { Links } from '../render/edition/edition.ts';
import type { Keys } from './keys.ts';
import { issueLinks, type LinkedDelivery, preferencesUrl } from './links.ts';
import { addressToken, confirmToken, dataToken, type LinkRef, rejectToken } from './tokens.ts';

/** What the links of a service mail say about its delivery. */
export interface LinkedServiceMail extends LinkedDelivery {
  kind: DeliveryKind;
  notice: NoticeName | null;
  /** The row that a notice is about; the joint key of a confirmation of several newsletters. */
  about: number | null;
  /** The key of the pending subscription's request; null for a mail that does not ask for a confirmation. */
  requestKey: number | null;
}

export interface LinkContext {
  keys: Keys;
  /** Without a trailing slash. */
  publicUrl: string;
  /** The page of the newsletter's issues; null without an archive. */
  page: string | null;
  /** When the mail is made: links that expire count from then, not from the request. */
  now: Date;
}

type NoticeLinks = (context: LinkContext, mail: LinkedServiceMail, ref: LinkRef) => Links;

const addressLink =
  (side: 'old' | 'new'): NoticeLinks =>
  ({ keys, publicUrl, now }, { about }, ref) =>
    about === null
      ? {}
      : { action: `${publicUrl}/address/${addressToken(keys, { ...ref, change: about, side }, now)}` };

/** `action` is the address of the notice's button. */
const NOTICE_LINKS: Record<NoticeName, NoticeLinks> = {
  'already-reader': ({ keys, publicUrl }, _, ref) => ({ action: preferencesUrl(keys, publicUrl, ref) }),
  'data-link': ({ keys, publicUrl, now }, _, ref) => ({
    action: `${publicUrl}/data/${dataToken(keys, ref, now)}`,
  }),
  'address-old': addressLink('old'),
  'address-new': addressLink('new'),
};

export function serviceLinks(context: LinkContext, mail: LinkedServiceMail): Links {
  const { subscriberId, linkKey } = mail;
  if (subscriberId === null || linkKey === null) return {};
  const ref = { newsletter: mail.newsletterId, subscriber: subscriberId, linkKey };
  switch (mail.kind) {
    case 'confirmation':
      return confirmationLinks(context, mail, ref);
    case 'notice':
      return mail.notice === null ? {} : NOTICE_LINKS[mail.notice](context, mail, ref);
    default:
      return issueLinks(context.keys, context.publicUrl, mail, context.page);
  }
}

function confirmationLinks(
  { keys, publicUrl, now }: LinkContext,
  mail: LinkedServiceMail,
  ref: LinkRef,
): Links {
  const reject = `${publicUrl}/reject/${rejectToken(keys, ref)}`;
  const requestKey = mail.about ?? mail.requestKey;
  if (requestKey === null) return { reject };
  return {
    confirm: `${publicUrl}/confirm/${confirmToken(keys, { ...ref, requestKey, mail: mail.id }, now)}`,
    reject,
  };
}
