/**
 * Replies about the SMTP connection that they came over: it has carried as many messages as the relay wants on one, it
 * made too many errors, or the relay closes it (RFC 5321 3.8). No mail is at fault, so the delivery goes back untried
 * and is handed over again on a fresh connection. On a fresh connection the same words are about something else: there,
 * only a reply to MAIL is about the connection.
 *
 * As in `table.ts`, the real reply is quoted; a pattern is matched case-insensitively against `code text`.
 */
import type { ConnectionHistory, Reply, Stage } from '../../ports.ts';

/** `used-up`: it carried as many messages as one connection may. `over`: for any other reason. */
export type ConnectionEnd = 'used-up' | 'over';

interface ConnectionReply {
  reply: string;
  pattern: RegExp;
}

/**
 * About the number of messages on one connection. Words about the number of connections, or about speed, do not belong
 * here.
 */
const usedUp: readonly ConnectionReply[] = [
  {
    reply: '421 too many messages in this connection',
    pattern:
      /^4\d\d .*too (many|much) (messages?|e?-?mails?|recipients|rcpts?|transactions|deliveries)( sent| received)? ?(in|on|over|for|per|during|within|via) (this |the |one |a |each |single )*(smtp )?(connection|session)/i,
  },
  {
    reply: '452 4.5.3 Too many recipients: Too many messages sent',
    pattern: /^4\d\d .*too many messages sent\.?$/i,
  },
  {
    reply: '452 4.4.5 Maximum number of messages per session exceeded',
    pattern:
      /^4\d\d .*(messages?|e?-?mails?|recipients|rcpts?|transactions|deliveries)\b.{0,30}\b(per|in|on|for|over|during|this) (this |the |one |a |each |single )*(smtp )?(connection|session)\b.{0,20}(exceed|reach|limit|exhaust|used up)/i,
  },
  {
    reply: '421 4.3.2 Limit of messages per connection exceeded',
    pattern:
      /^4\d\d .*(limit|max(imum)?|exceed(s|ed)?|reached|quota)\b.{0,40}(messages?|e?-?mails?|recipients|rcpts?|transactions|deliveries)\b.{0,30}\b(per|in|on|for|over|during|this) (this |the |one |a |each |single )*(smtp )?(connection|session)\b/i,
  },
  {
    reply: '421 4.4.5 Connection message limit reached, reconnect',
    pattern:
      /^4\d\d .*(connection|session) (message|mail|email|recipient|transaction)s? (count |number )?(limit|maximum|quota)/i,
  },
  { reply: '421 4.7.0 too many messages', pattern: /^4(21|52) ([\d.]+ )?(error: )?too many messages\.?$/i },
  {
    reply: '452 4.5.3 Too many recipients',
    pattern: /^452 (4\.5\.3 )?(error: )?too many recipients\.?$/i,
  },
  {
    reply: '421 MI:DMC 当前连接发送的邮件数量超出限制',
    pattern: /^4\d\d .*(当前连接|本次连接|每次连接|单次连接|每个连接|单个连接).{0,12}(邮件|信件|收件人)/u,
  },
];

/** Errors on this connection that count against us. */
const tooManyErrors: readonly ConnectionReply[] = [
  {
    reply: '421 4.7.0 mx.example.org Error: too many errors',
    pattern: /^[45]\d\d .*too many (smtp |protocol |syntax |command )?errors/i,
  },
  {
    reply: '554 Too many nonmail commands',
    pattern: /^[45]\d\d .*too many (non-?mail|bad|invalid|unrecogni[sz]ed|unknown|junk|rset) commands/i,
  },
  {
    reply: '421 4.7.1 Too many invalid recipients on this connection',
    pattern:
      /^[45]\d\d .*too many (invalid|unknown|rejected|bad|failed|refused|non-?existent) (recipients|users|addresses|rcpts?)\b.{0,20}(connection|session|closing|bye|disconnect)/i,
  },
];

/** The relay is closing the connection, whoever the recipient is. */
const closing: readonly ConnectionReply[] = [
  {
    reply: '421 4.3.2 Service shutting down',
    pattern:
      /^421 (4\.3\.[02] )?.*(shut(ting)? ?down|going down|restart|server (is )?clos|system not accepting)/i,
  },
  {
    reply: '451 4.4.2 Timeout waiting for data from client.',
    pattern: /^4[25]1 4\.4\.2 timeout waiting for (data|input)/i,
  },
  {
    reply: '421 4.4.2 mx.example.org Error: timeout exceeded',
    pattern:
      /^421 (4\.4\.[12] |.*\b(time[d -]?out|idle|session (limit|time|expired)|connection (time|expired|lifetime)))/i,
  },
];

const says = (replies: readonly ConnectionReply[], { code, text }: Reply): boolean =>
  replies.some(({ pattern }) => pattern.test(`${code} ${text}`));

/**
 * Null if the reply is about something else. `rules`: another row matches the reply, for example as a throttle of the
 * recipient's provider, so a bare code is not enough.
 */
export function connectionEnd(
  reply: Reply,
  stage: Stage,
  history: ConnectionHistory,
  known = false,
): ConnectionEnd | null {
  const { code } = reply;
  if (stage === 'reset') return code === 421 || code >= 500 ? 'over' : null;
  const fresh = isFresh(history);
  if (history.taken > 0 && says(usedUp, reply)) return 'used-up';
  if (stage === 'mail')
    return code === 421 || (!fresh && (code >= 500 || says(closing, reply))) ? 'over' : null;
  if (fresh) return null;
  if (says(tooManyErrors, reply) || says(closing, reply)) return 'over';
  return code === 421 && history.refused > 0 && !known ? 'over' : null;
}

/** Nothing was sent on it yet. */
export const isFresh = ({ taken, refused }: ConnectionHistory): boolean => taken === 0 && refused === 0;
