/** What `postrider issue check|inspect|render|import|list` do. Loaded when one of them runs: reading and rendering are large. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findNewsletter, type Newsletter, newsletterView } from '../../audience/newsletters/newsletter.ts';
import type { Program } from '../../bootstrap.ts';
import { checkIssue, errorsIn } from '../../checks/check-issue.ts';
import type { Config } from '../../config/config.ts';
import { Refused } from '../../errors.ts';
import { calendarFiles } from '../../issue/calendar/offered.ts';
import type { Message } from '../../issue/document/document.ts';
import { formatMessage } from '../../issue/document/format.ts';
import { type ListedIssue, listIssues } from '../../issue/find.ts';
import { importIssue } from '../../issue/import.ts';
import { inspectJson } from '../../issue/inspect.ts';
import type { Medium } from '../../issue/media/store.ts';
import { issueSlug } from '../../issue/slug.ts';
import { type OpenContext, out, tell, wantsJson } from '../shared.ts';
import { table } from '../text.ts';
import { draw } from './examined.ts';
import { nameOf } from './files.ts';
import { folderOf, PictureTaker } from './pictures.ts';
import { type NewsletterOption, readDocument, subjectOf, surroundings } from './render-context.ts';
import { sampleMessage } from './sample-message.ts';

/** Messages for people, and for machines: on standard error, so that the answer stands alone. */
export function report(file: string, messages: readonly Message[]): void {
  if (!wantsJson()) for (const message of messages) tell(formatMessage(file, message));
}

export function refuseErrors(file: string, messages: readonly Message[]): void {
  const errors = errorsIn(messages);
  if (errors.length === 0) return;
  throw new Refused('issue-errors', errors.map((message) => formatMessage(file, message)).join('\n'));
}

export async function inspect(
  open: OpenContext,
  readSettings: () => Config,
  file: string,
  options: NewsletterOption,
): Promise<void> {
  const around = await surroundings(open, readSettings, options);
  const { document } = await readDocument(file, around);
  const said = inspectJson(document, around.newsletter?.timezone ?? null);
  process.stdout.write(`${JSON.stringify(said, null, wantsJson() ? undefined : 2)}\n`);
}

export async function render(
  open: OpenContext,
  readSettings: () => Config,
  file: string,
  options: NewsletterOption & { out: string },
): Promise<void> {
  const around = await surroundings(open, readSettings, options);
  const { source, document, site } = await readDocument(file, around);
  refuseErrors(file, document.messages);
  const slug = issueSlug({
    frontMatterSlug: document.slug,
    optionSlug: null,
    file: file === '-' ? 'issue.md' : file,
  });
  const drawn = await draw(file, source, document, around, { slug, site, address: addressOf });
  const { edition, mjml, viewUrl, media } = drawn;
  const messages = [...document.messages, ...drawn.messages];
  report(file, messages);
  const sample = sampleMessage(edition, { publicUrl: around.publicUrl, viewUrl });
  const files = {
    'email.html': sample.html,
    'email.txt': sample.text,
    'email.mjml': mjml,
    'email.eml': sample.message,
    'document.json': JSON.stringify(inspectJson(document), null, 2),
  };
  await mkdir(join(options.out, 'media'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(options.out, name), content);
  for (const medium of media.values())
    if (medium.bytes) await writeFile(join(options.out, fileOf(medium)), medium.bytes);
  const sizes = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, Buffer.byteLength(content)]),
  );
  out(
    { out: options.out, sizes, messages },
    Object.entries(sizes)
      .map(([name, size]) => `${join(options.out, name)}  ${size} bytes`)
      .join('\n'),
  );
}

/** Beside the HTML, as `/media/:hash` stands beside the pages: so the sizes are those of a sent mail. */
const addressOf = ({ hash, type }: Medium): string => {
  const name = `media/${hash.slice(0, 16)}`;
  // The link to a calendar file adds its ending by itself.
  return isCalendar(type) ? name : `${name}.${type.replace(/^image\/|\+xml$/g, '')}`;
};

const fileOf = (medium: Medium): string =>
  isCalendar(medium.type) ? `${addressOf(medium)}.ics` : addressOf(medium);

const isCalendar = (type: string): boolean => type.startsWith('text/calendar');

