import type { Message } from './document.ts';

/** `file:line:col: severity: text (rule)`, the form that editors and terminals turn into a link. */
export function formatMessage(file: string, message: Message): string {
  const place = [file, message.line, message.line === null ? null : message.column];
  const where = place.filter((part) => part !== null && part !== undefined).join(':');
  return `${where}: ${message.severity}: ${message.text} (${message.rule})`;
}
