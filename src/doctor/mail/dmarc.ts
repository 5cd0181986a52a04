/** DMARC: whether each sender's domain has a policy that receivers can find and read. */
import { type Check, error, type Finding, ok, warning } from '../check/check.ts';
import { pointlessWithoutRelay, type Situation } from '../check/situation.ts';
import { dmarcFaults } from '../dmarc/faults.ts';
import type { DmarcRecord, Policy } from '../dmarc/record.ts';
import { organizationOf, policyStep, type Step, walkTree } from '../dmarc/tree-walk.ts';
import { txtRecord } from '../dns/record.ts';
import { groupBy, namesOf, sendersOf } from './senders.ts';

export const dmarcCheck: Check = {
  name: 'dmarc',
  limitMs: 15_000,
  pointless: pointlessWithoutRelay,
  async run(situation) {
    const groups = groupBy(await sendersOf(situation), ({ domain }) => domain);
    const found = await Promise.all(
      [...groups].map(([domain, senders]) =>
        checkDomain(situation, domain, `${domain} (sender of ${namesOf(senders)})`),
      ),
    );
    return found.flat();
  },
};

/** One that asks for nothing yet: receivers only want to find one. */
const firstRecord = (domain: string) =>
  txtRecord(`_dmarc.${domain}`, `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`);

async function checkDomain({ dns }: Situation, domain: string, subject: string): Promise<Finding[]> {
  const [steps, exists] = await Promise.all([walkTree(dns, domain), existence(dns, domain)]);
  const outage = steps.find(({ failed }) => failed !== null);
  const faults = [
    ...steps.flatMap((step) => discarded(subject, step)),
    ...(exists ? [] : [absentDomain(subject, domain)]),
  ];
  const step = policyStep(steps);
  if (step === null) {
    if (outage) return [unanswered(subject, outage), ...faults];
    return faults.some(({ level, record }) => level === 'error' && record)
      ? faults
      : [missing(subject, domain, steps), ...faults];
  }
  const record = step.record!;
  return [
    applied(subject, domain, step, organizationOf(steps), exists),
    ...faults,
    ...dmarcFaults(subject, step.domain, record),
  ];
}

async function existence(dns: Situation['dns'], domain: string): Promise<boolean> {
  const answers = await Promise.all([dns.mx(domain), dns.addresses(domain), dns.txt(domain)]);
  return answers.some(({ kind }) => kind !== 'no-name');
}

const absentDomain = (subject: string, domain: string): Finding =>
  error({
    subject,
    expected: 'a sender domain that exists',
    found: 'no such name in the DNS (NXDOMAIN), so many receivers refuse mail from it, and np= applies',
    change: `give ${domain} an MX record (and the records of spf and dkim) at its DNS provider, or change the sender: postrider newsletter set SLUG --from`,
  });

const missing = (subject: string, domain: string, steps: readonly Step[]): Finding =>
  error({
    subject,
    expected: 'a DMARC record, which Gmail, Yahoo, Outlook.com and iCloud require of whoever sends much',
    found: `none at ${steps.map((step) => `_dmarc.${step.domain}`).join(', ')}`,
    change: `publish this at the DNS provider of ${domain}; rua= needs a mailbox that takes reports (or leave it out)`,
    record: firstRecord(domain),
  });

const unanswered = (subject: string, { domain, failed }: Step): Finding =>
  warning({
    subject,
    expected: 'a DMARC record',
    found: `_dmarc.${domain}: ${failed}`,
    change: `try again; if it stays, have the name servers of ${domain} mended`,
  });

function discarded(subject: string, { domain, discarded: texts }: Step): Finding[] {
  if (texts.length === 0) return [];
  const several = texts.length > 1;
  return [
    error({
      subject,
      expected: several ? 'one DMARC record' : 'a record with p=none, p=quarantine or p=reject',
      found: several
        ? `${texts.length} at _dmarc.${domain}, so receivers ignore all: ${texts.join(' | ')}`
        : `"${texts[0]}" at _dmarc.${domain}, which receivers ignore`,
      change: `publish this one alone at the DNS provider of ${domain}`,
      record: several ? txtRecord(`_dmarc.${domain}`, texts[0]!) : firstRecord(domain),
    }),
  ];
}

function applied(
  subject: string,
  domain: string,
  step: Step,
  organization: string,
  exists: boolean,
): Finding {
  const [policy, tag] = policyFor(step.record!, step.domain === domain, exists);
  const place = step.domain === domain ? '' : `, from _dmarc.${step.domain}`;
  return ok(
    subject,
    'a policy that receivers can find',
    `${tag}=${policy}${place}; organization ${organization}: ${step.record!.text}`,
  );
}

/** RFC 9989 4.10.1: a subdomain gets `sp`, one that does not exist `np`; each falls back to the next. */
function policyFor(record: DmarcRecord, own: boolean, exists: boolean): [policy: Policy, tag: string] {
  if (!own && !exists && record.absent) return [record.absent, 'np'];
  if (!own && record.subdomains) return [record.subdomains, 'sp'];
  return [record.policy ?? 'none', 'p'];
}
