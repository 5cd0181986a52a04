/** The pictures of an issue at import: those beside the file, those known already, and those of the web. */
import { type Newsletter, newsletterView } from '../../audience/newsletters/newsletter.ts';
import { pictureUrls } from '../../checks/links-and-pictures.ts';
import type { Db } from '../../db/connection.ts';
import { fetchPicture } from '../../io/fetch/picture.ts';
import type { Document, Message } from '../../issue/document/document.ts';
import { mirrorPictures, type Wanted } from '../../issue/media/mirror.ts';
import { picturesGone, picturesMissed } from '../../issue/media/missed.ts';
import { findImported, findMedia, type Medium } from '../../issue/media/store.ts';
import { Patience } from '../../issue/media/time-budget.ts';
import { hasSlots } from '../../issue/targets/target.ts';
import { pictureUrl } from '../../render/content/url.ts';
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import { themeView } from '../../render/theme/theme-view.ts';
import { isLocal, mediaBeside } from './files.ts';
import type { FoundLinks } from './links.ts';

/** An issue that is about to be imported. */
export interface Incoming {
  file: string;
  source: string;
  document: Document;
  newsletter: Newsletter;
  slug: string;
  /** Where its pictures are, if not beside the file: a folder, or an address of the web. */
  base?: string | null;
  /** What reading the file found of its site. */
  site?: FoundLinks | null;
}

export interface Pictures {
  media: Map<string, Medium>;
  /** An error for each picture that no reader would get. */
  messages: Message[];
}

export type FetchPicture = (address: string, signal: AbortSignal) => Promise<Buffer>;

/** Sharp screens show two of a picture's pixels where the mail counts one; an opening picture is as wide as the mail. */
export const pictureWidth = (emails: EmailFiles, view: NewsletterView): number =>
  2 * themeView(emails, view, view.language, 'ltr').width;

/** One for a command: what it learns of hosts and pictures with one file spares the next files the way. */
export class PictureTaker {
  readonly #db: Db;
  readonly #emails: EmailFiles;
  readonly #fetch: FetchPicture;
  readonly #patience = new Patience();
  /** By absolute address, without their bytes: stored by this command already. */
  readonly #stored = new Map<string, Medium>();

  /** `fetch` is for tests. */
  constructor(db: Db, emails: EmailFiles, fetch: FetchPicture = fetchPicture) {
    this.#db = db;
    this.#emails = emails;
    this.#fetch = fetch;
  }

  /** One of the web that cannot be had keeps its link, and a message says so. */
  async take(issue: Incoming): Promise<Pictures> {
    const maxWidth = pictureWidth(this.#emails, newsletterView(issue.newsletter));
    const { media, missed } = await mediaBeside(
      issue.file,
      issue.document,
      maxWidth,
      undefined,
      folderOf(issue),
      issue.site?.pictures,
    );
    const known = await this.#known(issue);
    for (const [url, medium] of known.media) if (!media.has(url)) media.set(url, medium);
    const ofWeb = known.complete ? [] : wantedOf(issue, media);
    const mirrored = await mirrorPictures(this.#unlessStored(ofWeb, media), {
      fetch: this.#fetch,
      patience: this.#patience,
      maxWidth,
    });
    for (const [url, medium] of mirrored.media) media.set(url, medium);
    const unusable = new Set(missed.map(({ url }) => url));
    const nowhere = nowhereOf(issue, media).filter(({ url }) => !unusable.has(url));
    const isGone = ({ url }: { url: string }): boolean => addressOf(issue, url) === null;
    const gone = [...missed.filter(isGone), ...nowhere];
    const linked = [...missed.filter((one) => !isGone(one)), ...mirrored.missed];
    return {
      media,
      messages: [...picturesGone(issue.source, gone), ...picturesMissed(issue.source, linked)],
    };
  }

  /** To be called when the issue is stored: its pictures need not be fetched for the next one. */
  remember(issue: Incoming, media: ReadonlyMap<string, Medium>): void {
    for (const [url, medium] of media) {
      const address = addressOf(issue, url);
      if (address) this.#stored.set(address, { ...medium, bytes: null });
    }
  }

  /** What an earlier import stored. One that is no draft any more stays as it is. */
  async #known(issue: Incoming): Promise<{ media: Map<string, Medium>; complete: boolean }> {
    const { newsletter, slug, source } = issue;
    const before = newsletter.images === 'mirror' && (await findImported(this.#db, newsletter.id, slug));
    if (!before) return { media: new Map(), complete: newsletter.images === 'link' };
    const rows = await findMedia(this.#db, Object.values(before.media));
    const media = Object.entries(before.media).flatMap(([url, hash]) => {
      const medium = addressOf(issue, url) && rows.get(hash);
      return medium ? [[url, medium] as const] : [];
    });
    return { media: new Map(media), complete: before.state !== 'draft' && before.source === source };
  }

  #unlessStored(wanted: readonly Wanted[], media: Map<string, Medium>): Wanted[] {
    return wanted.filter(({ url, address }) => {
      const medium = this.#stored.get(address);
      if (medium) media.set(url, medium);
      return !medium;
    });
  }
}

const isWeb = (base: string): boolean => /^https?:\/\//i.test(base);

/** Null: that of the file. */
export const folderOf = ({ base = null }: Pick<Incoming, 'base'>): string | null =>
  base === null || isWeb(base) ? null : base;

/** Where a picture is on the web, or null for one that has no place there. */
function addressOf({ document, base = null }: Incoming, url: string): string | null {
  const own = document.baseUrl ?? document.canonicalUrl;
  return pictureUrl(url, base !== null && isWeb(base) && isLocal(url) ? base : own);
}

const wantedOf = (issue: Incoming, media: ReadonlyMap<string, Medium>): Wanted[] =>
  [...pictureUrls(issue.document)].flatMap((url) => {
    const address = media.has(url) ? null : addressOf(issue, url);
    return address?.startsWith('http') ? [{ url, address }] : [];
  });

/** Named by a path alone, and neither beside the file nor known to a site. */
const nowhereOf = (issue: Incoming, media: ReadonlyMap<string, Medium>) =>
  [...pictureUrls(issue.document)]
    .filter((url) => url !== '' && !media.has(url) && !hasSlots(url) && isLocal(url))
    .filter((url) => addressOf(issue, url) === null)
    .map((url) => ({ url, why: whyNowhere(issue) }));

const whyNowhere = ({ file, base = null }: Incoming): string =>
  base !== null
    ? `is not in ${base}`
    : file === '-'
      ? 'cannot be found: standard input has no folder, and the newsletter has no --base-url'
      : 'is not beside the file, and the newsletter has no --base-url';
