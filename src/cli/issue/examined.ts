/** A file rendered, and checked: what `issue render`, `issue check`, `issue preview` and `issue shots` are made of. */
import { checkIssue } from '../../checks/check-issue.ts';
import { calendarFiles } from '../../issue/calendar/offered.ts';
import type { Document, Message } from '../../issue/document/document.ts';
import { picturesMissed } from '../../issue/media/missed.ts';
import type { shapePicture } from '../../issue/media/shape.ts';
import { type Medium, sizeOf } from '../../issue/media/store.ts';
import type { Edition } from '../../render/edition/edition.ts';
import { renderIssue } from '../../render/issue.ts';
import { mediaBeside } from './files.ts';
import type { FoundLinks } from './links.ts';
import { pictureWidth } from './pictures.ts';
import { anyNewsletter, contextOf, type Surroundings, subjectOf } from './render-context.ts';

export interface Drawn {
  edition: Edition;
  mjml: string;
  /** The page of the issue on the archive; null where it would have none. */
  viewUrl: string | null;
  /** Pictures that lie beside the file, and calendar files of events, by the address as written. */
  media: Map<string, Medium>;
  /** What rendering and the pictures have to remark; not what reading had. */
  messages: Message[];
}

export interface Drawing {
  slug: string;
  /** What reading the file found of its site. */
  site: FoundLinks | null;
  /** Where a picture that lies beside the file, or a calendar file, is served from. */
  address: (medium: Medium) => string;
  /** For those who render again and again: one that remembers. */
  shape?: (bytes: Buffer, width: number) => ReturnType<typeof shapePicture>;
}

/** Throws Refused('template') for a fault of the theme. */
export async function draw(
  file: string,
  source: string,
  document: Document,
  around: Surroundings,
  { slug, site, address, shape }: Drawing,
): Promise<Drawn> {
  const newsletter = around.view ?? anyNewsletter(document.language);
  const width = pictureWidth(around.emails, newsletter);
  const shaped = shape && ((bytes: Buffer) => shape(bytes, width));
  const beside = await mediaBeside(file, document, width, shaped, null, site?.pictures);
  const timezone = around.newsletter?.timezone ?? 'UTC';
  const calendars = calendarFiles(document, { newsletter: newsletter.slug, slug, timezone });
  const media = new Map([...beside.media, ...calendars]);
  const image = (url: string) => {
    const medium = media.get(url);
    return medium ? address(medium) : null;
  };
  const context = contextOf(document, slug, around, { image, sizeOf: (url) => sizeOf(media.get(url)) });
  const { edition, mjml, messages } = await renderIssue(document, context);
  const viewUrl = context.issue.archiveUrl;
  return { edition, mjml, viewUrl, media, messages: [...messages, ...picturesMissed(source, beside.missed)] };
}

/** As `draw`, with the remarks of reading and of all checks among the messages. */
export async function examine(
  file: string,
  source: string,
  document: Document,
  around: Surroundings,
  how: Drawing,
): Promise<Drawn> {
  const drawn = await draw(file, source, document, around, how);
  const subject = subjectOf(source, document, drawn.edition, drawn.media, around);
  return { ...drawn, messages: await checkIssue(subject, drawn.messages) };
}
