/** Whether a hand-over ended with its connection, and not with its message: then the message goes over another. */

import type { HandOver } from '../../ports.ts';
import { judgeReply } from '../replies/classify.ts';
import { isFresh } from '../replies/connection-replies.ts';

/** Why a connection is left before its message was tried. */
export interface LeftConnection {
  why: string;
  /** It said that it carries no more than it had carried. */
  usedUpAfter: number | null;
  /** It had done nothing yet. */
  unused: boolean;
}

/** Null where the hand-over has tried its message. */
export function leavesConnection(end: HandOver): LeftConnection | null {
  if (end.kind !== 'answered' && end.kind !== 'unwritten') return null;
  const { stage, history } = end;
  if (!stage || !history) return null;
  const unused = isFresh(history);
  if (end.kind === 'unwritten') {
    const early = stage === 'reset' || stage === 'mail';
    return !end.ours && (early || history.refused > 0) ? { why: end.why, usedUpAfter: null, unused } : null;
  }
  const verdict = judgeReply(end.reply, stage, history);
  if (verdict.kind !== 'connection-over') return null;
  const why = `${end.reply.code} ${end.reply.text}`.trim();
  return { why, usedUpAfter: verdict.usedUp ? history.taken : null, unused };
}
