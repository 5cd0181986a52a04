/** Reads the environment into one checked, frozen Config; nothing else reads process.env. */

import { resolve } from 'node:path';
import { defaultRetention, type Retention } from '../audience/retention.ts';
import { BadSettings } from '../errors.ts';
import type { RelaySettings } from '../ports.ts';
import { type FeedbackSecret, feedbackSecrets } from './feedback-secrets.ts';
import { parseKeep } from './keep.ts';
import { type Env, SettingsReader } from './reader.ts';
import { parseRelays } from './relays.ts';
import { defaultTimes, parseTimes, type Times } from './times.ts';
import {
  connectionUrl,
  domain,
  folder,
  hostName,
  keyIds,
  oneOf,
  proxies,
  secretList,
  siteUrl,
  wholeNumber,
} from './values.ts';

export { EXAMPLE_SECRET, settings } from './settings.ts';

export interface Config {
  readonly way: 'embedded' | 'database' | 'full';
  readonly production: boolean;
  /** Null with the embedded database. */
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  /** Empty: the built-in inbox with the embedded database, otherwise no relay at all. */
  readonly relays: readonly RelaySettings[];
  /** Without a trailing slash. */
  readonly publicUrl: string;
  readonly mediaUrl: string | null;
  /** Newest first. Null: a secret is created once in the data folder. */
  readonly secrets: readonly string[] | null;
  /** Ids of keys whose links and hashes may stop working. */
  readonly forgetKeys: readonly string[];
  readonly home: string;
  readonly emailsDir: string | null;
  /** A number of proxies, or their addresses and CIDRs; false: trust none. */
  readonly trustProxy: false | number | readonly string[];
  readonly bounceDomain: string | null;
  readonly feedbackImapUrl: string | null;
  /** With what providers sign their events. */
  readonly feedbackSecrets: readonly FeedbackSecret[];
  /** The address that the next two listen on. Null: `host`. */
  readonly feedbackHost: string | null;
  /** Where a mail server, or the internet, hands over the bounce domain's mail. Null: nowhere. */
  readonly feedbackLmtpPort: number | null;
  readonly feedbackSmtpPort: number | null;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly times: Times;
  /** How long personal data is kept. */
  readonly keep: Retention;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
const DEFAULT_PORT = 3000;
const portNumber = wholeNumber('a port', 0, 65_535);

/**
 * Reads every setting, each also as `NAME_FILE` (a path). Throws BadSettings, which lists all faults at once and never
 * contains secrets or passwords. An empty value counts as unset. `usual` overrides the defaults.
 */
export function readConfig(env: Env = process.env, usual: Env = {}): Config {
  const reader = new SettingsReader({ ...usual, ...env });
  const config = assemble(reader);
  checkTogether(reader, config);
  if (reader.faults.length > 0) throw new BadSettings(reader.faults);
  return freezeDeep(config);
}

function assemble(reader: SettingsReader): Config {
  const production = reader.read('NODE_ENV', (text) => text === 'production', false);
  const port = reader.read('PORT', portNumber, DEFAULT_PORT);
  const site = siteUrl(production ? ['https'] : ['http', 'https']);
  return {
    way: way(reader),
    production,
    databaseUrl: reader.read('DATABASE_URL', connectionUrl('postgres', 'postgresql'), null),
    redisUrl: reader.read('REDIS_URL', connectionUrl('redis', 'rediss'), null),
    relays: reader.read('SMTP_URL', parseRelays, []),
    publicUrl: reader.read('PUBLIC_URL', site, `http://localhost:${port}`),
    mediaUrl: reader.read('MEDIA_URL', site, null),
    secrets: reader.read('POSTRIDER_SECRET', secretList, null),
    forgetKeys: reader.read('POSTRIDER_FORGET_KEYS', keyIds, []),
    home: reader.read('POSTRIDER_HOME', resolve, resolve('.postrider')),
    emailsDir: reader.read('EMAILS_DIR', folder, null),
    trustProxy: reader.read('TRUST_PROXY', proxies, false),
    bounceDomain: reader.read('BOUNCE_DOMAIN', domain, null),
    feedbackImapUrl: reader.read('FEEDBACK_IMAP_URL', connectionUrl('imap', 'imaps'), null),
    feedbackSecrets: reader.read('FEEDBACK_SECRETS', feedbackSecrets, []),
    feedbackHost: reader.read('FEEDBACK_HOST', hostName, null),
    feedbackLmtpPort: reader.read('FEEDBACK_LMTP_PORT', portNumber, null),
    feedbackSmtpPort: reader.read('FEEDBACK_SMTP_PORT', portNumber, null),
    host: reader.read('HOST', hostName, '127.0.0.1'),
    port,
    metricsPort: reader.read('METRICS_PORT', portNumber, null),
    logLevel: reader.read('LOG_LEVEL', oneOf(LOG_LEVELS), 'info'),
    times: reader.read('POSTRIDER_TIMES', parseTimes, defaultTimes),
    keep: reader.read('POSTRIDER_KEEP', parseKeep, defaultRetention),
  };
}

function way(reader: SettingsReader): Config['way'] {
  if (!reader.has('DATABASE_URL')) return 'embedded';
  return reader.has('REDIS_URL') ? 'full' : 'database';
}

/** The worker reads the mail that comes back. */
export const readsFeedbackMail = (config: Config): boolean =>
  config.feedbackImapUrl !== null || config.feedbackLmtpPort !== null || config.feedbackSmtpPort !== null;

/** Faults that only show when settings are combined. */
function checkTogether(reader: SettingsReader, config: Config): void {
  if (reader.has('REDIS_URL') && !reader.has('DATABASE_URL'))
    reader.fault('DATABASE_URL', 'expected a database beside REDIS_URL, found none');
  if (config.metricsPort !== null && config.metricsPort !== 0 && config.metricsPort === config.port)
    reader.fault('METRICS_PORT', `expected a port other than PORT, found ${config.port} for both`);
  for (const [name, port] of [
    ['FEEDBACK_LMTP_PORT', config.feedbackLmtpPort],
    ['FEEDBACK_SMTP_PORT', config.feedbackSmtpPort],
  ] as const)
    if (port !== null && config.bounceDomain === null)
      reader.fault('BOUNCE_DOMAIN', `expected the domain whose mail arrives at ${name}, found none`);
  if (!config.production) return;
  for (const name of ['SMTP_URL', 'PUBLIC_URL', 'POSTRIDER_SECRET'] as const)
    if (!reader.has(name)) reader.fault(name, 'expected a value, since NODE_ENV is production, found none');
}

function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freezeDeep(part);
  return Object.freeze(value);
}
