/** Builds issues as the checks see them: read from text, and rendered if a check looks at the mail. */

import { checks } from '../../src/checks/all-checks.ts';
import type { Check, CheckedIssue, Country, Finding, KeptPicture } from '../../src/checks/check.ts';
import { readIssue } from '../../src/issue/read.ts';
import type { NewsletterView } from '../../src/render/edition/newsletter-view.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { context, newsletter } from '../render/fixtures.ts';

export interface Case {
  /** The text below a valid front matter, unless `head` replaces that. */
  body?: string;
  head?: string;
  newsletter?: Partial<NewsletterView>;
  legalProfile?: Country[];
  pictures?: Record<string, KeptPicture>;
  /** Importing would copy pictures from the web; off by default, so that each is checked. */
  mirrors?: boolean;
  /** Files laid over the built-in emails/: e.g. a theme that omits something. */
  emails?: Record<string, string>;
  rendered?: boolean;
}

const FINE_HEAD = 'title: What the keepers did\ndate: 2026-11-23\nlanguage: en';

export const builtIn = new EmailFiles();

/** A designer's files, held in memory. */
class Overlay extends EmailFiles {
  readonly #files: Record<string, string>;
  constructor(files: Record<string, string>) {
    super();
    this.#files = files;
  }
  override read(path: string): string | null {
    return this.#files[path] ?? super.read(path);
  }
}

export async function subjectOf(one: Case): Promise<CheckedIssue> {
  const source = `---\n${one.head ?? FINE_HEAD}\n---\n\n${one.body ?? 'Hello.'}\n`;
  const view = { ...newsletter, baseUrl: null, ...one.newsletter };
  const document = readIssue(source, { file: 'issue.md', baseUrl: view.baseUrl ?? undefined });
  const emails = one.emails ? new Overlay(one.emails) : builtIn;
  const rendered = one.rendered || one.emails;
  return {
    source,
    document,
    newsletter: view,
    legalProfile: one.legalProfile ?? [],
    emails,
    edition: rendered ? (await renderIssue(document, context({ newsletter: view, emails }))).edition : null,
    pictures: new Map(Object.entries(one.pictures ?? {})),
    mirrors: one.mirrors ?? false,
  };
}

function checkNamed(rule: string): Check {
  const found = checks.find((check) => check.rule === rule);
  if (!found) throw new Error(`there is no check ${rule}`);
  return found;
}

export async function findings(rule: string, one: Case): Promise<Finding[]> {
  return checkNamed(rule).find(await subjectOf(one));
}
