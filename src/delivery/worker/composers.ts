/**
 * Composers turn a delivery into the bytes of its message. An edition is compiled once and filled in for each reader.
 */
import { readNewsletterById } from '../../audience/newsletters/newsletter.ts';
import type { Keys } from '../../consent/keys.ts';
import { archiveUrl, issueLinks } from '../../consent/links.ts';
import { unsubscribeByMail } from '../../consent/mail/unsubscribe-link.ts';
import { serviceLinks } from '../../consent/service-links.ts';
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import type { LeasedDelivery } from '../../ledger/lease.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import type { Clock } from '../../ports.ts';
import type { Edition } from '../../render/edition/edition.ts';
import type { MessageMemory } from '../../render/message/message.ts';
import { renderServiceMail, type ServiceMailName, serviceMailNames } from '../../render/service-mail.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import type { Composed } from '../relay/queued-message.ts';
import { openComposer } from './compose.ts';

/** Throws Refused when no valid message can be composed for this one reader. */
export type Compose = (delivery: LeasedDelivery, memory?: MessageMemory) => Composed;

type Headers = Readonly<Record<string, string>>;

interface Parts {
  db: Db;
  keys: Keys;
  emails: EmailFiles;
  publicUrl: string;
  clock: Clock;
  /** The domain of return paths; without one, bounces go to the newsletter's address. */
  bounceDomain?: string | null;
  /** Mail to this domain reaches us, so people may unsubscribe by mail, too. */
  unsubscribeDomain?: string | null;
}

/** Editions kept compiled at the same time. */
const MAX_COMPILED = 32;

export class Composers {
  #parts: Parts;
  #compiled = new Map<string, Promise<Compose>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** For the deliveries of one batch. `headers`: what its relay adds to each message. */
  async prepare(deliveries: readonly LeasedDelivery[], headers: Headers): Promise<Compose> {
    const [first] = deliveries;
    if (!first) return cannotCompose(new Error('expected a delivery to compose for, got none'));
    return first.issueId === SERVICE
      ? this.#prepareService(deliveries, headers)
      : this.#prepareIssue(first, headers);
  }

  /** A missing edition must not refuse any reader: an error other than `Refused` stops the issue instead. */
  async #prepareIssue({ issueId, editionId }: LeasedDelivery, headers: Headers): Promise<Compose> {
    try {
      return await this.#compile(`issue/${issueId}/${editionId}`, headers, () =>
        this.#issue(issueId, headers),
      );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return cannotCompose(new Error(error.message, { cause: error }));
    }
  }

  /** A mail that cannot be composed must not stop the others of its batch. */
  async #prepareService(deliveries: readonly LeasedDelivery[], headers: Headers): Promise<Compose> {
    const composers = new Map<number, Compose>();
    for (const delivery of deliveries) composers.set(delivery.id, await this.#serviceOf(delivery, headers));
    return (delivery, memory) => composers.get(delivery.id)!(delivery, memory);
  }

  async #serviceOf(delivery: LeasedDelivery, headers: Headers): Promise<Compose> {
    const name = nameOf(delivery);
    const { kind, notice, newsletterId, language } = delivery;
    if (!name)
      return cannotCompose(new Error(`only a newer Postrider knows the service mail "${notice ?? kind}"`));
    const requested = await this.#jointNames(delivery);
    const what = [name, newsletterId, language, ...requested].join('/');
    return this.#compile(what, headers, () => this.#service(name, delivery, requested, headers)).catch(
      (error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        return cannotCompose(error);
      },
    );
  }

  /** The relays of one issue may need different headers. */
  #compile(what: string, headers: Headers, compile: () => Promise<Compose>): Promise<Compose> {
    const key = [what, ...Object.entries(headers).flat()].join('\n');
    const known = this.#compiled.get(key);
    if (known) return known;
    const made = compile();
    this.#compiled.set(key, made);
    made.catch(() => this.#compiled.delete(key));
    const oldest = this.#compiled.keys().next().value;
    if (this.#compiled.size > MAX_COMPILED && oldest !== undefined) this.#compiled.delete(oldest);
    return made;
  }

  async #issue(issueId: number, headers: Headers): Promise<Compose> {
    const { db, keys, publicUrl, unsubscribeDomain = null } = this.#parts;
    const row = await db
      .selectFrom('issues')
      .innerJoin('editions', 'editions.id', 'issues.edition_id')
      .innerJoin('newsletters', 'newsletters.id', 'issues.newsletter_id')
      .select(['editions.content', 'issues.slug', 'newsletters.slug as newsletter', 'newsletters.archive'])
      .where('issues.id', '=', issueId)
      .executeTakeFirst();
    if (!row) throw new Refused('no-edition', `issue ${issueId} has no frozen edition`);
    const page = row.archive === 'off' ? null : archiveUrl(publicUrl, row.newsletter, row.slug);
    return openComposer<LeasedDelivery>(this.#parts, row.content as Edition, headers, (delivery) => ({
      ...issueLinks(keys, publicUrl, delivery, page),
      ...unsubscribeByMail(keys, unsubscribeDomain, delivery),
    }));
  }

  /** The names of the newsletters that a joint confirmation asks about; none for any other mail. */
  async #jointNames({ kind, about, subscriberId, newsletterId }: LeasedDelivery): Promise<string[]> {
    if (kind !== 'confirmation' || about === null) return [];
    const rows = await this.#parts.db
      .selectFrom('subscriptions as s')
      .innerJoin('newsletters as n', 'n.id', 's.newsletter_id')
      .select(['n.name', 'n.id'])
      .where('s.subscriber_id', '=', subscriberId)
      .where('s.joint_key', '=', about)
      .where('s.state', '=', 'pending')
      .orderBy('n.id')
      .execute();
    const first = rows.filter(({ id }) => id === newsletterId);
    return [...first, ...rows.filter(({ id }) => id !== newsletterId)].map((row) => row.name);
  }

  async #service(
    name: ServiceMailName,
    delivery: LeasedDelivery,
    requested: readonly string[],
    headers: Headers,
  ): Promise<Compose> {
    const { db, keys, emails, publicUrl, clock } = this.#parts;
    const newsletter = await readNewsletterById(db, delivery.newsletterId);
    const language = delivery.language ?? newsletter.language;
    const edition = await renderServiceMail(name, newsletter, language, emails, requested);
    const page = newsletter.archive === 'public' ? archiveUrl(publicUrl, newsletter.slug) : null;
    const compose = openComposer<LeasedDelivery>(this.#parts, edition, headers, (mail) =>
      serviceLinks({ keys, publicUrl, page, now: clock.now() }, mail),
    );
    // A stranger may have typed the name into the form, so the mail to the owner of the mailbox does not repeat it.
    return delivery.kind === 'confirmation'
      ? (mail, memory) => compose({ ...mail, name: null }, memory)
      : compose;
  }
}

/** Undefined for a notice that only a newer release knows: the mail waits for it. */
function nameOf({ kind, notice }: LeasedDelivery): ServiceMailName | undefined {
  const name: ServiceMailName | null = kind === 'notice' ? notice : kind === 'issue' ? null : kind;
  return serviceMailNames.find((known) => known === name);
}

const cannotCompose =
  (fault: Error): Compose =>
  () => {
    throw fault;
  };
