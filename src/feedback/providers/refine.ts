/**
 * Providers file replies in few drawers: "permanent" also holds servers that refuse us, or full mailboxes. The words of
 * the recipient's server may make a provider's verdict milder, and never harder: a good reader must not be lost to a
 * coarse label, and what a provider calls temporary it tries again by itself.
 */
import { classify } from '../classify/classify.ts';
import type { FeedbackClass } from '../report.ts';

export interface ProviderVerdict {
  class: FeedbackClass;
  reason: string;
}

/** The provider's verdict, made milder where the server's words call for it, and the status that they carry. */
export function refine(
  said: ProviderVerdict,
  status: string | null,
  diagnostic: string | null,
): ProviderVerdict & { status: string | null } {
  const words = classify({
    action: '',
    status: status ?? '',
    diagnostic: diagnostic ?? '',
    cause: '',
    text: '',
  });
  const isSilent = (status ?? diagnostic) === null || words.reason === 'undefined';
  if (said.class !== 'hard' || isSilent || !MILDER.has(words.class)) return { ...said, status: words.status };
  return words;
}

/** What the words may turn a bad address into; `hard` gives it a closer reason. */
const MILDER: ReadonlySet<FeedbackClass> = new Set(['hard', 'block', 'soft']);
