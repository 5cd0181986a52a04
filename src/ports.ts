/** What delivery needs from the outside world. `io/` implements these; tests pass in their own clock and times. */

/** Wall clock for people, monotonic clock for deadlines. The ledger's times come from the database's clock. */
export interface Clock {
  now(): Date;
  /** Milliseconds, never goes back, goes on while the process is stopped. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts (never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Structured log. Must never contain addresses, tokens or bodies. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  child(fields: object): Log;
}

/** "There is work for this issue and lane"; it carries nothing else. */
export interface WakeUp {
  v: 1;
  issue: number;
  lane: string;
  /** Which of the parallel workers it is for: 0 .. workers-1. Bounds the queue's length. */
  slot: number;
  /** A wake-up that is being handled still counts as waiting, so its handler sends the other turn. */
  turn: 'a' | 'b';
}

/** The queue that wakes workers. Losing all of it only delays a send until the next sweep. */
export interface WakeUpQueue {
  /** Adds wake-ups, unless the same one already waits. Rejects when the queue is away. */
  wake(wakeUps: readonly WakeUp[], delayMs?: number): Promise<void>;
  /** Handles wake-ups, up to `concurrency` at a time. `stop` takes no more and waits for those being handled. */
  handle(handler: (wakeUp: WakeUp) => Promise<void>, concurrency: number): Promise<{ stop(): Promise<void> }>;
  /** False when the queue cannot be used right now. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

/** Paces a relay across all processes. */
export interface Pace {
  /** Waits for one token of the relay, if it has a rate; resolves to false when the signal aborted first. */
  take(relay: string, signal: AbortSignal): true | Promise<boolean>;
  /** Messages per second from now on; 0: no limit. */
  setRate(relay: string, rate: number): void;
}

/** Finds the servers that accept a domain's mail. */
export interface MxResolver {
  /** Names of its MX hosts, most preferred first. Rejects when there is no answer. */
  resolve(domain: string): Promise<string[]>;
}

/** A reply of the relay, kept as data. */
export interface Reply {
  code: number;
  /** The RFC 3463 code if the reply carries one, e.g. `5.1.1`. */
  enhanced: string | null;
  /** Valid UTF-8, no control characters, at most 1 KB. */
  text: string;
}

/** Which command a reply answers: RSET, MAIL, RCPT, DATA, the final dot. */
export type Stage = 'reset' | 'mail' | 'rcpt' | 'data' | 'dot';

/** What was sent on an SMTP connection before a message. */
export interface ConnectionHistory {
  /** Messages that the relay accepted on it. */
  taken: number;
  /** Messages that the relay refused on it. */
  refused: number;
}

/** How a hand-over ended, as the SMTP connection saw it. */
export type HandOver =
  /** 2xx to the final dot. */
  | { kind: 'accepted'; reply: Reply }
  /** An explicit 4xx or 5xx; `stage` says to which command. `history` left out: the relay was not asked. */
  | { kind: 'answered'; stage: Stage; reply: Reply; history?: ConnectionHistory }
  /**
   * Nothing of the final dot was written; `cutByUs`: we cut the connection ourselves, since there was no fresh mark.
   * `stage`: the command that was no longer answered.
   */
  | { kind: 'unwritten'; cutByUs: boolean; why: string; stage?: Stage; history?: ConnectionHistory }
  /** The dot was written and no reply came. */
  | { kind: 'unknown'; why: string };

export interface Envelope {
  from: string;
  to: string;
}

/** One open, secured, authenticated SMTP connection. It handles one message at a time. */
export interface SmtpConnection {
  /**
   * Hands one message over. Writes the final dot only if `mark()` resolved to true and is still fresh (`stillFresh()`
   * is checked at the last moment); otherwise ends without a dot and closes the connection. Never resolves before a
   * requested mark is answered, nor, if the connection stays usable, before all of `message` is written. The mark is
   * requested with the first command; with `late`, when the relay waits for the message.
   */
  handOver(
    envelope: Envelope,
    message: Buffer,
    mark: () => Promise<boolean>,
    stillFresh: () => boolean,
    late?: boolean,
  ): Promise<HandOver>;
  /** False: nothing more is sent on it. It is gone, or should be left because the relay has refused enough on it. */
  readonly usable: boolean;
  /** Sends QUIT if the connection is still open. */
  close(): Promise<void>;
}

export interface DkimKey {
  domain: string;
  selector: string;
  /** Path of a private key in PEM, RSA or Ed25519. */
  keyFile: string;
}

/** What an operator may change while Postrider runs (`relay set`). A limit of 0 means none. */
export interface RelayTerms {
  /** Messages per second, minute, hour and day, across all processes. */
  rate: number;
  minute: number;
  hour: number;
  day: number;
  /** Connections across all processes. */
  connections: number;
  /** Messages per connection. */
  messages: number;
  /** Its weight: how much of a newsletter's mail it takes compared with the newsletter's other relays. */
  weight: number;
  /** It delivers to the mailbox providers itself, so we must respect their limits. */
  direct: boolean;
}

export interface RelaySettings extends RelayTerms {
  name: string;
  host: string;
  port: number;
  /** TLS from the start (`smtps:`). */
  secure: boolean;
  user: string | null;
  pass: string | null;
  /** Connections per process. */
  pool: number;
  tls: 'required' | 'opportunistic';
  for: 'issues' | 'service' | 'all';
  /** Fields of each message; `{{delivery}}` in a value stands for our delivery id without its dots. */
  headers: Readonly<Record<string, string>>;
  /** Keys that sign what goes through this relay, each for its own senders; empty if the relay signs by itself. */
  dkim: readonly DkimKey[];
  /** Fields, in lower case, that no signature covers because this relay replaces them. */
  unsigned: readonly string[];
  /** The name that we give in EHLO; left out: the machine's, or an address literal if that has no dot. */
  helo?: string;
  /** The provider that it belongs to, as said or as guessed from its host; left out: not known. */
  profile?: { name: string; guessed: boolean };
  /** How long an idle connection stays open; left out: as usual. */
  idleMs?: number;
  /** How to log in; left out: by the first offered mechanism that the relay does not refuse. */
  auth?: RelayAuth;
}

export type AuthMechanism = 'PLAIN' | 'LOGIN' | 'CRAM-MD5' | 'XOAUTH2';

export interface RelayAuth {
  mechanism: AuthMechanism;
  /** Path of a file that holds an access token, read at each login; for XOAUTH2. */
  tokenFile?: string;
}

/** A server's TLS certificate. */
export interface Certificate {
  /** The names that it is for. */
  names: readonly string[];
  issuer: string;
  expires: Date;
  /** Why it is not trusted, by Node's code (`CERT_HAS_EXPIRED`); null: it is. */
  distrusted: string | null;
}

/** What a relay offers, as found when a connection was opened. */
export interface RelayCapabilities {
  /** Such as `TLSv1.3`; null: in the clear. */
  tls: string | null;
  /** Null without TLS. */
  certificate: Certificate | null;
  /** Whether a known authority vouches for its certificate; null without TLS. */
  trusted: boolean | null;
  /** It accepted our user and password; false: we have none. */
  login: boolean;
  pipelining: boolean;
  eightBit: boolean;
  utf8: boolean;
  /** Largest message in bytes; null: none stated. */
  size: number | null;
  /** The name that we gave in EHLO. */
  helo: string;
  /** Its software, if its EHLO reply reveals it and it matters for a newsletter. */
  software: 'exim' | null;
}

/** What a relay replies to MAIL and RCPT, without a message. */
export interface EnvelopeTrial {
  mail: Reply | null;
  /** Null if it was no longer asked. */
  rcpt: Reply | null;
}

/** A relay that connections can be opened to. */
export interface Relay {
  readonly settings: RelaySettings;
  /** True for the built-in inbox: anything sent there is a rehearsal. */
  readonly rehearsal: boolean;
  /** Rejects with `RelayDown` or `RelayRefusesLogin`. */
  open(): Promise<SmtpConnection>;
  /**
   * Opens a connection, reports what it found, and closes it. With an envelope, MAIL and RCPT are tried. Rejects as
   * `open` does.
   */
  probe(envelope?: Envelope): Promise<RelayCapabilities & { trial: EnvelopeTrial | null }>;
}

/**
 * What to do with a mail that was read: it is `done`; or it stays, since it is no report (`keep`); or it is moved
 * `aside` for a person to look at, since it cannot be handled.
 */
export type MailVerdict = 'done' | 'keep' | 'aside';

/** A mailbox that what comes back arrives in. */
export interface Mailbox {
  /** For the log; without user and password. */
  readonly name: string;
  /**
   * Passes on every mail that it has and gets, one at a time, at most 1 MB of each. A mail is deleted or moved only after
   * `handle` resolved. Resolves when the signal aborts; rejects when the connection breaks or `handle` rejects.
   */
  read(handle: (source: Uint8Array) => Promise<MailVerdict>, signal: AbortSignal): Promise<void>;
}

/** A server that takes the mail of one domain, by SMTP or LMTP. */
export interface MailServerSettings {
  host: string;
  port: number;
  lmtp: boolean;
  /** Others are refused at RCPT. */
  accepts(recipient: string): boolean;
  /** A mail is answered with 250 once this resolved; with 451 when it rejects. */
  handle(source: Uint8Array, recipients: readonly string[]): Promise<void>;
}
