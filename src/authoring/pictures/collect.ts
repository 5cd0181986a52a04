/** The pictures to store with an issue: those beside its source, those of an earlier import, and those from the web. */
import { type Newsletter, newsletterView } from '../../audience/newsletters/newsletter.ts';
import { pictureUrls } from '../../checks/links-and-pictures.ts';
import type { Db } from '../../db/connection.ts';
import type { Document, Message } from '../../issue/document/document.ts';
import { mirrorPictures, type RemotePicture } from '../../issue/media/mirror.ts';
import { linkedPicturesWarning, missingPictureErrors } from '../../issue/media/picture-messages.ts';
import { findImported, findMedia, type Medium } from '../../issue/media/store.ts';
import { TimeBudget } from '../../issue/media/time-budget.ts';
import { hasSlots } from '../../issue/targets/target.ts';
import { pictureUrl } from '../../render/content/url.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import type { FoundLinks } from '../site/find-links.ts';
import type { FolderReader } from '../source/folder-reader.ts';
import { isRelative, isWebAddress, type SourceFile, STANDARD_INPUT } from '../source/source-file.ts';
import { picturesBeside } from './beside.ts';
import { pictureWidth } from './width.ts';

/** An issue whose pictures are collected. */
export interface IssueSource {
  file: SourceFile;
  document: Document;
  newsletter: Newsletter;
  slug: string;
  /** What reading the file found out about its site. */
  site?: FoundLinks | null;
}

export interface CollectedPictures {
  media: Map<string, Medium>;
  /** An error for each picture that no reader would get, and a warning for those that stay links. */
  messages: Message[];
}

/** Rejects with words that complete "the picture ...". `io/fetch/picture.ts` fulfils it. */
export type FetchPicture = (address: string, signal: AbortSignal) => Promise<Buffer>;

export interface CollectorParts {
  db: Db;
  emails: EmailFiles;
  folders: FolderReader;
  fetchPicture: FetchPicture;
}

/**
 * One collector serves several issues in a row: it never asks a dead host again, and does not fetch a picture again
 * that an earlier issue stored.
 */
export class PictureCollector {
  readonly #parts: CollectorParts;
  readonly #timeBudget = new TimeBudget();
  /** Keyed by absolute address, without the bytes, which are in the database. */
  readonly #stored = new Map<string, Medium>();

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /** A picture on the web that cannot be fetched keeps its link, and a message says so. */
  async collect(issue: IssueSource): Promise<CollectedPictures> {
    const { emails, folders, fetchPicture } = this.#parts;
    const { file, document, newsletter, site } = issue;
    const maxWidth = pictureWidth(emails, newsletterView(newsletter));
    const options = { maxWidth, site: site?.pictures };
    const { media, missed } = await picturesBeside(folders, file.folder, document, options);
    const earlier = await this.#earlierImport(issue);
    for (const [url, medium] of earlier.media) if (!media.has(url)) media.set(url, medium);
    const ofWeb = earlier.complete ? [] : picturesOfWeb(issue, media);
    const mirrored = await mirrorPictures(this.#withoutStored(ofWeb, media), {
      fetch: fetchPicture,
      timeBudget: this.#timeBudget,
      maxWidth,
    });
    for (const [url, medium] of mirrored.media) media.set(url, medium);
    const unusable = new Set(missed.map(({ url }) => url));
    const nowhere = picturesNowhere(issue, media).filter(({ url }) => !unusable.has(url));
    const isGone = ({ url }: { url: string }): boolean => addressOf(issue, url) === null;
    const gone = [...missed.filter(isGone), ...nowhere];
    const linked = [...missed.filter((one) => !isGone(one)), ...mirrored.missed];
    return {
      media,
      messages: [...missingPictureErrors(file.text, gone), ...linkedPicturesWarning(file.text, linked)],
    };
  }

  /** To be called once the issue is stored: its pictures need not be fetched again for the next one. */
  remember(issue: IssueSource, media: ReadonlyMap<string, Medium>): void {
    for (const [url, medium] of media) {
      const address = addressOf(issue, url);
      if (address) this.#stored.set(address, { ...medium, bytes: null });
    }
  }

  /** The pictures from the web that an earlier import stored. `complete`: nothing more is fetched for this issue. */
  async #earlierImport(issue: IssueSource): Promise<{ media: Map<string, Medium>; complete: boolean }> {
    const { newsletter, slug, file } = issue;
    const { db } = this.#parts;
    const before = newsletter.images === 'mirror' && (await findImported(db, newsletter.id, slug));
    if (!before) return { media: new Map(), complete: newsletter.images === 'link' };
    const rows = await findMedia(db, Object.values(before.media));
    const media = Object.entries(before.media).flatMap(([url, hash]) => {
      const medium = addressOf(issue, url) && rows.get(hash);
      return medium ? [[url, medium] as const] : [];
    });
    // An issue that is no longer a draft keeps the pictures that it has.
    return { media: new Map(media), complete: before.state !== 'draft' && before.source === file.text };
  }

  #withoutStored(wanted: readonly RemotePicture[], media: Map<string, Medium>): RemotePicture[] {
    return wanted.filter(({ url, address }) => {
      const medium = this.#stored.get(address);
      if (medium) media.set(url, medium);
      return !medium;
    });
  }
}

/** A picture's address on the web, or null if it has none. */
function addressOf({ document, file: { base } }: IssueSource, url: string): string | null {
  const own = document.baseUrl ?? document.canonicalUrl;
  return pictureUrl(url, base !== null && isWebAddress(base) && isRelative(url) ? base : own);
}

const picturesOfWeb = (issue: IssueSource, media: ReadonlyMap<string, Medium>): RemotePicture[] =>
  [...pictureUrls(issue.document)].flatMap((url) => {
    const address = media.has(url) ? null : addressOf(issue, url);
    return address?.startsWith('http') ? [{ url, address }] : [];
  });

/** Pictures named by a path alone for which neither a file nor an address on the web is known. */
const picturesNowhere = (issue: IssueSource, media: ReadonlyMap<string, Medium>) =>
  [...pictureUrls(issue.document)]
    .filter((url) => url !== '' && !media.has(url) && !hasSlots(url) && isRelative(url))
    .filter((url) => addressOf(issue, url) === null)
    .map((url) => ({ url, why: whyNowhere(issue.file) }));

const whyNowhere = ({ name, base }: SourceFile): string =>
  base !== null
    ? `is not in ${base}`
    : name === STANDARD_INPUT
      ? 'cannot be found: standard input has no folder, and the newsletter has no --base-url'
      : 'is not beside the file, and the newsletter has no --base-url';
