/** Environment -> one checked, frozen Config; nothing else reads process.env. */
import type { RelaySettings } from './delivery/ports.ts';

export interface Times {
  heartbeatMs: number;
  leaseMs: number;
  sweepMs: number;
  /** Waits before the 2nd, 3rd, ... attempt; the last repeats. Each +-20 %. */
  retryMs: readonly number[];
  dotMs: number;
  /** How long SIGTERM waits for what is on the wire. */
  drainMs: number;
  /** A dot goes out at most this long after its mark was asked. */
  markFreshMs: number;
  /** Age limit from the first attempt. */
  expireMs: number;
}

export interface Config {
  readonly way: 'embedded' | 'database' | 'full';
  readonly production: boolean;
  /** Null in the embedded way. */
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  /** Empty: the built-in inbox (embedded way) or no relay at all. */
  readonly relays: readonly RelaySettings[];
  /** Without a trailing slash. */
  readonly publicUrl: string;
  readonly mediaUrl: string | null;
  /** Newest first. Null: made once in the data folder. */
  readonly secrets: readonly string[] | null;
  readonly home: string;
  readonly emailsDir: string | null;
  /** What Fastify's `trustProxy` takes: false, a number of proxies, or CIDRs. */
  readonly trustProxy: false | number | readonly string[];
  readonly bounceDomain: string | null;
  readonly feedbackImapUrl: string | null;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number | null;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  readonly times: Times;
}