interface ImportOptions {
  newsletter: string;
  slug?: string;
  archived?: boolean;
  replace?: boolean;
  /** Where the pictures are, if not beside the file. */
  base?: string;
  allowMissingPictures?: boolean;
}

export async function importFiles(open: OpenContext, files: string[], options: ImportOptions): Promise<void> {
  if (options.slug !== undefined && files.length > 1)
    throw new Refused(
      'one-slug',
      `--slug names one issue, ${files.length} files were given; leave it out, or import them one by one`,
    );
  const { wire } = await open();
  const newsletter = await findNewsletter(wire.db, options.newsletter);
  const pictures = new PictureTaker(wire.db, wire.emails);
  const results = [];
  const refused: string[] = [];
  for (const file of files) {
    try {
      const imported = await importOne(wire, pictures, newsletter, file, options);
      if (imported.state === 'archived') await showInArchive(wire, imported.issue);
      results.push(imported);
    } catch (error) {
      if (!(error instanceof Refused) || files.length === 1) throw error;
      refused.push(error.message.startsWith(file) ? error.message : `${file}: ${error.message}`);
    }
  }
  out(
    files.length === 1 ? results[0] : results,
    results.map((r) => `${r.change.padEnd(9)} ${r.issue} (${r.state})`).join('\n'),
  );
  if (refused.length > 0)
    throw new Refused(
      'not-all-imported',
      `${refused.length} of ${files.length} files were not imported:\n${refused.join('\n')}`,
    );
}

async function showInArchive({ db, emails, config }: Program, issue: string): Promise<void> {
  const { freezeArchived } = await import('../../sends/freeze-archived.ts');
  await freezeArchived(db, { publicUrl: config.publicUrl, mediaUrl: config.mediaUrl, emails }, issue);
}

async function importOne(
  { db, emails, clock, config: { publicUrl } }: Program,
  pictures: PictureTaker,
  newsletter: Newsletter,
  file: string,
  options: ImportOptions,
) {
  const view = newsletterView(newsletter);
  const around = { view, newsletter, db, publicUrl };
  const { source, document, site } = await readDocument(file, around, folderOf(options));
  refuseErrors(file, document.messages);
  const slug = issueSlug({ frontMatterSlug: document.slug, optionSlug: options.slug ?? null, file });
  const incoming = { file, source, document, newsletter, slug, base: options.base ?? null, site };
  const { media, messages: missed } = await pictures.take(incoming);
  // An archive is never sent: its pictures may be gone with their hosts.
  const mayMiss = options.allowMissingPictures === true || options.archived === true;
  if (!mayMiss) refuseErrors(nameOf(file), missed);
  const taken = missed.map((message): Message => ({ ...message, severity: 'warning' }));
  // What was sent long ago needs no checks before sending.
  const messages = options.archived
    ? [...document.messages, ...taken]
    : await checkIssue(
        subjectOf(source, document, null, media, { view, newsletter, emails, now: clock.now() }),
        taken,
      );
  report(file, messages);
  const { change, state } = await importIssue(db, {
    newsletterId: newsletter.id,
    slug,
    source,
    sourceName: nameOf(file),
    document,
    media: new Map([
      ...media,
      ...calendarFiles(document, { newsletter: newsletter.slug, slug, timezone: newsletter.timezone }),
    ]),
    links: site?.kept,
    archived: options.archived === true,
    replace: options.replace === true,
  });
  pictures.remember(incoming, media);
  return {
    issue: `${newsletter.slug}/${slug}`,
    state,
    change,
    messages,
  };
}

/** By the newsletter's clock; for what has no time yet the date it bears. */
function timeOf({ at, date, timezone }: ListedIssue): string {
  if (at === null) return date ?? '';
  const options = { dateStyle: 'short', timeStyle: 'short', timeZone: timezone } as const;
  return new Intl.DateTimeFormat('sv', options).format(at);
}

export async function list(open: OpenContext, options: NewsletterOption): Promise<void> {
  const { wire } = await open();
  const issues = await listIssues(wire.db, options.newsletter ?? null);
  out(
    issues,
    table(
      ['issue', 'state', 'audience', 'time', 'title'],
      issues.map((i) => [i.name, i.state, i.audience === null ? '' : String(i.audience), timeOf(i), i.title]),
    ),
  );
}
