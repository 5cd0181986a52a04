/** `issue correct`: corrects the web page of an issue that is out. Its mails stay as they were sent. */
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import type { IssueState } from '../../db/schema.ts';
import { Refused } from '../../errors.ts';
import type { Document, Message } from '../../issue/document/document.ts';
import { findIssue } from '../../issue/find.ts';
import { hashesOf, type Medium, sameMedia } from '../../issue/media/store.ts';
import { issueSlug } from '../../issue/slug.ts';
import { withCorrection } from '../../render/correction.ts';
import { wordsFor } from '../../render/theme/words.ts';
import { refuseErrors } from '../messages.ts';
import type { IssueSource } from '../pictures/collect.ts';
import { readFile } from '../render/read.ts';
import { type SourceFile, storedName } from '../source/source-file.ts';
import { checkWithPictures, mediaOf, type StoringContext } from '../storing.ts';
import { pageEdition } from './page-edition.ts';
import { type PageOnWeb, pageOnWeb, refuseNotOut, storeCorrection } from './store.ts';

export interface CorrectionOptions {
  /** For the audit log, e.g. `cli`. */
  who: string;
  /** The issue's slug, if its front matter gives none. */
  slug?: string;
  /** What was corrected, for the readers of the page; null: no note. */
  note: string | null;
  allowMissingPictures?: boolean;
  /** Called before anything is written, with the messages that are returned too. */
  onChecked?: (messages: readonly Message[]) => void;
}

export interface CorrectedIssue {
  /** `weekly/2026-11-23`. */
  issue: string;
  state: IssueState;
  /** `unchanged`: the page shows this very source, pictures and note already. */
  change: 'corrected' | 'unchanged';
  /** Null: the page was never corrected. */
  correctedAt: Date | null;
  messages: Message[];
}

/** Throws Refused when the issue has no page to correct, and for a source with an error. */
export async function correctIssue(
  file: SourceFile,
  context: StoringContext,
  options: CorrectionOptions,
): Promise<CorrectedIssue> {
  const { newsletter, db, now } = context;
  const { note } = options;
  refuseNoArchive(newsletter);
  const { document, site } = await readFile(file, context);
  refuseErrors(file.name, document.messages);
  const slug = issueSlug({
    frontMatterSlug: document.slug,
    optionSlug: options.slug ?? null,
    file: file.name,
  });
  const found = await findIssue(db, `${newsletter.slug}/${slug}`);
  refuseNotOut(found.name, found);
  const source: IssueSource = { file, document, newsletter, slug, site };
  const { media, messages } = await collectAndCheck(source, found.state, context, options);
  options.onChecked?.(messages);
  const page = await pageOnWeb(db, found.id);
  const answer = { issue: found.name, state: found.state, messages };
  if (showsAlready(page, file.text, media, note))
    return { ...answer, change: 'unchanged', correctedAt: page.correctedAt };
  await storeCorrection(db, {
    issueId: found.id,
    who: options.who,
    name: found.name,
    source: file.text,
    sourceName: storedName(file.name),
    title: document.title,
    media,
    note,
    edition: await pageEdition(withNote(document, context, note), slug, media, context),
    at: now,
  });
  return { ...answer, change: 'corrected', correctedAt: now };
}

function refuseNoArchive({ slug, archive }: Newsletter): void {
  if (archive !== 'off') return;
  throw new Refused(
    'no-archive',
    `${slug} shows no issue on the web, so there is no page to correct; to show them: postrider newsletter set ${slug} --archive public (or unlisted)`,
  );
}

/** As at import, errors stop it. An archived issue is never sent from here, so it skips the checks before sending. */
async function collectAndCheck(
  source: IssueSource,
  state: IssueState,
  context: StoringContext,
  { allowMissingPictures = false }: CorrectionOptions,
): Promise<{ media: Map<string, Medium>; messages: Message[] }> {
  const name = storedName(source.file.name);
  const archived = state === 'archived';
  const collected = await context.pictures.collect(source);
  if (!archived && !allowMissingPictures) refuseErrors(name, collected.messages);
  const messages = await checkWithPictures(source, collected, context, archived);
  refuseErrors(name, messages);
  return { media: mediaOf(source, collected), messages };
}

/** A note alone is not a correction, but it may replace the note of an earlier one. */
function showsAlready(
  page: PageOnWeb,
  source: string,
  media: ReadonlyMap<string, Medium>,
  note: string | null,
): boolean {
  if (page.source !== source || !sameMedia(page.media, hashesOf(media))) return false;
  return page.correctedAt === null || note === null || note === page.note;
}

function withNote(
  document: Document,
  { newsletter, emails, now }: StoringContext,
  note: string | null,
): Document {
  const day = dayOf(now, newsletter.timezone);
  return withCorrection(document, { day, words: note }, wordsFor(emails, document.language));
}

/** `YYYY-MM-DD` by the newsletter's clock. */
const dayOf = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeZone }).format(at);
