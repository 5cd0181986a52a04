/** What the matrix needs of a mail server, however it is run. */

/** The domains that the servers are at home in: readers in four lanes. */
export const DOMAINS = ['gmail.com', 'qq.com', 'example.com', 'outlook.com'] as const;
const READERS = 300;
/** How the servers call themselves. */
export const HOST = 'relay.example.net';

const domain = (n: number): string => DOMAINS[n % DOMAINS.length]!;

/** Whom the servers know: `reader0` to `reader299`, each in one of the domains. */
export const living: readonly string[] = Array.from({ length: READERS }, (_, n) => `reader${n}@${domain(n)}`);
/** Somebody whom no server knows. */
export const gone = (n: number): string => `gone${n}@${domain(n)}`;
/** Unique among the readers: some servers keep no more of an address. */
export const localPart = (address: string): string => address.slice(0, address.indexOf('@'));

export interface MailServer {
  /** As the server or its package says it. */
  version: string;
  /** Where it listens on 127.0.0.1, without STARTTLS and with it. */
  ports: { clear: number; tls: number };
  /** Local parts of those whose mail it has taken so far, once for each mail. */
  taken(): Promise<string[]>;
  /** What it has printed, for a failed test. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a server. Rejects where that cannot be done here; the message says why. */
export type StartServer = () => Promise<MailServer>;
