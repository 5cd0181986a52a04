/** A mail as a worker would compose it, with links that belong to nobody. It is signed and judged, never sent. */
import { type Newsletter, newsletterView } from '../../audience/newsletters/newsletter.ts';
import { issueLinks } from '../../consent/links.ts';
import type { Composed } from '../../delivery/relay/queued-message.ts';
import { openComposer } from '../../delivery/worker/compose.ts';
import type { Relay } from '../../ports.ts';
import { freezeEdition } from '../../render/edition/freeze-edition.ts';
import { listId } from '../../render/theme/theme-view.ts';
import type { Situation } from '../check/situation.ts';

/** Its recipient is the newsletter's own sender. */
export function sampleMail(situation: Situation, newsletter: Newsletter, relay: Relay): Composed {
  const { keys, clock, settings } = situation;
  const { name, from, replyTo, language, id } = newsletter;
  const edition = freezeEdition({
    language,
    subject: 'postrider doctor',
    preheader: '',
    html: '<p>A message that is never sent. <a href="{{link.unsubscribe}}">Unsubscribe</a></p>',
    text: 'A message that is never sent.\n\nUnsubscribe: {{link.unsubscribe}}\n',
    slots: ['link.unsubscribe'],
    from,
    replyTo,
    listId: listId(newsletterView(newsletter), settings.publicUrl),
    listName: name,
    archiveUrl: null,
    feedbackId: null,
    headers: {},
  });
  const parts = { keys, clock, bounceDomain: settings.bounceDomain };
  const compose = openComposer(parts, edition, relay.settings.headers, (delivery) =>
    issueLinks(keys, settings.publicUrl, delivery, null),
  );
  return compose({
    issueId: 0,
    id: 0,
    newsletterId: id,
    subscriberId: 0,
    linkKey: 0,
    email: from.address,
    name: null,
    language: null,
    attributes: null,
  });
}
