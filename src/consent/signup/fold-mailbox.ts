/**
 * The mailbox that an address most likely leads to, for budgets only: two identities that fold to one mailbox stay two
 * subscribers, since only the mailbox's own server knows. So this folds more than any single provider does; people who
 * are joined by mistake merely share a budget.
 */

/** Domains of one provider that lead to the same mailboxes. */
const ALIASES: Readonly<Record<string, string>> = {
  'googlemail.com': 'gmail.com',
  'me.com': 'icloud.com',
  'mac.com': 'icloud.com',
  'pm.me': 'proton.me',
  'protonmail.com': 'proton.me',
  'protonmail.ch': 'proton.me',
  'ya.ru': 'yandex.ru',
  'yandex.by': 'yandex.ru',
  'yandex.com': 'yandex.ru',
  'yandex.kz': 'yandex.ru',
  'fastmail.fm': 'fastmail.com',
};

/** `anything@ann.fastmail.com` is `ann@fastmail.com`. */
const SUBDOMAINS = /^(.+)\.(fastmail\.(?:com|fm))$/;
/** Yahoo's mailboxes take tags after a hyphen; others ignore hyphens as they ignore dots. */
const YAHOO = /^(?:yahoo|ymail|rocketmail)\.|^aol\.com$/;
const IGNORES_HYPHENS = new Set(['proton.me', 'yandex.ru']);

/** Takes an identity from `readAddress`, which folds case; folds tags, dots and alias domains. */
export function foldMailbox(identity: string): string {
  const at = identity.lastIndexOf('@');
  const given = identity.slice(at + 1);
  const subdomain = SUBDOMAINS.exec(given);
  const domain = subdomain?.[2] ?? given;
  const local = subdomain?.[1] ?? identity.slice(0, at);
  const known = ALIASES[domain] ?? domain;
  return `${foldLocal(local, known)}@${known}`;
}

function foldLocal(local: string, domain: string): string {
  let folded = local.normalize('NFKC').replace(/(?<=.)\+.*$/u, '');
  if (YAHOO.test(domain)) folded = folded.replace(/(?<=.)-.*$/u, '');
  folded = folded.replaceAll('.', '');
  return IGNORES_HYPHENS.has(domain) ? folded.replace(/[-_]/g, '') : folded;
}
