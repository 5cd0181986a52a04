/** What is wrong with an SPF record itself, whoever sends. */
import { error, type Finding, warning } from '../check/check.ts';
import { txtRecord } from '../dns/record.ts';
import { mergedSpf, withSoftAll } from './advice.ts';
import { MAX_LOOKUPS, MAX_VOIDS, type SpfNode, type SpfTree } from './read-tree.ts';
import { isSpf } from './term.ts';

const ONE_RECORD = 'one SPF record that receivers can evaluate';

/** Empty: nothing. Only for a domain that has a record; `texts` are all its TXT records. */
export function spfFaults(domain: string, tree: SpfTree, texts: readonly string[]): Finding[] {
  const records = texts.filter(isSpf);
  if (records.length > 1)
    return [
      error({
        subject: domain,
        expected: 'exactly one TXT record that begins with v=spf1',
        found: `${records.length}, which receivers take for a permanent error: ${records.join(' | ')}`,
        change: `delete all of them at the DNS provider of ${domain}, and publish one`,
        record: txtRecord(domain, mergedSpf(records)),
      }),
    ];
  return [
    ...limits(domain, tree),
    ...nodesOf(tree.root).flatMap(nodeFaults),
    ...looseEnds(domain, tree.root),
  ];
}

function limits(domain: string, { lookups, voids, loops }: SpfTree): Finding[] {
  const findings: Finding[] = [];
  if (loops.length > 0)
    findings.push(
      error({
        subject: domain,
        expected: ONE_RECORD,
        found: `an include loop: ${loops.join('; ')}`,
        change: `remove the include: or redirect= that leads back, at the DNS provider of ${loops[0]!.split(' -> ').at(-2)}`,
      }),
    );
  else if (lookups > MAX_LOOKUPS)
    findings.push(
      error({
        subject: domain,
        expected: `at most ${MAX_LOOKUPS} mechanisms that need the DNS (include, a, mx, ptr, exists, redirect), counted through all includes`,
        found: `${lookups}, so receivers stop with a permanent error`,
        change: `at the DNS provider of ${domain}, remove includes of services that no longer send for it, or move a service to a subdomain of its own`,
      }),
    );
  if (voids.length > MAX_VOIDS)
    findings.push(
      error({
        subject: domain,
        expected: `at most ${MAX_VOIDS} lookups that find nothing`,
        found: `${voids.length} (${voids.join(', ')}), so receivers stop with a permanent error`,
        change: `remove these names from the SPF record of ${domain}`,
      }),
    );
  return findings;
}

function nodesOf(node: SpfNode): SpfNode[] {
  const below = [...node.branches.map((branch) => branch.node), node.redirect].filter((one) => one !== null);
  return [node, ...below.flatMap(nodesOf)];
}

/** A loop is named once, in `limits`. */
function nodeFaults(node: SpfNode, at: number): Finding[] {
  const included = at > 0 && node.problem?.kind === 'none';
  const problems = [node.problem, ...node.branches.map(({ problem }) => problem)].filter(
    (problem) => problem !== null && !/includes itself|too many lookups/.test(problem.text),
  );
  return problems.map((problem) => {
    const fault = {
      subject: node.domain,
      expected: ONE_RECORD,
      found: `${problem!.text}${included ? ', though it is included' : ''}`,
    };
    return problem!.kind === 'temporary'
      ? warning({
          ...fault,
          change: `try again; if it stays, have the name servers of ${node.domain} mended (often DNSSEC, or a server that is down)`,
        })
      : error({
          ...fault,
          change: included
            ? `remove its include: or redirect= from the record that names it`
            : `correct the TXT record of ${node.domain} at its DNS provider`,
        });
  });
}

/** Who is left over: anybody, or nobody said. */
function looseEnds(domain: string, root: SpfNode): Finding[] {
  const { record } = root;
  if (record === null) return [];
  const findings: Finding[] = [];
  const all = record.terms.find(({ mechanism }) => mechanism === 'all');
  const mended = txtRecord(domain, withSoftAll(record.text));
  const change = `publish this instead, at the DNS provider of ${domain}`;
  if (all?.qualifier === '+')
    findings.push(
      error({
        subject: domain,
        expected: '~all or -all at the end',
        found: `${all.text}: anybody in the world may send for ${domain}`,
        change,
        record: mended,
      }),
    );
  else if (all ? all.qualifier === '?' : record.redirect === null)
    findings.push(
      warning({
        subject: domain,
        expected: '~all or -all at the end',
        found: all ? `${all.text}, which says nothing about other senders` : `no "all": ${record.text}`,
        change,
        record: mended,
      }),
    );
  const ptr = record.terms.find(({ mechanism }) => mechanism === 'ptr');
  if (ptr)
    findings.push(
      warning({
        subject: domain,
        expected: 'no ptr, which RFC 7208 5.5 tells nobody to use and many receivers skip',
        found: ptr.text,
        change: `name the addresses with ip4: and ip6: instead, at the DNS provider of ${domain}`,
      }),
    );
  return findings;
}
