/** Runs all checks over an issue, for `issue check`, `issue preview`, `issue import` and sends. */
import type { Message } from '../issue/document/document.ts';
import { checks } from './all-checks.ts';
import type { Check, CheckedIssue } from './check.ts';
import { mergeMessages } from './merge-messages.ts';

/** `also` are messages from rendering the issue or copying its pictures. */
export async function checkIssue(issue: CheckedIssue, also: readonly Message[] = []): Promise<Message[]> {
  const found = await Promise.all(checks.map((check) => messagesOf(check, issue)));
  return mergeMessages([...issue.document.messages, ...also, ...found.flat()]);
}

async function messagesOf({ rule, severity, find }: Check, issue: CheckedIssue): Promise<Message[]> {
  return (await find(issue)).map((finding) => ({ severity, rule, ...finding }));
}

export const errorsIn = (messages: readonly Message[]): Message[] =>
  messages.filter(({ severity }) => severity === 'error');
