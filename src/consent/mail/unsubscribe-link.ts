/** The link that unsubscribes by mail, for programs that offer nothing else. */
import type { Links } from '../../render/edition/edition.ts';
import type { Keys } from '../keys.ts';
import type { LinkedDelivery } from '../links.ts';
import { unsubscribeAddress } from './mail-tokens.ts';

/** None without a domain whose mail reaches us, or for an erased person. */
export function unsubscribeByMail(
  keys: Keys,
  domain: string | null,
  { newsletterId: newsletter, subscriberId: subscriber, linkKey }: LinkedDelivery,
): Pick<Links, 'unsubscribeByMail'> {
  if (domain === null || subscriber === null || linkKey === null) return {};
  const address = unsubscribeAddress(keys, { newsletter, subscriber, linkKey }, domain);
  return { unsubscribeByMail: `mailto:${address}?subject=unsubscribe` };
}
