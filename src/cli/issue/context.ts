/** Opens what a command needs to work on an issue's file: the database only if a newsletter is named. */
import { findNewsletter } from '../../audience/newsletters/newsletter.ts';
import { PictureCollector } from '../../authoring/pictures/collect.ts';
import { type AuthoringContext, newsletterContext } from '../../authoring/render/context.ts';
import type { StoringContext } from '../../authoring/storing.ts';
import type { Program } from '../../bootstrap.ts';
import type { Config } from '../../config/config.ts';
import { systemClock } from '../../io/clock.ts';
import { fetchPicture } from '../../io/fetch/picture.ts';
import { diskFolders } from '../../io/files.ts';
import { EmailFiles } from '../../render/theme/email-files.ts';
import type { OpenContext } from '../context.ts';

export interface NewsletterOption {
  newsletter?: string;
}

export async function openAuthoringContext(
  open: OpenContext,
  readSettings: () => Config,
  { newsletter }: NewsletterOption,
): Promise<AuthoringContext> {
  if (newsletter !== undefined) return newsletterContextOf((await open()).program, newsletter);
  const { emailsDir, publicUrl } = readSettings();
  return {
    view: null,
    newsletter: null,
    db: null,
    emails: new EmailFiles(emailsDir),
    publicUrl,
    folders: diskFolders,
    now: systemClock.now(),
  };
}

/** For importing and correcting: one picture collector serves all files of the command. */
export async function openStoringContext(program: Program, newsletter: string): Promise<StoringContext> {
  const { db, emails, config } = program;
  return {
    ...(await newsletterContextOf(program, newsletter)),
    mediaUrl: config.mediaUrl,
    pictures: new PictureCollector({ db, emails, folders: diskFolders, fetchPicture }),
  };
}

async function newsletterContextOf({ db, emails, config, clock }: Program, slug: string) {
  const newsletter = await findNewsletter(db, slug);
  const { publicUrl } = config;
  return newsletterContext(newsletter, { db, emails, publicUrl, folders: diskFolders, now: clock.now() });
}
