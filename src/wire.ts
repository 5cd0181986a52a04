/** Config -> the open parts of the program, and how to close them. Only this file sees the whole Config. */
import type { Config } from './config.ts';
import type { Keys } from './consent/keys.ts';
import type { Db } from './db/connection.ts';
import type { Bells, Clock, Log, Pace, Relay } from './delivery/ports.ts';
import type { EmailFiles } from './render/emails.ts';

export interface Program {
  config: Config;
  db: Db;
  keys: Keys;
  emails: EmailFiles;
  bells: Bells;
  pace: Pace;
  /** The first is the default. */
  relays: readonly Relay[];
  clock: Clock;
  log: Log;
  close(): Promise<void>;
}
