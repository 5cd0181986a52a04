/** The fields of a newsletter as an editor types them. */
import type { EmailFiles } from '../../render/theme/email-files.ts';

/** Absent fields stay as they are. An empty text removes an optional value. */
export interface NewsletterTexts {
  name?: string;
  /** `Name <address>`, or an address alone, which takes the newsletter's name. */
  from?: string;
  replyTo?: string;
  language?: string;
  timezone?: string;
  theme?: string;
  /** Name (`accent`, `dark.accent`) -> `#rrggbb`, or empty to remove the override. */
  colors?: Readonly<Record<string, string>>;
  logo?: string;
  postalAddress?: string;
  /** What it is about and how often it comes, for strangers. */
  description?: string;
  frequency?: string;
  privacyUrl?: string;
  baseUrl?: string;
  /** One relay, or several with weights: `main:3,backup:1`. */
  relay?: string;
  /** `22:00-07:00` */
  quiet?: string;
  quietZone?: string;
  /** Percent, `off` or `0`: never. */
  breaker?: string;
  breakerComplaints?: string;
  breakerSample?: string;
  archive?: string;
  signup?: string;
  images?: string;
  onUnknown?: string;
  keepLedger?: string;
  editors?: readonly string[];
  /** `on` or `off`: a mail to new readers, with a paragraph of its own. */
  welcome?: string;
  welcomeText?: string;
  /** `on` or `off`: new readers get the latest issue. */
  latestIssue?: string;
  /** Origins whose scripts may subscribe people: `https://blog.example.org`. */
  site?: readonly string[];
  disposable?: string;
  /** `on` or `off`: forms need a proof of work. */
  proof?: string;
  /** Countries whose law applies: us, ca, eu, cn. */
  legalProfile?: readonly string[];
}

/** What a newsletter may refer to. */
export interface FieldContext {
  emails: EmailFiles;
  /** Names of the relays that are set up. */
  relays: readonly string[];
}
