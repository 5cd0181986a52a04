/** What the checks look at: settings, newsletters, and the ports by which they reach the world. */
import type { KeyObject } from 'node:crypto';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import type { Keys } from '../../consent/keys.ts';
import type { Db } from '../../db/connection.ts';
import type { Certificate, Clock, DkimKey, Relay } from '../../ports.ts';
import type { Dns } from '../dns/answer.ts';

/** The settings that checks ask for. */
export interface DoctorSettings {
  way: 'embedded' | 'database' | 'full';
  production: boolean;
  publicUrl: string;
  mediaUrl: string | null;
  trustProxy: false | number | readonly string[];
  bounceDomain: string | null;
  /** Somebody reads the mail of the bounce domain: a mailbox by IMAP, or a listener of our own. */
  readsFeedbackMail: boolean;
  /** How many secrets POSTRIDER_SECRET holds; null: the secret is in the data folder. */
  secrets: number | null;
  forgetKeys: readonly string[];
  home: string;
}

/** An HTTP request, never redirected, to the addresses that the resolver gives for its host. */
export interface WebRequest {
  method: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface WebAnswer {
  status: number;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** At most 64 KB. */
  body: string;
  /** The server's certificate; null over plain HTTP. */
  certificate: Certificate | null;
  /** Milliseconds from the request to the answer. */
  tookMs: number;
}

export interface Web {
  /** Accepts any certificate: whether it is good is a finding. Rejects when there is no answer. */
  ask(url: string, request: WebRequest): Promise<WebAnswer>;
}

/** What `INFO` of a Redis says. */
export interface RedisFacts {
  software: 'Redis' | 'Valkey';
  version: string;
  role: string;
  evictionPolicy: string | null;
  appendOnly: boolean;
  /** False after a failed write of its file. */
  persists: boolean;
  maxMemory: number;
  usedMemory: number;
  clients: number;
  maxClients: number | null;
  cluster: boolean;
}

/** What a session of the database keeps between statements. */
export interface SessionFacts {
  /** A setting of the session outlives its statement, and no other connection sees it. */
  keepsState: boolean;
  /** LISTEN gets what another connection notifies. */
  listens: boolean;
}

export interface Situation {
  settings: DoctorSettings;
  /** Throws NotChecked when the database cannot be read. */
  newsletters(): Promise<readonly Newsletter[]>;
  /** Throws NotChecked when there is no database. */
  db(): Db;
  relays: readonly Relay[];
  keys: Keys;
  clock: Clock;
  dns: Dns;
  web: Web;
  /** Addresses that mail goes out from, as the operator gave them. */
  sendingAddresses: readonly string[];
  /** Public addresses of this machine's own interfaces. */
  ownAddresses: readonly string[];
  /** Another clock to compare with: an address whose answer has a Date header. */
  timeSource: string | null;
  /** Rejects when Redis does not answer. Null: the queue is in the database. */
  redis: (() => Promise<RedisFacts>) | null;
  sessions(): Promise<SessionFacts>;
  freeBytes(path: string): Promise<number>;
  /** Rejects, saying what to do, when the schema or the keys do not fit this program. */
  checkSchema(): Promise<void>;
  checkKeys(): Promise<void>;
  /** The message as this relay's keys sign it. */
  sign(relay: Relay, message: Buffer): Promise<Buffer>;
  publicKey(key: DkimKey): KeyObject;
}

/** Relays whose mail leaves this machine: all but the built-in inbox. */
export const realRelays = ({ relays }: Situation): Relay[] => relays.filter(({ rehearsal }) => !rehearsal);

/** For the checks of mail and its DNS. */
export const pointlessWithoutRelay = (situation: Situation): string | null =>
  situation.relays.some(({ rehearsal }) => rehearsal)
    ? 'mails go to the built-in inbox, so none leaves this machine (set SMTP_URL to send)'
    : null;

/** For the checks of what readers reach. */
export const pointlessLocally = ({ settings }: Situation): string | null =>
  settings.way === 'embedded' && isLocalName(new URL(settings.publicUrl).hostname)
    ? `PUBLIC_URL is ${settings.publicUrl}, which only this machine reaches`
    : null;

export const isLocalName = (host: string): boolean => /^(?:.+\.)?localhost$|^127\.|^\[::1\]$/i.test(host);
