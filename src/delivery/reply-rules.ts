/**
 * What a relay's reply means for the delivery, for its lane and for the relay. What it is about follows from where it
 * came: to MAIL, or before it, nobody was named yet, so it is about the relay and us; to RCPT and to the dot it may
 * be passed on from the recipient's provider, and the rules (`reply-data.ts`) say so. Where no rule matches, 4xx
 * waits and 5xx is refused (RFC 5321 4.2.1).
 */
import { connectionEnd } from './connection-replies.ts';
import type { ConnectionHistory, Reply, Stage } from './ports.ts';
import { type RefusalReason, type ReplyRule, replyRules } from './reply-data.ts';

export interface Throttle {
  /** How long nothing should go to that provider. */
  holdMs: number;
  /** Begin with one connection afterwards, instead of half. */
  fromOne: boolean;
}

/**
 * What a reply speaks of, and so who waits for it: one delivery (`address`, `message`), nobody (`connection`: the
 * delivery goes back untried and is handed over on a fresh one), everybody behind the relay (`relay`: what it takes
 * of us in a span of time), the whole issue (`sender`: a person has to mend something), or the lane (`provider`: the
 * patience of the recipient's provider).
 */
export type Subject = 'address' | 'message' | 'connection' | 'relay' | 'sender' | 'provider';

export type Verdict =
  /** Wait and try again. */
  | { about: Subject; kind: 'temporary' }
  /** The recipient's provider wants us slower: no attempt, no bounce, and its lane slows down. */
  | ({ about: 'provider'; kind: 'throttled' } & Throttle)
  /** The relay itself wants us slower, whoever the mail is for: no attempt. */
  | { about: 'relay'; kind: 'relay-busy' }
  /** Final for this delivery. Only a bad address speaks against the reader. */
  | { about: 'address' | 'message'; kind: 'refused'; reason: RefusalReason }
  /** It is not about this person: the relay does not take our sender at all. */
  | { about: 'sender'; kind: 'sender-refused' }
  /** The connection is to be left: no attempt, and nothing waits. `usedUp`: it carried all that one may carry. */
  | { about: 'connection'; kind: 'connection-over'; usedUp: boolean };

/** Where the recipient had been named. */
const ABOUT_RECIPIENT: ReadonlySet<string> = new Set(['rcpt', 'data', 'dot']);
const HOLD_MINUTES = 10;

/** A connection that had done nothing before. */
const UNUSED: ConnectionHistory = { taken: 0, refused: 0 };

/** `history`: of the connection that the reply came over, before the message that it answers. */
export function judgeReply(reply: Reply, stage: Stage, history: ConnectionHistory = UNUSED): Verdict {
  const rule = ruleFor(reply);
  const end = connectionEnd(reply, stage, history, rule !== undefined);
  if (end) return { about: 'connection', kind: 'connection-over', usedUp: end === 'used-up' };
  if (!ABOUT_RECIPIENT.has(stage)) return aboutRelay(reply, rule);
  if (rule?.means === 'throttled')
    return {
      about: 'provider',
      kind: 'throttled',
      holdMs: (rule.hold ?? HOLD_MINUTES) * 60_000,
      fromOne: rule.from === 'one',
    };
  const about = stage === 'rcpt' ? 'address' : 'message';
  if (reply.code < 500 || rule?.means === 'temporary') return { about, kind: 'temporary' };
  return { about, kind: 'refused', reason: rule?.means ?? 'refused' };
}

function aboutRelay(reply: Reply, rule: ReplyRule | undefined): Verdict {
  if (rule?.means === 'throttled') return { about: 'relay', kind: 'relay-busy' };
  return reply.code < 500
    ? { about: 'relay', kind: 'temporary' }
    : { about: 'sender', kind: 'sender-refused' };
}

function ruleFor(reply: Reply): ReplyRule | undefined {
  const { code, enhanced, text } = reply;
  const line = `${code} ${enhanced && !text.startsWith(enhanced) ? `${enhanced} ` : ''}${text}`;
  return replyRules.find((rule) => rule.pattern.test(line));
}
