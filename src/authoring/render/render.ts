/** Renders and checks a source that has been read, with the pictures beside it. Stores nothing. */
import { checkIssue } from '../../checks/check-issue.ts';
import { calendarFiles } from '../../issue/calendar/calendar-files.ts';
import type { Message } from '../../issue/document/document.ts';
import { linkedPicturesWarning } from '../../issue/media/picture-messages.ts';
import type { preparePicture } from '../../issue/media/prepare-picture.ts';
import { type Medium, sizeOf } from '../../issue/media/store.ts';
import type { Edition } from '../../render/edition/edition.ts';
import { renderIssue } from '../../render/issue.ts';
import { picturesBeside } from '../pictures/beside.ts';
import { pictureWidth } from '../pictures/width.ts';
import { type AuthoringContext, checkSubject, renderContext, viewOf } from './context.ts';
import type { ReadFile } from './read.ts';

export interface RenderedSource {
  edition: Edition;
  mjml: string;
  /** The page of the issue in the archive; null if it would have none. */
  viewUrl: string | null;
  /** Pictures that lie beside the file, and calendar files of events, by the address as written. */
  media: Map<string, Medium>;
  messages: Message[];
}

export interface RenderSettings {
  slug: string;
  /** Where a picture beside the file, or a calendar file, is served from. */
  address: (medium: Medium) => string;
  /** Replaces the default when a source is rendered again and again, so that prepared pictures can be cached. */
  shape?: typeof preparePicture;
}

/**
 * The messages are those of rendering and of the pictures, not those of reading. Throws Refused('template') for a
 * faulty theme.
 */
export async function renderRead(
  { file, document, site }: ReadFile,
  context: AuthoringContext,
  { slug, address, shape }: RenderSettings,
): Promise<RenderedSource> {
  const newsletter = viewOf(context, document);
  const maxWidth = pictureWidth(context.emails, newsletter);
  const beside = await picturesBeside(context.folders, file.folder, document, {
    maxWidth,
    shape,
    site: site?.pictures,
  });
  const timezone = context.newsletter?.timezone ?? 'UTC';
  const calendars = calendarFiles(document, { newsletter: newsletter.slug, slug, timezone });
  const media = new Map([...beside.media, ...calendars]);
  const image = (url: string) => {
    const medium = media.get(url);
    return medium ? address(medium) : null;
  };
  const view = renderContext(document, slug, context, { image, sizeOf: (url) => sizeOf(media.get(url)) });
  const { edition, mjml, messages } = await renderIssue(document, view);
  return {
    edition,
    mjml,
    viewUrl: view.issue.archiveUrl,
    media,
    messages: [...messages, ...linkedPicturesWarning(file.text, beside.missed)],
  };
}

/** Like `renderRead`, plus the messages of reading and of all checks. */
export async function renderAndCheck(
  read: ReadFile,
  context: AuthoringContext,
  settings: RenderSettings,
): Promise<RenderedSource> {
  const rendered = await renderRead(read, context, settings);
  const subject = checkSubject(read.file.text, read.document, rendered.edition, rendered.media, context);
  return { ...rendered, messages: await checkIssue(subject, rendered.messages) };
}
