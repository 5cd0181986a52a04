/** A message as readers get it, with an unsubscribe link that belongs to nobody. It is signed and judged, never sent. */

import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { issueLinks } from '../../consent/links.ts';
import type { Relay } from '../../ports.ts';
import { freezeEdition } from '../../render/edition/freeze-edition.ts';
import { compileMessages } from '../../render/message/message.ts';
import type { Situation } from '../check/situation.ts';

const NOBODY = { issueId: 0, id: 0, subscriberId: 0, linkKey: 0 };

export function sampleMessage(
  { keys, clock, settings }: Situation,
  newsletter: Newsletter,
  relay: Relay,
): Buffer {
  const { slug, name, from, replyTo, language, id } = newsletter;
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const edition = freezeEdition({
    language,
    subject: 'postrider doctor',
    preheader: '',
    html: '<p>A message that is never sent. <a href="{{link.unsubscribe}}">Unsubscribe</a></p>',
    text: 'A message that is never sent.\n\nUnsubscribe: {{link.unsubscribe}}\n',
    slots: ['link.unsubscribe'],
    from,
    replyTo,
    listId: `${slug}.${domain}`,
    listName: name,
    archiveUrl: null,
    feedbackId: null,
    headers: {},
  });
  const fill = compileMessages(edition, { headers: { ...relay.settings.headers } });
  return fill({
    to: { name: '', address: `doctor@${domain}` },
    reader: { email: `doctor@${domain}`, name: null, language: null, attributes: {} },
    links: issueLinks(keys, settings.publicUrl, { ...NOBODY, newsletterId: id }, null),
    messageId: `doctor.${clock.now().getTime()}@${domain}`,
    deliveryId: null,
    date: clock.now(),
  });
}
