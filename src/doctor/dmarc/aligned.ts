/** Alignment (RFC 9989 4.4): whether an authenticated domain counts for the domain in From. */
import { NotChecked } from '../check/check.ts';
import type { Dns } from '../dns/answer.ts';
import { organizationOf, policyStep, walkTree } from './tree-walk.ts';

export interface Alignment {
  aligned: boolean;
  /** Why not; null where it is. */
  why: string | null;
}

/** `of`: which of the two modes of From's record counts. Throws NotChecked when the DNS does not answer. */
export async function alignment(
  dns: Dns,
  from: string,
  domain: string,
  of: 'dkim' | 'spf',
): Promise<Alignment> {
  if (from === domain) return { aligned: true, why: null };
  const [ours, theirs] = await Promise.all([walkTree(dns, from), walkTree(dns, domain)]);
  const silent = [...ours, ...theirs].find(({ failed }) => failed !== null);
  if (silent) throw new NotChecked(`_dmarc.${silent.domain}: ${silent.failed}`);
  const record = policyStep(ours)?.record ?? null;
  const strict = of === 'dkim' ? record?.strictDkim : record?.strictSpf;
  if (strict)
    return { aligned: false, why: `${of === 'dkim' ? 'adkim' : 'aspf'}=s allows only ${from} itself` };
  const [one, other] = [organizationOf(ours), organizationOf(theirs)];
  if (one === other) return { aligned: true, why: null };
  return { aligned: false, why: `the organization of ${from} is ${one}, that of ${domain} is ${other}` };
}
