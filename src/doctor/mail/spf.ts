/** SPF: whether the domain of each return path permits the servers that our mail goes out from. */
import type { Relay } from '../../ports.ts';
import { type Check, error, type Finding, note, ok, warning } from '../check/check.ts';
import { pointlessWithoutRelay, type Situation } from '../check/situation.ts';
import { absence, recordsOf } from '../dns/answer.ts';
import { txtRecord } from '../dns/record.ts';
import { addressTerm, newSpf, withSoftAll, withTerms } from '../spf/advice.ts';
import { evaluateSpf } from '../spf/evaluate.ts';
import { spfFaults } from '../spf/faults.ts';
import { MAX_LOOKUPS, readSpf, type SpfNode, type SpfTree } from '../spf/read-tree.ts';
import { isSpf } from '../spf/term.ts';
import { type Permitted, permittedBy } from './permitted.ts';
import { groupBy, namesOf, type Sender, sendersOf } from './senders.ts';

/** Stands for the sending server in macros where we do not know it (RFC 5737). */
const SOME_ADDRESS = '192.0.2.1';

export const spfCheck: Check = {
  name: 'spf',
  limitMs: 15_000,
  pointless: pointlessWithoutRelay,
  async run(situation) {
    const groups = groupBy(await sendersOf(situation), ({ returnDomain }) => returnDomain);
    const found = await Promise.all(
      [...groups].map(([domain, senders]) => checkDomain(situation, domain, senders)),
    );
    return found.flat();
  },
};

async function checkDomain(
  situation: Situation,
  domain: string,
  senders: readonly Sender[],
): Promise<Finding[]> {
  const relays = [...new Set(senders.flatMap((sender) => sender.relays))];
  const permitted = await permittedBy(situation, relays);
  const subject = `${domain} (return path of ${namesOf(senders)})`;
  const answer = await situation.dns.txt(domain);
  const texts = recordsOf(answer).filter(isSpf);
  const named = (finding: Finding): Finding =>
    finding.subject === domain ? { ...finding, subject } : finding;
  if (answer.kind === 'failed')
    return [
      (answer.why === 'timeout' ? warning : error)({
        subject,
        expected: 'an SPF record',
        found: absence(answer, 'TXT'),
        change: `have the name servers of ${domain} mended: receivers get no answer either (SERVFAIL is often broken DNSSEC)`,
      }),
    ];
  if (texts.length === 0) return [missing(domain, subject, answer.kind === 'no-name', permitted)];
  const [address = SOME_ADDRESS] = permitted.addresses;
  const tree = await readSpf(situation.dns, { domain, sender: `news@${domain}`, address });
  const faults = spfFaults(domain, tree, texts).map(named);
  if (faults.some(({ level }) => level === 'error')) return faults;
  const findings = [
    ...faults,
    ...permitted.addresses.map((one) => verdict(subject, tree, one)),
    ...permitted.includes.map((include) => included(subject, tree, include)),
    ...permitted.unknown.map((relay) => unknownAddress(subject, relay)),
  ];
  const { text } = tree.root.record!;
  if (findings.length === 0)
    return [ok(subject, 'an SPF record', `${text} (${tree.lookups} of ${MAX_LOOKUPS} lookups)`)];
  return withOneRecord(domain, text, findings);
}

/** A finding may say which term is missing; in the end there is one record to publish, which mends everything. */
interface SpfFinding extends Finding {
  missing?: string;
}

function withOneRecord(domain: string, text: string, findings: readonly SpfFinding[]): Finding[] {
  const missing = findings.flatMap((finding) => finding.missing ?? []);
  const loose = findings.some(({ record }) => record !== null);
  const whole = withTerms({ text: loose ? withSoftAll(text) : text }, missing);
  return findings.map(({ missing: term, ...finding }) =>
    term || finding.record ? { ...finding, record: txtRecord(domain, whole) } : finding,
  );
}

function missing(domain: string, subject: string, noName: boolean, permitted: Permitted): Finding {
  const { addresses, includes, unknown, replacing } = permitted;
  const onlyProviders = replacing.length > 0 && addresses.length + includes.length + unknown.length === 0;
  const terms = [
    ...addresses.map(addressTerm),
    ...includes.map((name) => `include:${name}`),
    ...unknown.map(({ settings }) => `a:${settings.host}`),
  ];
  const fault = {
    subject,
    expected: 'a TXT record that begins with v=spf1 and permits what we send from',
    found: noName ? 'no such name in the DNS (NXDOMAIN)' : 'none',
    change: `publish it at the DNS provider of ${domain}`,
    record: txtRecord(domain, newSpf(terms)),
  };
  if (!onlyProviders) return error(fault);
  return note({
    ...fault,
    found: `${fault.found}; ${replacing.join(', ')} puts its own domain into the return path, so receivers ask for SPF there`,
    change: null,
    record: null,
  });
}

function verdict(subject: string, tree: SpfTree, address: string): SpfFinding {
  const { text } = tree.root.record!;
  const result = evaluateSpf(tree, address);
  if (result === 'pass') return ok(subject, `permits ${address}`, text);
  const fault = error({
    subject,
    expected: `pass for ${address}, which our mail goes out from`,
    found: `${result}: ${text}`,
    change: PUBLISH,
  });
  return { ...fault, missing: addressTerm(address) };
}

function included(subject: string, { root }: SpfTree, include: string): SpfFinding {
  const { text } = root.record!;
  if (hasNode(root, include)) return ok(subject, `includes ${include}`, text);
  const fault = error({
    subject,
    expected: `include:${include}, by which the relay's servers may send`,
    found: text,
    change: PUBLISH,
  });
  return { ...fault, missing: `include:${include}` };
}

const PUBLISH = "replace the record at the domain's DNS provider by this";

const hasNode = ({ branches, redirect, domain }: SpfNode, wanted: string): boolean =>
  domain === wanted ||
  branches.some(({ node }) => node !== null && hasNode(node, wanted)) ||
  (redirect !== null && hasNode(redirect, wanted));

const unknownAddress = (subject: string, { settings }: Relay): Finding =>
  note({
    subject,
    expected: `a record that permits what relay ${settings.name} sends from`,
    found: 'a good record; which addresses the relay sends from cannot be seen from here',
    change: `name them to check them: postrider doctor --address 192.0.2.1 (or set direct=yes for relay ${settings.name} if it delivers by itself)`,
  });
