/** `issue check`: everything that a send would check, over a source. */
import { missingValues } from '../checks/audience.ts';
import type { CheckedIssue } from '../checks/check.ts';
import { checkIssue, errorsIn } from '../checks/check-issue.ts';
import { type Ask, askOnline } from '../checks/online.ts';
import type { Db } from '../db/connection.ts';
import type { Message } from '../issue/document/document.ts';
import { addressees } from '../ledger/audience.ts';
import { readLanes } from '../ledger/lanes/lanes.ts';
import { MissingSlots } from '../render/slots/missing-slots.ts';
import { type AuthoringContext, checkSubject, type NewsletterContext } from './render/context.ts';
import { readFile } from './render/read.ts';
import { renderAndCheck } from './render/render.ts';
import type { SourceFile } from './source/source-file.ts';

export interface CheckOptions {
  /** Requests every link and picture to see whether it exists. */
  online?: { ask: Ask; onProgress?: (done: number, all: number) => void } | null;
  /** Counts the confirmed subscribers who lack a value for a slot. */
  audience?: Pick<NewsletterContext, 'db' | 'newsletter'> | null;
}

export async function checkFile(
  file: SourceFile,
  context: AuthoringContext,
  { online = null, audience = null }: CheckOptions = {},
): Promise<Message[]> {
  const read = await readFile(file, context);
  const { document } = read;
  if (errorsIn(document.messages).length > 0)
    return checkIssue(checkSubject(file.text, document, null, new Map(), context));
  // Addresses are as long as in a sent mail, so that sizes are the same too.
  const address = ({ hash }: { hash: string }): string => `${context.publicUrl}/media/${hash}`;
  const { edition, media, messages } = await renderAndCheck(read, context, { slug: 'check', address });
  const subject = checkSubject(file.text, document, edition, media, context);
  return [
    ...messages,
    ...(audience ? await readersWithoutValues(audience.db, audience.newsletter.id, subject) : []),
    ...(online ? await askOnline(subject, online.ask, online.onProgress ?? (() => {})) : []),
  ];
}

/** Looks at everybody who would get the issue now, page by page. */
async function readersWithoutValues(db: Db, newsletterId: number, subject: CheckedIssue): Promise<Message[]> {
  const slots = new MissingSlots(subject.edition!);
  let people = 0;
  for await (const page of addressees(db, newsletterId, await readLanes(db))) {
    people += page.length;
    for (const person of page) slots.count(person);
  }
  return missingValues(subject, people, slots.report());
}
