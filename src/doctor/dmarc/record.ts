/** A DMARC record (RFC 9989 4.7): text to policy. */
import { readTags } from '../dns/tags.ts';

export type Policy = 'none' | 'quarantine' | 'reject';
const POLICIES: readonly string[] = ['none', 'quarantine', 'reject'] satisfies Policy[];

export interface DmarcRecord {
  text: string;
  /** Null: left out or not valid; receivers read that as `none`. */
  policy: Policy | null;
  /** For subdomains, and for subdomains that do not exist. Null: not stated. */
  subdomains: Policy | null;
  absent: Policy | null;
  /** `y`: a public suffix; `n`: the organization ends here; `u`: not stated. */
  psd: 'y' | 'n' | 'u';
  /** Addresses for aggregate reports. */
  reports: readonly string[];
  strictDkim: boolean;
  strictSpf: boolean;
  /** `t=y`: receivers shall not apply the policy yet. */
  testing: boolean;
  /** Tags that RFC 9989 no longer knows, though older receivers may act on them. */
  obsolete: readonly string[];
  /** Tags whose value means nothing. */
  faults: readonly string[];
}

/** RFC 9989 4.7: the tag `v` comes first, with exactly this value. */
export const isDmarc = (text: string): boolean => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text.trim());

const OBSOLETE = ['pct', 'rf', 'ri'];

/** Null: it is no list of tags, so receivers ignore it. */
export function parseDmarc(text: string): DmarcRecord | null {
  const tags = readTags(text.trim());
  if (!tags) return null;
  const faults: string[] = [];
  const oneOf = <T extends string>(name: string, words: readonly string[], fallback: T | null): T | null => {
    const value = tags.get(name)?.toLowerCase();
    if (value === undefined || words.includes(value)) return (value as T | undefined) ?? fallback;
    faults.push(`${name}=${tags.get(name)}`);
    return fallback;
  };
  const reports = (tags.get('rua') ?? '')
    .split(',')
    .map((uri) => uri.trim())
    .filter(Boolean);
  const wrong = reports.filter((uri) => !/^[a-z][a-z0-9+.-]*:\S+$/i.test(uri));
  if (wrong.length > 0) faults.push(`rua=${wrong.join(',')}`);
  return {
    text,
    policy: oneOf<Policy>('p', POLICIES, null),
    subdomains: oneOf<Policy>('sp', POLICIES, null),
    absent: oneOf<Policy>('np', POLICIES, null),
    psd: oneOf<'y' | 'n' | 'u'>('psd', ['y', 'n', 'u'], 'u')!,
    reports: reports.filter((uri) => !wrong.includes(uri)),
    strictDkim: oneOf<string>('adkim', ['r', 's'], 'r') === 's',
    strictSpf: oneOf<string>('aspf', ['r', 's'], 'r') === 's',
    testing: oneOf<string>('t', ['y', 'n'], 'n') === 'y',
    obsolete: OBSOLETE.filter((name) => tags.has(name)),
    faults,
  };
}

/** Receivers ignore a record with a policy that means nothing, unless it asks for reports (RFC 9989 4.10.1). */
export const isUsable = ({ faults, reports }: DmarcRecord): boolean =>
  reports.length > 0 || !faults.some((fault) => /^(?:p|sp|np)=/.test(fault));

/** The same record without some tags. */
export const withoutTags = (text: string, names: readonly string[]): string =>
  text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !names.includes(/^\w*/.exec(part)![0].toLowerCase()))
    .join('; ');
