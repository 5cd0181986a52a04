/**
 * Checks before sending. A check looks at one aspect of an issue and reports what is wrong with it, and where. It changes
 * nothing, reads no file and uses no network: everything it needs is in the `CheckedIssue`. `all-checks.ts` lists them.
 */
import type { Document } from '../issue/document/document.ts';
import type { Edition } from '../render/edition/edition.ts';
import type { NewsletterView } from '../render/edition/newsletter-view.ts';
import type { EmailFiles } from '../render/theme/email-files.ts';

/** Countries whose law a newsletter follows; `eu` includes the United Kingdom. */
export const COUNTRIES = ['us', 'ca', 'eu', 'cn'] as const;
export type Country = (typeof COUNTRIES)[number];

/** A picture that Postrider serves itself. */
export interface KeptPicture {
  /** Null: not known yet. */
  bytes: number | null;
}

/** The issue under check, with everything that checks may look at. */
export interface CheckedIssue {
  /** The file as written, to find line numbers. */
  source: string;
  document: Document;
  newsletter: NewsletterView;
  /** Empty: nobody has said which law applies. */
  legalProfile: readonly Country[];
  emails: EmailFiles;
  /** Null if the issue was not rendered; checks of the rendered mail then find nothing. */
  edition: Edition | null;
  /** The pictures we serve, by their address as written. */
  pictures: ReadonlyMap<string, KeptPicture>;
  /** Whether importing the issue will copy pictures from the web. */
  mirrors: boolean;
  /** The current time; without it, checks that depend on the time are skipped. */
  now?: Date;
}

export interface Finding {
  /** 1-based, in the source; null for no particular line. */
  line: number | null;
  column?: number;
  /** What is wrong and what to do. */
  text: string;
}

export interface Check {
  /** A stable name, e.g. `image-no-alt`. */
  rule: string;
  /** An error stops a send unless it is forced. */
  severity: 'error' | 'warning';
  /** What to do, for the table in docs/editors.md. */
  advice: string;
  find(issue: CheckedIssue): Finding[] | Promise<Finding[]>;
}
