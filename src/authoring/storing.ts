/** What importing and correcting have in common once the pictures of a source are collected. */
import { checkIssue } from '../checks/check-issue.ts';
import { calendarFiles } from '../issue/calendar/calendar-files.ts';
import type { Message } from '../issue/document/document.ts';
import type { Medium } from '../issue/media/store.ts';
import type { CollectedPictures, IssueSource, PictureCollector } from './pictures/collect.ts';
import { checkSubject, type NewsletterContext } from './render/context.ts';

/** What an issue is stored with. */
export interface StoringContext extends NewsletterContext {
  /** One collector serves all files of a command. */
  pictures: PictureCollector;
  /** Where pictures are served from; null: `publicUrl`. */
  mediaUrl: string | null;
}

/**
 * Messages about pictures become warnings. An archived issue is never sent from here, so it skips the checks before
 * sending.
 */
export async function checkWithPictures(
  { file, document }: IssueSource,
  { media, messages }: CollectedPictures,
  context: Pick<NewsletterContext, 'view' | 'newsletter' | 'emails' | 'now'>,
  archived: boolean,
): Promise<Message[]> {
  const ofPictures = messages.map((message): Message => ({ ...message, severity: 'warning' }));
  if (archived) return [...document.messages, ...ofPictures];
  return checkIssue(checkSubject(file.text, document, null, media, context), ofPictures);
}

/** What is stored with the issue: its pictures, and the calendar files of its events. */
export function mediaOf(
  { document, newsletter, slug }: IssueSource,
  { media }: CollectedPictures,
): Map<string, Medium> {
  const { timezone } = newsletter;
  return new Map([...media, ...calendarFiles(document, { newsletter: newsletter.slug, slug, timezone })]);
}
