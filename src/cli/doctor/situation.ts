/** Gathers what the checks look at. Whatever is missing is told to the checks that ask for it. */
import { findNewsletter, listNewsletters, type Newsletter } from '../../audience/newsletters/newsletter.ts';
import type { Program } from '../../bootstrap.ts';
import { type Config, readsFeedbackMail } from '../../config/config.ts';
import { Keys } from '../../consent/keys.ts';
import { explainDatabase } from '../../db/faults.ts';
import { NotChecked } from '../../doctor/check/check.ts';
import type { DoctorSettings, Situation } from '../../doctor/check/situation.ts';
import { Refused } from '../../errors.ts';
import { systemClock } from '../../io/clock.ts';
import { openDns } from '../../io/doctor/dns.ts';
import { freeBytes, ownPublicAddresses, publicKeyOf, signFor } from '../../io/doctor/machine.ts';
import { readRedisFacts } from '../../io/doctor/redis-facts.ts';
import { readSessionFacts } from '../../io/doctor/sessions.ts';
import { openDoctorWeb } from '../../io/doctor/web.ts';
import type { DoctorOptions } from './options.ts';

/** `program`: null when it could not be opened. Throws Refused('unknown-newsletter'). */
export async function situationOf(
  config: Config,
  program: Program | null,
  options: DoctorOptions,
): Promise<Situation> {
  const dns = openDns(options.resolvers);
  const newsletters = await readNewsletters(program, options.newsletter);
  const { redisUrl, databaseUrl } = config;
  return {
    settings: settingsOf(config),
    newsletters: async () => given(newsletters),
    db: () => given(program?.db ?? new NotChecked(NO_DATABASE)),
    relays: program?.relays ?? [],
    keys: program?.keys ?? new Keys(config.secrets ?? [NOBODYS_SECRET]),
    clock: systemClock,
    dns,
    web: openDoctorWeb(dns),
    sendingAddresses: options.addresses,
    ownAddresses: ownPublicAddresses(),
    timeSource: options.timeSource,
    redis: redisUrl === null ? null : () => readRedisFacts(redisUrl),
    sessions: () => readSessionFacts(databaseUrl ?? ''),
    freeBytes,
    checkSchema: async () => program?.checkSchema(),
    checkKeys: async () => program?.checkKeys(false),
    sign: (relay, message) => signFor(relay, message, systemClock),
    publicKey: publicKeyOf,
  };
}

const NO_DATABASE = 'the database could not be opened';
/** Where even the secret could not be read; nothing is signed with it that anybody accepts. */
const NOBODYS_SECRET = '-'.repeat(32);

function given<T extends object>(value: T | NotChecked): T {
  if (value instanceof NotChecked) throw value;
  return value;
}

const settingsOf = (config: Config): DoctorSettings => ({
  way: config.way,
  production: config.production,
  publicUrl: config.publicUrl,
  mediaUrl: config.mediaUrl,
  trustProxy: config.trustProxy,
  bounceDomain: config.bounceDomain,
  readsFeedbackMail: readsFeedbackMail(config),
  secrets: config.secrets?.length ?? null,
  forgetKeys: config.forgetKeys,
  home: config.home,
});

const READ_MS = 6_000;

async function readNewsletters(
  program: Program | null,
  slug: string | null,
): Promise<Newsletter[] | NotChecked> {
  if (!program) return new NotChecked(NO_DATABASE);
  const { db } = program;
  const read = slug === null ? listNewsletters(db) : findNewsletter(db, slug).then((one) => [one]);
  const stop = new AbortController();
  const late = systemClock
    .sleep(READ_MS, stop.signal)
    .then(() => new NotChecked('the newsletters could not be read from the database in time'));
  try {
    return await Promise.race([read, late]);
  } catch (cause) {
    if (cause instanceof Refused) throw cause;
    const why = explainDatabase(cause) ?? (cause as Error).message;
    return new NotChecked(`the newsletters could not be read from the database: ${why}`);
  } finally {
    stop.abort();
  }
}
