/**
 * Which keys sign for a sender. DMARC counts a signature only where its `d=` is aligned with the domain in From
 * (RFC 9989, relaxed: both have the same organizational domain), so a key signs for its own senders and no others.
 */
import { getDomain } from 'tldts';
import type { DkimKey, Relay } from '../../../ports.ts';

/**
 * The keys of one signing domain: From's own, else the nearest one above it, else one elsewhere in the same
 * organization. Several keys of that domain (RSA and Ed25519) all sign. Empty when none is aligned.
 */
export function keysFor(keys: readonly DkimKey[], fromDomain: string): DkimKey[] {
  const from = fromDomain.toLowerCase();
  const aligned = keys.map(({ domain }) => domain.toLowerCase()).filter((domain) => areAligned(domain, from));
  const [signing] = aligned.sort((a, b) => closeness(b, from) - closeness(a, from));
  return keys.filter(({ domain }) => domain.toLowerCase() === signing);
}

const areAligned = (domain: string, from: string): boolean =>
  domain === from || organizationOf(domain) === organizationOf(from);

/** RFC 9989 queries the DNS for it; the public suffix list gives the same answer without a lookup. */
const organizationOf = (domain: string): string => getDomain(domain, { allowPrivateDomains: true }) ?? domain;

/** The length of the key's domain if it is From's or a parent of it; otherwise 0. */
const closeness = (domain: string, from: string): number =>
  `.${from}`.endsWith(`.${domain}`) ? domain.length : 0;

/**
 * Relays that hold keys of which none is aligned with the sender: their mail goes out unsigned, so we warn beforehand.
 */
export function relaysWithoutKey(relays: readonly Relay[], fromAddress: string): string[] {
  const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1);
  return relays
    .map(({ settings }) => settings)
    .filter(({ dkim }) => dkim.length > 0 && keysFor(dkim, domain).length === 0)
    .map(
      ({ name, dkim }) =>
        `relay ${name} signs for ${[...new Set(dkim.map((key) => key.domain))].join(', ')}, not for ${domain}: ` +
        `mails from ${fromAddress} go out without a DKIM signature; add dkim=${domain}:SELECTOR:/path.pem to it in SMTP_URL`,
    );
}
