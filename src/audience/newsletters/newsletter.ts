/** Newsletters, which people subscribe to. The editor creates and changes them; they are never deleted. */
import type { Selectable } from 'kysely';
import type { Country } from '../../checks/check.ts';
import type { Db } from '../../db/connection.ts';
import type { NewslettersTable } from '../../db/schema.ts';
import { Refused } from '../../errors.ts';
import type { Mailbox } from '../../render/edition/edition.ts';
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import { suggest } from '../../segment/suggest.ts';
import { readMailbox } from '../fields/mailbox.ts';
import { readFields } from './fields.ts';
import type { FieldContext, NewsletterTexts } from './texts.ts';
import { readSlug } from './values.ts';

/** More would hide what a page is about. */
const MAX_OFFERED = 12;

export interface Newsletter extends NewsletterView {
  id: number;
  /** IANA name. */
  timezone: string;
  /** The relay its issues go to, or several with weights; null for the default one. */
  relay: string | null;
  /** Local times at which nothing is handed over, and by whose clock. */
  quiet: string | null;
  quietZone: 'newsletter' | 'reader';
  /** Percentages of refusals and bounces, and of complaints, at which a send pauses itself (0: never); minimum sample. */
  breaker: number;
  breakerComplaints: number;
  breakerSample: number;
  /** Shown where people subscribe: plain text in the newsletter's language. */
  description: string | null;
  frequency: string | null;
  privacyUrl: string | null;
  signup: 'open' | 'closed';
  images: 'mirror' | 'link';
  onUnknown: 'hold' | 'resend';
  /** How long after a send its ledger names people, `400d` or `forever`; after that it is compacted to counts. */
  keepLedger: string;
  /** Addresses that review and test mails may go to. */
  editors: readonly string[];
  /** A mail to new readers; `welcomeText`: a paragraph of its own. */
  welcome: 'on' | 'off';
  welcomeText: string | null;
  /** New readers get the latest issue. */
  latestIssue: 'on' | 'off';
  /** Origins whose scripts may subscribe people. */
  sites: readonly string[];
  disposable: 'allow' | 'refuse';
  /** Forms need a proof of work. */
  proof: 'on' | 'off';
  /** Countries whose law applies; empty: not stated. */
  legalProfile: readonly Country[];
}

/** Needs slug, name and from; everything else has a default. Throws Refused with all faults, or when the slug is taken. */
export async function createNewsletter(
  db: Db,
  context: FieldContext,
  slug: string,
  texts: NewsletterTexts,
): Promise<Newsletter> {
  readSlug(slug);
  const fields = readFields(context, texts, null);
  const { name, from_address } = fields;
  if (name === undefined || from_address === undefined)
    throw new Refused('bad-newsletter', 'a new newsletter needs a name and a from address');
  const row = await db
    .insertInto('newsletters')
    .values({ ...fields, slug, name, from_address, from_name: fields.from_name || name })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) return fromRow(row);
  throw new Refused(
    'newsletter-exists',
    `there is a newsletter "${slug}" already; change it with newsletter set ${slug}`,
  );
}

/** Changes the given fields and leaves the others. */
export async function setNewsletter(
  db: Db,
  context: FieldContext,
  slug: string,
  texts: NewsletterTexts,
): Promise<Newsletter> {
  const before = await findNewsletter(db, slug);
  const fields = readFields(context, texts, before);
  if (Object.keys(fields).length === 0) return before;
  const row = await db
    .updateTable('newsletters')
    .set({ ...fields, ...(fields.from_name === '' && { from_name: fields.name ?? before.name }) })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return fromRow(row);
}

/** Throws Refused('unknown-newsletter'), which suggests newsletters with a similar slug. */
export async function findNewsletter(db: Db, slug: string): Promise<Newsletter> {
  const row = await db.selectFrom('newsletters').selectAll().where('slug', '=', slug).executeTakeFirst();
  if (row) return fromRow(row);
  const slugs = await db.selectFrom('newsletters').select('slug').orderBy('slug').execute();
  throw new Refused(
    'unknown-newsletter',
    `there is no newsletter "${slug}"; ${suggestion(
      slug,
      slugs.map((s) => s.slug),
    )}`,
  );
}

/** Looks up a newsletter by its id in another row. It must exist, because newsletters are never deleted. */
export async function readNewsletterById(db: Db, id: number): Promise<Newsletter> {
  return fromRow(
    await db.selectFrom('newsletters').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

export async function listNewsletters(db: Db): Promise<Newsletter[]> {
  const rows = await db.selectFrom('newsletters').selectAll().orderBy('slug').execute();
  return rows.map(fromRow);
}

/** The first few that anybody can subscribe to. */
export async function openNewsletters(db: Db): Promise<Newsletter[]> {
  const open = db.selectFrom('newsletters').selectAll().where('signup', '=', 'open');
  return (await open.orderBy('name').limit(MAX_OFFERED).execute()).map(fromRow);
}

/** The part of a newsletter that rendering sees. */
export function newsletterView(newsletter: Newsletter): NewsletterView {
  const { slug, name, from, replyTo, language, theme, colors, logo, postalAddress, baseUrl, archive } =
    newsletter;
  return { slug, name, from, replyTo, language, theme, colors, logo, postalAddress, baseUrl, archive };
}

function suggestion(slug: string, slugs: readonly string[]): string {
  if (slugs.length === 0)
    return 'create the first one: postrider newsletter create --slug weekly --name "Weekly" --from "Weekly <news@example.org>"';
  return `did you mean ${suggest(slug, slugs)
    .map((one) => `"${one}"`)
    .join(' or ')}?`;
}

function fromRow(row: Selectable<NewslettersTable>): Newsletter {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    from: { name: row.from_name, address: row.from_address },
    replyTo: row.reply_to === null ? null : storedMailbox(row.reply_to),
    language: row.language,
    timezone: row.timezone,
    theme: row.theme,
    colors: row.colors,
    logo: row.logo,
    postalAddress: row.postal_address,
    description: row.description,
    frequency: row.frequency,
    privacyUrl: row.privacy_url,
    baseUrl: row.base_url,
    relay: row.relay,
    quiet: row.quiet,
    quietZone: row.quiet_zone,
    breaker: row.auto_pause_refused,
    breakerComplaints: row.auto_pause_complaints,
    breakerSample: row.auto_pause_sample,
    archive: row.archive,
    signup: row.signup,
    images: row.images,
    onUnknown: row.on_unknown,
    keepLedger: row.keep_ledger_days === null ? 'forever' : `${row.keep_ledger_days}d`,
    editors: row.editors,
    welcome: onOff(row.welcome),
    welcomeText: row.welcome_text,
    latestIssue: onOff(row.latest_issue_since !== null),
    sites: row.sites,
    disposable: row.disposable,
    proof: onOff(row.proof),
    legalProfile: row.legal_profile as Country[],
  };
}

const onOff = (is: boolean): 'on' | 'off' => (is ? 'on' : 'off');

function storedMailbox(text: string): Mailbox {
  const { name, address } = readMailbox(text);
  return { name, address };
}
