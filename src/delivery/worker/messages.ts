/** From a delivery to the bytes of its message: the edition compiled once, its slots filled per reader. */

import { readNewsletterById } from '../../audience/newsletters/newsletter.ts';
import type { Keys } from '../../consent/keys.ts';
import { archiveUrl, issueLinks, serviceLinks } from '../../consent/links.ts';
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import type { LeasedDelivery } from '../../ledger/lease.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import type { Clock } from '../../ports.ts';
import type { Edition, Links } from '../../render/edition/edition.ts';
import type { MessageMemory } from '../../render/message/message.ts';
import { renderServiceMail } from '../../render/service-mail.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import { type Composed, composer } from './compose.ts';

/** Throws Refused when no proper message can be made for this one reader. */
export type Compose = (delivery: LeasedDelivery, memory?: MessageMemory) => Composed;

interface Parts {
  db: Db;
  keys: Keys;
  emails: EmailFiles;
  publicUrl: string;
  clock: Clock;
}

/** Editions kept compiled at the same time. */
const KEPT = 32;

export class Messages {
  #parts: Parts;
  #compiled = new Map<string, Promise<Compose>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The composer for this delivery: its issue's frozen edition, or the service mail of its kind and language. */
  composer(delivery: LeasedDelivery, relayHeaders: Readonly<Record<string, string>>): Promise<Compose> {
    const what =
      delivery.issueId === SERVICE
        ? `${delivery.kind}/${delivery.newsletterId}/${delivery.language ?? ''}`
        : `issue/${delivery.issueId}/${delivery.editionId}`;
    // Relays of one issue may ask for different headers.
    const key = [what, ...Object.entries(relayHeaders).flat()].join('\n');
    const known = this.#compiled.get(key);
    if (known) return known;
    const made =
      delivery.issueId === SERVICE
        ? this.#service(delivery, relayHeaders)
        : this.#issue(delivery.issueId, relayHeaders);
    this.#compiled.set(key, made);
    made.catch(() => this.#compiled.delete(key));
    const oldest = this.#compiled.keys().next().value;
    if (this.#compiled.size > KEPT && oldest !== undefined) this.#compiled.delete(oldest);
    return made;
  }

  async #issue(issueId: number, headers: Readonly<Record<string, string>>): Promise<Compose> {
    const { keys, publicUrl } = this.#parts;
    const row = await this.#parts.db
      .selectFrom('issues')
      .innerJoin('editions', 'editions.id', 'issues.edition_id')
      .innerJoin('newsletters', 'newsletters.id', 'issues.newsletter_id')
      .select(['editions.content', 'issues.slug', 'newsletters.slug as newsletter', 'newsletters.archive'])
      .where('issues.id', '=', issueId)
      .executeTakeFirst();
    if (!row) throw new Refused('no-edition', `issue ${issueId} has no frozen edition`);
    const view = row.archive === 'off' ? null : archiveUrl(publicUrl, row.newsletter, row.slug);
    return this.#compose(row.content as Edition, headers, (d) =>
      issueLinks(keys, publicUrl, {
        issue_id: d.issueId,
        id: d.id,
        newsletter_id: d.newsletterId,
        subscriber_id: d.subscriberId,
        link_key: d.linkKey,
        archiveUrl: view,
      }),
    );
  }

  async #service(delivery: LeasedDelivery, headers: Readonly<Record<string, string>>): Promise<Compose> {
    const { db, keys, emails, publicUrl, clock } = this.#parts;
    const newsletter = await readNewsletterById(db, delivery.newsletterId);
    const kind = delivery.kind === 'issue' ? 'notice' : delivery.kind;
    const edition = await renderServiceMail(
      kind,
      newsletter,
      delivery.language ?? newsletter.language,
      emails,
    );
    const compose = this.#compose(edition, headers, (d) =>
      serviceLinks(
        keys,
        publicUrl,
        {
          newsletter_id: d.newsletterId,
          subscriber_id: d.subscriberId,
          link_key: d.linkKey,
          request_key: d.requestKey,
        },
        clock.now(),
      ),
    );
    // A stranger may have typed the name into the form: the mail that asks the owner of the mailbox does not repeat it.
    return kind === 'confirmation' ? (d, memory) => compose({ ...d, name: null }, memory) : compose;
  }

  #compose(
    edition: Edition,
    headers: Readonly<Record<string, string>>,
    links: (d: LeasedDelivery) => Links,
  ): Compose {
    return composer(this.#parts, edition, headers, links);
  }
}
