/** The misbehaviours that a test can ask of the sink, and the steps of a conversation at which they happen. */

/**
 * Where the sink asks what to do. `tls`: at STARTTLS. `body`: when the first octets after 354 arrive. Since clients
 * pipeline, a command may have been written long before its stage comes. `spare-data`: at DATA without a recipient.
 */
export type Stage =
  | 'connect'
  | 'ehlo'
  | 'tls'
  | 'login'
  | 'rset'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'spare-data'
  | 'body'
  | 'dot'
  | 'quit';

export interface Step {
  stage: Stage;
  /** Counted from 1 in the order the connections came. */
  connection: number;
  /** The client's port: by it a test finds the process. */
  peer: number;
  /** How many messages were begun on this connection, this one included. */
  nth: number;
  from: string | null;
  /** Null before RCPT. */
  to: string | null;
  /** Which try for this recipient this is, from 1, over all connections; 0 before RCPT. */
  attempt: number;
}

/** What to do instead of the usual answer. An empty object is the usual answer. */
export interface Behaviour {
  /** A whole reply line without its line end, e.g. `451 4.3.0 later`. At `dot`, only a 2xx accepts the message. */
  reply?: string;
  /** These octets (latin1) as they are instead of a reply: halves of replies, bare LF, NUL, no end at all. */
  raw?: string;
  /** Answer this much later, in milliseconds. */
  lateMs?: number;
  /** Answer when this has resolved. */
  when?: Promise<unknown>;
  /** Cut the connection instead of answering. */
  drop?: boolean;
  /** Never answer, and keep the connection open. */
  hang?: boolean;
  /** Answer, then close. What was pipelined behind is not read. */
  close?: boolean;
  /** Answer outside of TLS, as a server does that leaves it without a word. */
  inTheClear?: boolean;
  /** At `dot` where the client gets no reply to read: the message was taken all the same. */
  keep?: boolean;
  /** At `ehlo`: other keywords than the usual ones. */
  extensions?: readonly string[];
  /** When no command follows the answer for so long, says this unasked and closes. */
  idle?: { ms: number; reply: string };
  /** Called when the answer has been given to the socket. */
  onAnswered?: () => void;
}

/** What SMTP clients read of one reply at the most, as ours does. */
const MAX_LINE_BYTES = 64 * 1024;
const WHOLE = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/;

/** What a client gets to know of an answer: its code, or null where there is no whole reply in it. */
export function codeOf({ drop, hang, raw, reply }: Behaviour, usual: string): number | null {
  if (drop || hang) return null;
  if (raw === undefined) return Number((reply ?? usual).slice(0, 3));
  const whole = WHOLE.exec(raw)?.[0];
  if (whole === undefined || whole.length > MAX_LINE_BYTES) return null;
  const last = whole.trimEnd().split('\n').at(-1) as string;
  return Number(last.slice(0, 3));
}

/** The octets that are written. */
export function octetsOf({ raw, reply }: Behaviour, usual: string): Buffer {
  return raw === undefined ? Buffer.from(`${reply ?? usual}\r\n`) : Buffer.from(raw, 'latin1');
}
