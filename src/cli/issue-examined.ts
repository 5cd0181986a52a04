/** A file rendered and checked: what `issue check` prints and `issue preview` shows. */
import { checkIssue } from '../checks/run.ts';
import type { Document, Message } from '../issue/document.ts';
import { type Medium, sizeOf } from '../issue/media/keep.ts';
import { picturesMissed } from '../issue/media/missed.ts';
import type { shapePicture } from '../issue/media/shape.ts';
import type { Edition } from '../render/edition.ts';
import { renderIssue } from '../render/issue.ts';
import { anyNewsletter, contextOf, type Surroundings, subjectOf } from './issue-around.ts';
import { mediaBeside } from './issue-files.ts';
import { pictureWidth } from './issue-pictures.ts';

export interface Examined {
  edition: Edition;
  media: Map<string, Medium>;
  messages: Message[];
}

export interface Examining {
  slug: string;
  /** Where a picture that lies beside the file is served from. */
  address: (medium: Medium) => string;
  /** For those who render again and again: one that remembers. */
  shape?: (bytes: Buffer, width: number) => ReturnType<typeof shapePicture>;
}

/** Throws Refused('template') for a fault of the theme. */
export async function examine(
  file: string,
  source: string,
  document: Document,
  around: Surroundings,
  { slug, address, shape }: Examining,
): Promise<Examined> {
  const width = pictureWidth(around.emails, around.view ?? anyNewsletter(document.language));
  const { media, missed } = await mediaBeside(
    file,
    document,
    width,
    shape && ((bytes) => shape(bytes, width)),
  );
  const image = (url: string) => {
    const medium = media.get(url);
    return medium ? address(medium) : null;
  };
  const context = contextOf(document, slug, around, { image, sizeOf: (url) => sizeOf(media.get(url)) });
  const { edition, messages } = await renderIssue(document, context);
  const subject = subjectOf(source, document, edition, media, around);
  return {
    edition,
    media,
    messages: await checkIssue(subject, [...messages, ...picturesMissed(source, missed)]),
  };
}
