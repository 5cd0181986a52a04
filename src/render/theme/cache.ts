import type { EmailFiles } from './email-files.ts';

const caches = new WeakMap<EmailFiles, Map<string, unknown>>();

/**
 * Makes a value from email files only once, because the files of an EmailFiles do not change. `key` names the value and
 * everything it depends on besides the files, e.g. `theme default`; a key must always stand for the same type.
 */
export function cached<T>(emails: EmailFiles, key: string, make: () => T): T {
  const cache = caches.get(emails) ?? new Map<string, unknown>();
  caches.set(emails, cache);
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key) as T;
}
