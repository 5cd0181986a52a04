/**
 * What a report about one recipient means. `Action` decides if it failed at all; then the words of the server that
 * refused, then the words of the report's writer, then its codes. The codes come last since many writers put 5.0.0, or
 * 5.1.1 for everything.
 */
import { narrowRules, wideRules } from './all-rules.ts';
import { enhancedCodeOf, isVague, toLine } from './evidence.ts';
import type { Rule, Verdict } from './rule.ts';
import { byReplyCode, byStatus } from './status-codes.ts';

export interface Evidence {
  /** Of the report, lower case; an empty string where it has none, which is taken for `failed`. */
  action: string;
  /** Enhanced status code; an empty string where there is none. */
  status: string;
  /** What the server that refused said; an empty string where it is not known. */
  diagnostic: string;
  /** What the report's writer says about this recipient; an empty string where it says nothing. */
  cause: string;
  /** All that the report's writer says. */
  text: string;
}

const NOT_FAILED: Readonly<Record<string, Verdict>> = {
  delayed: { class: 'other', reason: 'delayed' },
  delivered: { class: 'other', reason: 'delivered' },
  deliverable: { class: 'other', reason: 'delivered' },
  relayed: { class: 'other', reason: 'relayed' },
  expanded: { class: 'other', reason: 'expanded' },
};

const UNDEFINED: Verdict = { class: 'soft', reason: 'undefined' };

export function classify(evidence: Evidence): Verdict & { status: string | null } {
  const diagnostic = toLine(evidence.diagnostic);
  const cause = toLine(evidence.cause);
  const text = toLine(evidence.text);
  const status = decidingStatus(evidence.status, diagnostic || cause || text);
  const verdict =
    NOT_FAILED[evidence.action] ??
    byWords(narrowRules, diagnostic) ??
    byStatus(enhancedCodeOf(diagnostic)) ??
    byWords(wideRules, diagnostic) ??
    byWords(narrowRules, cause) ??
    byStatus(status) ??
    byWords(wideRules, cause) ??
    byWords(narrowRules, text) ??
    byReplyCode(diagnostic || cause || text) ??
    byWords(wideRules, text) ??
    UNDEFINED;
  return { class: verdict.class, reason: verdict.reason, status };
}

const byWords = (rules: readonly Rule[], line: string): Verdict | null =>
  line === '' ? null : (rules.find(({ pattern }) => pattern.test(line)) ?? null);

/** The server's own code says more than the writer's `5.0.0`. */
function decidingStatus(said: string, words: string): string | null {
  const found = enhancedCodeOf(words);
  if (found && !isVague(found)) return found;
  if (said && !isVague(said)) return said;
  return found ?? (said || null);
}
