/**
 * What a report about one recipient means. `Action` decides if it failed at all; then the words of the server that
 * refused, then the words of the report's writer, then its codes. The codes come last since many writers put 5.0.0, or
 * 5.1.1 for everything.
 */
import { builtInRules } from './all-rules.ts';
import { enhancedCodeOf, isVague, replyCodeOf, toLine } from './evidence.ts';
import type { Rule, Verdict } from './rule.ts';
import { byReplyCode, byStatus } from './status-codes.ts';

export interface Evidence {
  /** Of the report, lower case; an empty string where it has none, which is taken for `failed`. */
  action: string;
  /** Enhanced status code; an empty string where there is none. */
  status: string;
  /** What the server that refused said; an empty string where it is not known. */
  diagnostic: string;
  /** What the report's writer says about this recipient. */
  text: string;
}

const NOT_FAILED: Readonly<Record<string, Verdict>> = {
  delayed: { class: 'other', reason: 'delayed' },
  delivered: { class: 'other', reason: 'delivered' },
  relayed: { class: 'other', reason: 'relayed' },
  expanded: { class: 'other', reason: 'expanded' },
};

/** `overrides`: rows of the database, asked before the built-in ones. */
export function classify(
  evidence: Evidence,
  overrides: readonly Rule[] = [],
): Verdict & { status: string | null } {
  const diagnostic = toLine(evidence.diagnostic);
  const text = toLine(evidence.text);
  const status = decidingStatus(evidence.status, diagnostic, text);
  const verdict = NOT_FAILED[evidence.action] ??
    byWords(diagnostic, overrides) ??
    byCodes(status, '') ??
    byWords(text, overrides) ??
    byCodes('', diagnostic || text) ?? { class: 'soft', reason: 'undefined' };
  return { class: verdict.class, reason: verdict.reason, status };
}

function byWords(line: string, overrides: readonly Rule[]): Verdict | null {
  if (line === '') return null;
  const matches = ({ pattern }: Rule): boolean => pattern.test(line);
  return overrides.find(matches) ?? builtInRules.find(matches) ?? null;
}

function byCodes(status: string | null, line: string): Verdict | null {
  const reply = line === '' ? null : replyCodeOf(line);
  return (status ? byStatus(status) : null) ?? (reply ? byReplyCode(reply) : null);
}

/** The server's own code says more than the writer's `5.0.0`. */
function decidingStatus(said: string, diagnostic: string, text: string): string | null {
  const inDiagnostic = enhancedCodeOf(diagnostic);
  if (inDiagnostic && !isVague(inDiagnostic)) return inDiagnostic;
  if (said && !isVague(said)) return said;
  return inDiagnostic ?? enhancedCodeOf(text) ?? (said || null);
}
