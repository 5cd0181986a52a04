/**
 * What a relay's reply means for the delivery, for its lane and for the relay. What it is about follows from where it
 * came: to MAIL, or before it, nobody was named yet, so it is about the relay and us; to RCPT and to the dot it may
 * be passed on from the recipient's provider, and the rules (`reply-data.ts`) say so. Where no rule matches, 4xx
 * waits and 5xx is refused (RFC 5321 4.2.1).
 */
import type { Reply } from './ports.ts';
import { type RefusalReason, type ReplyRule, replyRules } from './reply-data.ts';

export interface Throttle {
  /** How long nothing should go to that provider. */
  holdMs: number;
  /** Begin with one connection afterwards, instead of half. */
  fromOne: boolean;
}

export type Verdict =
  /** Wait and try again. */
  | { kind: 'temporary' }
  /** The recipient's provider wants us slower: no attempt, no bounce, and its lane slows down. */
  | ({ kind: 'throttled' } & Throttle)
  /** The relay itself wants us slower, whoever the mail is for: no attempt. */
  | { kind: 'relay-busy' }
  /** Final for this delivery. Only a bad address speaks against the reader. */
  | { kind: 'refused'; reason: RefusalReason }
  /** It is not about this person: the relay does not take our sender at all. */
  | { kind: 'sender-refused' };

/** Where the recipient had been named. */
const ABOUT_RECIPIENT: ReadonlySet<string> = new Set(['rcpt', 'data', 'dot']);
const HOLD_MINUTES = 10;

export function judgeReply(reply: Reply, stage: string): Verdict {
  const rule = ruleFor(reply);
  if (!ABOUT_RECIPIENT.has(stage)) return aboutRelay(reply, rule);
  if (rule?.means === 'throttled')
    return {
      kind: 'throttled',
      holdMs: (rule.hold ?? HOLD_MINUTES) * 60_000,
      fromOne: rule.from === 'one',
    };
  if (reply.code < 500 || rule?.means === 'temporary') return { kind: 'temporary' };
  return { kind: 'refused', reason: rule?.means ?? 'refused' };
}

function aboutRelay(reply: Reply, rule: ReplyRule | undefined): Verdict {
  if (rule?.means === 'throttled') return { kind: 'relay-busy' };
  return reply.code < 500 ? { kind: 'temporary' } : { kind: 'sender-refused' };
}

function ruleFor(reply: Reply): ReplyRule | undefined {
  const { code, enhanced, text } = reply;
  const line = `${code} ${enhanced && !text.startsWith(enhanced) ? `${enhanced} ` : ''}${text}`;
  return replyRules.find((rule) => rule.pattern.test(line));
}
