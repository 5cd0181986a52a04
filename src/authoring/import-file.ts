/** `issue import`: a source becomes a draft, or an issue of the archive. */
import type { IssueState } from '../db/schema.ts';
import type { Message } from '../issue/document/document.ts';
import { issueSlug } from '../issue/slug.ts';
import { type Change, importIssue } from '../issue/store.ts';
import { freezeArchived } from './freeze-archived.ts';
import { refuseErrors } from './messages.ts';
import type { IssueSource } from './pictures/collect.ts';
import { readFile } from './render/read.ts';
import { type SourceFile, storedName } from './source/source-file.ts';
import { checkWithPictures, mediaOf, type StoringContext } from './storing.ts';

export interface ImportOptions {
  /** The issue's slug, if its front matter gives none. */
  slug?: string;
  /** Straight to the archive, never sent. */
  archived?: boolean;
  /** Allows replacing a draft whose title and date both differ. */
  replace?: boolean;
  allowMissingPictures?: boolean;
  /** Called before anything is written, with the messages that are returned too. */
  onChecked?: (messages: readonly Message[]) => void;
}

export interface ImportedIssue {
  /** `weekly/2026-11-23`. */
  issue: string;
  state: IssueState;
  change: Change;
  messages: Message[];
}

/**
 * Idempotent by newsletter and slug. Throws Refused, and stores nothing, for a source with an error or with a missing
 * picture.
 */
export async function importFile(
  file: SourceFile,
  context: StoringContext,
  options: ImportOptions = {},
): Promise<ImportedIssue> {
  const { newsletter, db, pictures } = context;
  const archived = options.archived === true;
  const { document, site } = await readFile(file, context);
  refuseErrors(file.name, document.messages);
  const slug = issueSlug({
    frontMatterSlug: document.slug,
    optionSlug: options.slug ?? null,
    file: file.name,
  });
  const issue: IssueSource = { file, document, newsletter, slug, site };
  const collected = await pictures.collect(issue);
  // An archived issue is never sent, and its pictures may be gone along with their hosts.
  if (!archived && !options.allowMissingPictures) refuseErrors(storedName(file.name), collected.messages);
  const messages = await checkWithPictures(issue, collected, context, archived);
  options.onChecked?.(messages);
  const { change, state } = await importIssue(db, {
    newsletterId: newsletter.id,
    slug,
    source: file.text,
    sourceName: storedName(file.name),
    document,
    media: mediaOf(issue, collected),
    links: site?.kept,
    archived,
    replace: options.replace === true,
  });
  pictures.remember(issue, collected.media);
  const name = `${newsletter.slug}/${slug}`;
  if (state === 'archived') await freezeArchived(db, context, name);
  return { issue: name, state, change, messages };
}
