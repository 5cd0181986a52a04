/** Mailboxes that exist for minutes: a newsletter may choose not to take them. */
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';
import type { Address } from '../identity.ts';

/** Also below a listed domain: `a.mailinator.com`. */
export function isDisposable({ identity }: Address): boolean {
  const listed = disposableEmailBlocklistSet();
  const labels = identity.slice(identity.lastIndexOf('@') + 1).split('.');
  return labels.some((_, at) => at < labels.length - 1 && listed.has(labels.slice(at).join('.')));
}
