/** `postrider issue check`: the list that a send runs, over a file. */
import { missingValues } from '../../checks/audience.ts';
import type { Subject } from '../../checks/check.ts';
import { checkIssue, errorsIn } from '../../checks/check-issue.ts';
import { askOnline } from '../../checks/online.ts';
import type { Config } from '../../config/config.ts';
import { Usage } from '../../errors.ts';
import { askStatus } from '../../io/fetch/status.ts';
import type { Message } from '../../issue/document/document.ts';
import { addressees } from '../../ledger/audience.ts';
import { readLanes } from '../../ledger/lanes/lanes.ts';
import { MissingSlots } from '../../sends/missing-slots.ts';
import { type OpenContext, out } from '../shared.ts';
import { counted } from '../text.ts';
import { examine } from './examined.ts';
import {
  type NewsletterOption,
  type ReadFile,
  readDocument,
  type Surroundings,
  subjectOf,
  surroundings,
} from './render-context.ts';
import { report } from './source-acts.ts';

export interface CheckOptions extends NewsletterOption {
  /** Links and pictures are asked whether they are there. */
  online?: boolean;
  /** The readers are looked at: who lacks a value for a slot? */
  audience?: boolean;
}

export async function check(
  open: OpenContext,
  readSettings: () => Config,
  file: string,
  options: CheckOptions,
): Promise<void> {
  if (options.audience && options.newsletter === undefined)
    throw new Usage('--audience needs --newsletter: whose readers are meant?');
  const around = await surroundings(open, readSettings, options);
  const read = await readDocument(file, around);
  const messages = await found(file, read, around, options);
  report(file, messages);
  const count = (severity: Message['severity']) =>
    counted(messages.filter((message) => message.severity === severity).length, severity);
  const errors = errorsIn(messages).length;
  out({ file, ok: errors === 0, messages }, `${file}: ${count('error')}, ${count('warning')}`);
  if (errors > 0) process.exitCode = 1;
}

async function found(
  file: string,
  { source, document, site }: ReadFile,
  around: Surroundings,
  { online, audience }: CheckOptions,
): Promise<Message[]> {
  if (errorsIn(document.messages).length > 0)
    return checkIssue(subjectOf(source, document, null, new Map(), around));
  const how = { slug: 'check', site, address: addressOf(around) };
  const { edition, media, messages } = await examine(file, source, document, around, how);
  const subject = subjectOf(source, document, edition, media, around);
  return [
    ...messages,
    ...(audience ? await lackingIn(subject, around) : []),
    ...(online ? await asked(subject) : []),
  ];
}

/** Shows how far it is, on a terminal. */
async function asked(subject: Subject): Promise<Message[]> {
  const { stderr } = process;
  const show = (line: string): void => void (stderr.isTTY && stderr.write(`\r\u001b[2K${line}`));
  const messages = await askOnline(subject, askStatus, (done, all) =>
    show(`asked ${done} of ${all} addresses`),
  );
  show('');
  return messages;
}

/** Everybody who would get it now is looked at, page by page. */
async function lackingIn(subject: Subject, { db, newsletter }: Surroundings): Promise<Message[]> {
  const slots = new MissingSlots(subject.edition!);
  let people = 0;
  for await (const page of addressees(db!, newsletter!.id, await readLanes(db!))) {
    people += page.length;
    for (const person of page) slots.count(person);
  }
  return missingValues(subject, people, slots.report());
}

/** Sizes are those of a sent mail. */
const addressOf =
  ({ publicUrl }: { publicUrl: string }) =>
  ({ hash }: { hash: string }): string =>
    `${publicUrl}/media/${hash}`;
