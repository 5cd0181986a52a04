/** What a TLS certificate says: trusted, for this name, and for how long. */
import type { Certificate } from '../../ports.ts';
import { error, type Finding, ok, warning } from './check.ts';

const DAY_MS = 86_400_000;
/** A renewal by ACME is due 30 days before the end; later than this it has failed. */
const SOON_DAYS = 14;

/** Node's codes in plain words. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'one for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'a self-signed one',
  SELF_SIGNED_CERT_IN_CHAIN: 'one of an authority that nobody knows',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'one without its chain (the intermediate certificate is missing)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'one of an authority that nobody knows',
  CERT_NOT_YET_VALID: 'one that is not valid yet',
};

export interface CertificateQuestion {
  subject: string;
  host: string;
  /** Null: there is none. */
  certificate: Certificate | null;
  now: Date;
  /** Clients refuse a bad one. */
  required: boolean;
  /** Where to renew it. */
  renew: string;
}

export function certificateFindings(question: CertificateQuestion): Finding[] {
  const { subject, host, certificate, now, required, renew } = question;
  if (!certificate) return [];
  const expected = `a trusted certificate for ${host}, valid for more than ${SOON_DAYS} days`;
  const grave = required ? error : warning;
  const days = Math.floor((certificate.expires.getTime() - now.getTime()) / DAY_MS);
  const until = certificate.expires.toISOString().slice(0, 10);
  if (days < 0)
    return [grave({ subject, expected, found: `one that expired on ${until}`, change: `renew it ${renew}` })];
  if (certificate.distrusted !== null)
    return [
      grave({
        subject,
        expected,
        found: `${REASONS[certificate.distrusted] ?? certificate.distrusted}; it is for ${certificate.names.join(', ') || 'no name'}, by ${certificate.issuer}`,
        change: `install one for ${host} with its whole chain ${renew}`,
      }),
    ];
  if (days < SOON_DAYS)
    return [
      warning({
        subject,
        expected,
        found: `one that expires on ${until}`,
        change: `renew it ${renew}, and see why that does not happen by itself`,
      }),
    ];
  return [ok(subject, expected, `until ${until}, by ${certificate.issuer}`)];
}
