/** Errors of an issue as one refusal. */
import { errorsIn } from '../checks/check-issue.ts';
import { Refused } from '../errors.ts';
import type { Message } from '../issue/document/document.ts';
import { formatMessage } from '../issue/document/format.ts';

/** Throws Refused('issue-errors') with a line `file:line: ...` for each error among the messages. */
export function refuseErrors(file: string, messages: readonly Message[]): void {
  const errors = errorsIn(messages);
  if (errors.length > 0) throw new Refused('issue-errors', formatMessages(file, errors));
}

export const formatMessages = (file: string, messages: readonly Message[]): string =>
  messages.map((message) => formatMessage(file, message)).join('\n');
