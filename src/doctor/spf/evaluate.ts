/** What a receiver concludes from an SPF record for one sending address (RFC 7208 4.6 and 5). */
import ipaddr from 'ipaddr.js';
import { type Branch, MAX_LOOKUPS, MAX_VOIDS, type SpfNode, type SpfTree } from './read-tree.ts';
import type { Qualifier, Term } from './term.ts';

export type SpfResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'permerror' | 'temperror';

const RESULT_BY_QUALIFIER: Readonly<Record<Qualifier, SpfResult>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
};
const RESULT_BY_PROBLEM = { none: 'none', permanent: 'permerror', temporary: 'temperror' } as const;

/**
 * A record that is over a limit counts as an error even where a receiver might find this address before it gets there.
 */
export function evaluateSpf({ root, lookups, voids }: SpfTree, address: string): SpfResult {
  if (lookups > MAX_LOOKUPS || voids.length > MAX_VOIDS) return 'permerror';
  return resultOf(root, address);
}

function resultOf(node: SpfNode, address: string): SpfResult {
  if (node.problem) return RESULT_BY_PROBLEM[node.problem.kind];
  for (const branch of node.branches) {
    const matched = matches(branch, address);
    if (typeof matched === 'string') return matched;
    if (matched) return RESULT_BY_QUALIFIER[branch.term.qualifier];
  }
  if (!node.redirect) return 'neutral';
  const result = resultOf(node.redirect, address);
  return result === 'none' ? 'permerror' : result;
}

/** An error ends the evaluation. */
function matches({ term, node, addresses, problem }: Branch, address: string): boolean | SpfResult {
  if (problem) return RESULT_BY_PROBLEM[problem.kind];
  switch (term.mechanism) {
    case 'all':
      return true;
    case 'ip4':
    case 'ip6':
      return inNetwork(address, term.value!, term);
    case 'a':
    case 'mx':
      return addresses.some((one) => inNetwork(address, one, term));
    case 'exists':
      return addresses.length > 0;
    case 'ptr':
      return false;
    case 'include': {
      const result = resultOf(node!, address);
      if (result === 'none') return 'permerror';
      return result === 'permerror' || result === 'temperror' ? result : result === 'pass';
    }
  }
}

function inNetwork(address: string, network: string, { prefix4, prefix6 }: Term): boolean {
  const [one, other] = [ipaddr.process(address), ipaddr.process(network)];
  if (one.kind() !== other.kind()) return false;
  return one.match(other, one.kind() === 'ipv4' ? prefix4 : prefix6);
}
