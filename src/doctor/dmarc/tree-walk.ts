/**
 * The DNS tree walk of RFC 9989 4.10: from a domain towards the root, at most eight queries. It finds the policy of a
 * domain (4.10.1) and the organization that it belongs to (4.10.2), which alignment compares.
 */
import { type Answer, absence, type Dns, recordsOf } from '../dns/answer.ts';
import { type DmarcRecord, isDmarc, isUsable, parseDmarc } from './record.ts';

export interface Step {
  domain: string;
  record: DmarcRecord | null;
  /** Several records, or one that cannot be read: receivers act as if there were none. */
  discarded: readonly string[];
  /** The DNS did not answer. */
  failed: string | null;
}

const MAX_QUERIES = 8;

/** Names that are asked for, in order: a long name continues with its last seven labels. */
export function walkedDomains(domain: string): string[] {
  const labels = domain.split('.');
  const start = labels.length > MAX_QUERIES ? labels.length - (MAX_QUERIES - 1) : 1;
  return [domain, ...labels.slice(start).map((_, at) => labels.slice(start + at).join('.'))];
}

/** Ends at `psd=n`, and above the start also at `psd=y`. */
export async function walkTree(dns: Dns, domain: string): Promise<Step[]> {
  const steps: Step[] = [];
  for (const at of walkedDomains(domain)) {
    const step = readStep(at, await dns.txt(`_dmarc.${at}`));
    steps.push(step);
    const psd = step.record?.psd;
    if (psd === 'n' || (psd === 'y' && at !== domain)) break;
  }
  return steps;
}

function readStep(domain: string, answer: Answer<string>): Step {
  if (answer.kind === 'failed')
    return { domain, record: null, discarded: [], failed: absence(answer, 'TXT') };
  const texts = recordsOf(answer).filter(isDmarc);
  const record = texts.length === 1 ? parseDmarc(texts[0]!) : null;
  const usable = record !== null && isUsable(record);
  return { domain, record: usable ? record : null, discarded: usable ? [] : texts, failed: null };
}

/** The walked domain itself where nothing above says otherwise. */
export function organizationOf(steps: readonly Step[]): string {
  const start = steps[0]!.domain;
  const found = steps.filter(({ record }) => record !== null);
  for (const { domain, record } of found) {
    if (record!.psd === 'n') return domain;
    if (record!.psd === 'y' && domain !== start) return oneLabelBelow(domain, start);
  }
  return found.at(-1)?.domain ?? start;
}

function oneLabelBelow(suffix: string, domain: string): string {
  const labels = domain.split('.');
  return labels.slice(labels.length - suffix.split('.').length - 1).join('.');
}

/** The step whose record holds for the walked domain: its own, else its organization's, else the public suffix's. */
export function policyStep(steps: readonly Step[]): Step | null {
  const own = steps[0]!;
  if (own.record) return own;
  const organization = organizationOf(steps);
  const holds = (step: Step) => step.domain === organization || step.record?.psd === 'y';
  return steps.find((step) => step.record !== null && holds(step)) ?? null;
}
