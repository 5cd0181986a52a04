import type { EmailFiles } from './email-files.ts';

const remembered = new WeakMap<EmailFiles, Map<string, unknown>>();

/**
 * What was made of email files is made once: they do not change under an EmailFiles. `key` says what it is and
 * all that it depends on besides the files, e.g. `theme default`; the same key must always mean the same type.
 */
export function cached<T>(emails: EmailFiles, key: string, make: () => T): T {
  const things = remembered.get(emails) ?? new Map<string, unknown>();
  remembered.set(emails, things);
  if (!things.has(key)) things.set(key, make());
  return things.get(key) as T;
}
