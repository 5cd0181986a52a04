/** Runs the list over an issue: what `issue check`, `issue preview`, `issue import` and a send say is from here. */
import type { Message } from '../issue/document/document.ts';
import { checks } from './all-checks.ts';
import type { Check, Subject } from './check.ts';
import { mergeMessages } from './merge-messages.ts';

/** `also` is what rendering (or taking pictures along) remarked. */
export async function checkIssue(subject: Subject, also: readonly Message[] = []): Promise<Message[]> {
  const found = await Promise.all(checks.map((check) => messagesOf(check, subject)));
  return mergeMessages([...subject.document.messages, ...also, ...found.flat()]);
}

async function messagesOf({ rule, severity, find }: Check, subject: Subject): Promise<Message[]> {
  return (await find(subject)).map((finding) => ({ severity, rule, ...finding }));
}

export const errorsIn = (messages: readonly Message[]): Message[] =>
  messages.filter(({ severity }) => severity === 'error');
