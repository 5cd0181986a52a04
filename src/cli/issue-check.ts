/** `postrider issue check`: the list that a send runs, over a file. */
import { checkIssue, errorsIn } from '../checks/run.ts';
import type { Config } from '../config.ts';
import type { Message } from '../issue/document.ts';
import { type NewsletterOption, readDocument, subjectOf, surroundings } from './issue-around.ts';
import { examine } from './issue-examined.ts';
import { report } from './issue-source-acts.ts';
import { type OpenContext, out } from './shared.ts';

export async function check(
  open: OpenContext,
  readSettings: () => Config,
  file: string,
  options: NewsletterOption,
): Promise<void> {
  const around = await surroundings(open, readSettings, options);
  const { source, document } = await readDocument(file, around.view);
  const isReadable = errorsIn(document.messages).length === 0;
  const messages = isReadable
    ? (await examine(file, source, document, around, { slug: 'check', address: addressOf(around) })).messages
    : await checkIssue(subjectOf(source, document, null, new Map(), around));
  report(file, messages);
  const count = (severity: Message['severity']) =>
    messages.filter((message) => message.severity === severity).length;
  const errors = errorsIn(messages).length;
  out(
    { file, ok: errors === 0, messages },
    `${file}: ${count('error')} errors, ${count('warning')} warnings`,
  );
  if (errors > 0) process.exitCode = 1;
}

/** Sizes are those of a sent mail. */
const addressOf =
  ({ publicUrl }: { publicUrl: string }) =>
  ({ hash }: { hash: string }): string =>
    `${publicUrl}/media/${hash}`;
