/** What the web role needs from the rest of the program. */
import type { Keys } from '../consent/keys.ts';
import type { Db } from '../db/connection.ts';
import type { Clock, Log, WakeUp } from '../ports.ts';
import type { EmailFiles } from '../render/theme/email-files.ts';

export interface WebParts {
  db: Db;
  keys: Keys;
  emails: EmailFiles;
  log: Log;
  clock: Clock;
  /** Without a trailing slash; may have a path. */
  publicUrl: string;
  /** Whose forwarded headers are trusted: nobody's, those of the nearest n proxies, or those of networks. */
  trustProxy: false | number | readonly string[];
  /** Wakes workers for planned service mails. May fail: housekeeping wakes them again. */
  wake: (wakeUps: readonly WakeUp[]) => Promise<void>;
  ready: () => Promise<{ ok: boolean; checks: Record<string, string> }>;
  /** What is needed to believe mail providers. */
  providerEvents: {
    secrets: readonly { provider: string; secret: string }[];
    fetchText: (url: string) => Promise<string>;
  };
  /** Serve the built-in inbox at /inbox/. */
  inbox: boolean;
}
