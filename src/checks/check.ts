/**
 * Checks before sending. A check looks at one thing of an issue and says what is wrong with it, and where; it
 * changes nothing, reads no file and asks nobody: what it needs is in the `Subject`. All of them stand in `list.ts`.
 */
import type { Document } from '../issue/document/document.ts';
import type { Edition } from '../render/edition/edition.ts';
import type { NewsletterView } from '../render/edition/newsletter-view.ts';
import type { EmailFiles } from '../render/theme/email-files.ts';

/** Countries whose law a newsletter keeps; `eu` stands for the United Kingdom too. */
export const COUNTRIES = ['us', 'ca', 'eu', 'cn'] as const;
export type Country = (typeof COUNTRIES)[number];

/** A picture that comes from our own place, by the address as the issue writes it. */
export interface KeptPicture {
  /** Null: not known (yet). */
  bytes: number | null;
}

/** What is looked at. */
export interface Subject {
  /** The file as written: places are looked up in it. */
  source: string;
  document: Document;
  newsletter: NewsletterView;
  /** Empty: nobody said which law counts. */
  legalProfile: readonly Country[];
  emails: EmailFiles;
  /** Null where it was not rendered: checks of what rendering made then find nothing. */
  edition: Edition | null;
  pictures: ReadonlyMap<string, KeptPicture>;
  /** Pictures of the web will be taken along when the issue is imported. */
  mirrors: boolean;
  /** When it is looked at; without it, what holds at some times only is not judged. */
  now?: Date;
}

export interface Finding {
  /** 1-based, in the source; null where it has no place there. */
  line: number | null;
  column?: number;
  /** What is wrong, and what to do. */
  text: string;
}

export interface Check {
  /** A stable word, e.g. `image-no-alt`. */
  rule: string;
  /** An error stops a send, unless it is forced. */
  severity: 'error' | 'warning';
  /** For the table of docs/editors.md: what to do. */
  advice: string;
  find(subject: Subject): Finding[] | Promise<Finding[]>;
}
