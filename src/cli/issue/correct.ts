/** `postrider issue correct`: a mistake is mended on the web after the send. */
import { findNewsletter, type Newsletter, newsletterView } from '../../audience/newsletters/newsletter.ts';
import type { Program } from '../../bootstrap.ts';
import { checkIssue } from '../../checks/check-issue.ts';
import { Refused, Usage } from '../../errors.ts';
import { calendarFiles } from '../../issue/calendar/offered.ts';
import type { Message } from '../../issue/document/document.ts';
import { type FoundIssue, findIssue } from '../../issue/find.ts';
import { hashesOf, type Medium, sameMedia } from '../../issue/media/store.ts';
import { issueSlug } from '../../issue/slug.ts';
import { withCorrection } from '../../render/correction.ts';
import type { Edition } from '../../render/edition/edition.ts';
import { wordsFor } from '../../render/theme/words.ts';
import { keepCorrection, refuseNotOut, type Shown, shownOnWeb } from '../../sends/correct.ts';
import { type OpenContext, out, tell } from '../shared.ts';
import { nameOf } from './files.ts';
import { pageEdition } from './page-edition.ts';
import { folderOf, type Incoming, PictureTaker } from './pictures.ts';
import { readDocument, subjectOf } from './render-context.ts';
import { refuseErrors, report } from './source-acts.ts';

export interface CorrectOptions {
  newsletter: string;
  slug?: string;
  note?: string;
  /** Where the pictures are, if not beside the file. */
  base?: string;
  allowMissingPictures?: boolean;
}

/** In characters: a box above the issue, not a second issue. */
const MAX_NOTE = 500;

export async function correct(open: OpenContext, file: string, options: CorrectOptions): Promise<void> {
  const given = readNote(options.note);
  const { wire } = await open();
  const newsletter = await findNewsletter(wire.db, options.newsletter);
  refuseNoArchive(newsletter);
  const { db, config } = wire;
  const around = { view: newsletterView(newsletter), newsletter, db, publicUrl: config.publicUrl };
  const { source, document, site } = await readDocument(file, around, folderOf(options));
  refuseErrors(file, document.messages);
  const slug = issueSlug({ frontMatterSlug: document.slug, optionSlug: options.slug ?? null, file });
  const found = await findIssue(wire.db, `${newsletter.slug}/${slug}`);
  refuseNotOut(found.name, found);
  const incoming = { file, source, document, newsletter, slug, base: options.base ?? null, site };
  const { media, messages } = await examined(wire, incoming, found, options);
  report(file, messages);
  const shown = await shownOnWeb(wire.db, found.id);
  const answer = { issue: found.name, state: found.state, messages };
  if (isShown(shown, source, media, given)) {
    if (given !== null && shown.correctedAt === null)
      tell(`the note was not put up: ${nameOf(file)} is the very file that ${found.name} was made of`);
    const correctedAt = shown.correctedAt?.toISOString() ?? null;
    return out({ ...answer, change: 'unchanged', correctedAt }, `unchanged ${found.name} (${found.state})`);
  }
  const at = wire.clock.now();
  const edition = await correctedEdition(wire, incoming, media, { at, note: given });
  const mended = { source, sourceName: nameOf(file), title: document.title, media, note: given, edition, at };
  await keepCorrection(wire.db, { issueId: found.id, name: found.name, ...mended });
  tellWhoKeepsIt(found);
  out(
    { ...answer, change: 'corrected', correctedAt: at.toISOString() },
    `corrected ${found.name} (${found.state}), on the web only`,
  );
}

/** One line of plain text; null where none was given. */
function readNote(given: string | undefined): string | null {
  if (given === undefined) return null;
  const note = given.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const length = [...note].length;
  if (length > 0 && length <= MAX_NOTE) return note;
  throw new Usage(`--note: expected 1 to ${MAX_NOTE} characters that tell what was corrected, got ${length}`);
}

function refuseNoArchive({ slug, archive }: Newsletter): void {
  if (archive !== 'off') return;
  throw new Refused(
    'no-archive',
    `${slug} shows no issue on the web, so there is no page to correct; to show them: postrider newsletter set ${slug} --archive public (or unlisted)`,
  );
}

/** Read, with its pictures, and checked as at import: errors stop it. */
async function examined(
  { db, emails, clock }: Program,
  incoming: Incoming,
  { state }: FoundIssue,
  options: CorrectOptions,
): Promise<{ media: Map<string, Medium>; messages: Message[] }> {
  const { file, source, document, newsletter, slug } = incoming;
  const { media, messages: missed } = await new PictureTaker(db, emails).take(incoming);
  const archived = state === 'archived';
  if (!archived && options.allowMissingPictures !== true) refuseErrors(nameOf(file), missed);
  const taken = missed.map((message): Message => ({ ...message, severity: 'warning' }));
  const around = { view: newsletterView(newsletter), newsletter, emails, now: clock.now() };
  // What was never sent from here needs no checks before sending.
  const messages = archived
    ? [...document.messages, ...taken]
    : await checkIssue(subjectOf(source, document, null, media, around), taken);
  refuseErrors(nameOf(file), messages);
  const calendars = calendarFiles(document, {
    newsletter: newsletter.slug,
    slug,
    timezone: newsletter.timezone,
  });
  return { media: new Map([...media, ...calendars]), messages };
}

/** A note alone corrects nothing, but it may replace the note of a correction. */
function isShown(
  shown: Shown,
  source: string,
  media: ReadonlyMap<string, Medium>,
  note: string | null,
): boolean {
  if (shown.source !== source || !sameMedia(shown.media, hashesOf(media))) return false;
  return shown.correctedAt === null || note === null || note === shown.note;
}

function correctedEdition(
  wire: Program,
  incoming: Incoming,
  media: ReadonlyMap<string, Medium>,
  { at, note }: { at: Date; note: string | null },
): Promise<Edition> {
  const { document, newsletter } = incoming;
  const day = dayOf(at, newsletter.timezone);
  const noted = withCorrection(document, { day, words: note }, wordsFor(wire.emails, document.language));
  return pageEdition(wire, { ...incoming, document: noted }, media);
}

/** `YYYY-MM-DD` by the newsletter's clock. */
const dayOf = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeZone }).format(at);

function tellWhoKeepsIt({ state, name }: FoundIssue): void {
  if (state === 'sending' || state === 'paused')
    tell(
      `${name} is ${state}: its mails stay as they were frozen; postrider issue cancel ${name} stops them`,
    );
  else if (state !== 'archived')
    tell(`its mails stay as they were sent; to tell their readers, send an issue --only-reached-by ${name}`);
}
