/**
 * Whether a hand-over failed because of its connection, not its message: then the message goes over another connection.
 */
import type { HandOver } from '../../ports.ts';
import type { Verdict } from '../replies/classify.ts';
import { isFresh } from '../replies/connection-replies.ts';

/** Why a connection is left before its message was tried. */
export interface LeftConnection {
  why: string;
  /** After how many messages the relay said that the connection was used up; null: it did not say so. */
  usedUpAfter: number | null;
  /** The connection had done nothing yet. */
  unused: boolean;
}

/** Null if the hand-over did try its message. `verdict`: what the relay's reply means, if it gave one. */
export function leftConnection(end: HandOver, verdict: Verdict | null): LeftConnection | null {
  if (end.kind !== 'answered' && end.kind !== 'unwritten') return null;
  const { stage, history } = end;
  if (!stage || !history) return null;
  const unused = isFresh(history);
  if (end.kind === 'unwritten') {
    const early = stage === 'reset' || stage === 'mail';
    return !end.cutByUs && (early || history.refused > 0)
      ? { why: end.why, usedUpAfter: null, unused }
      : null;
  }
  if (verdict?.kind !== 'connection-over') return null;
  const why = `${end.reply.code} ${end.reply.text}`.trim();
  return { why, usedUpAfter: verdict.usedUp ? history.taken : null, unused };
}
