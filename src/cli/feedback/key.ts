/** `postrider feedback key create|set|list|revoke`: the addresses at which mail providers report. */
import { type Command, Option } from 'commander';
import type { Program } from '../../bootstrap.ts';
import { Usage } from '../../errors.ts';
import { createKey, type FeedbackKey, listKeys, pinKey, revokeKey } from '../../feedback/events/keys.ts';
import type { Provider } from '../../feedback/providers/provider.ts';
import { type ProviderName, providerNames, providers } from '../../feedback/providers/providers.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { facts } from '../text.ts';

interface Pins {
  topic?: string;
  publicKey?: string;
}

const json = ['--json', 'one JSON value on standard output'] as const;
const TOPIC = ['--topic <arn>', 'ses: the only SNS topic whose messages count'] as const;
const PUBLIC_KEY = ['--public-key <key>', "sendgrid: the webhook's verification key"] as const;

export function keyCommands(feedback: Command, open: OpenContext): void {
  const key = feedback
    .command('key')
    .description(
      "Keys in the URLs at which mail providers report. A URL is shown once; docs/feedback.md has each provider's steps.",
    );
  key
    .command('create')
    .description('Makes a URL for a provider and prints it, this once.')
    .addOption(
      new Option('--provider <name>', 'who will report').choices(providerNames).makeOptionMandatory(),
    )
    .option(...TOPIC)
    .option(...PUBLIC_KEY)
    .option(...json)
    .action((options: Pins & { provider: ProviderName }) => create(open, options));
  key
    .command('set <id>')
    .description('Sets what a provider tells only after it has the URL.')
    .option(...TOPIC)
    .option(...PUBLIC_KEY)
    .option(...json)
    .action((id: string, options: Pins) => set(open, id, options));
  key
    .command('list')
    .description('Lists the keys, without the keys themselves.')
    .option(...json)
    .action(() => list(open));
  key
    .command('revoke <id>')
    .description('From now on its URL answers like one that never was.')
    .option(...json)
    .action((id: string) => revoke(open, id));
}

async function create(
  open: OpenContext,
  { provider, ...pins }: Pins & { provider: ProviderName },
): Promise<void> {
  const { program } = await open();
  const pinned = pinnedOf(provider, pins);
  const { id, key } = await createKey(program.db, provider, pinned);
  const url = `${program.config.publicUrl}/feedback/${provider}/${key}`;
  const missing = missingOf(program, { id, provider, pinned });
  out(
    { key: id, provider, url, missing },
    [url, 'This is shown once.', ...missing.map((one) => `Still to do: ${one}`)].join('\n'),
  );
}

async function set(open: OpenContext, id: string, pins: Pins): Promise<void> {
  const { program } = await open();
  const number = readId(id);
  const given = pins.topic ?? pins.publicKey;
  if (given === undefined) throw new Usage('say what to set: --topic or --public-key');
  const key = (await listKeys(program.db)).find((one) => one.id === number);
  const pinned = key ? pinnedOf(key.provider, pins) : given;
  const changed = await pinKey(program.db, number, pinned ?? given);
  out({ key: number, provider: changed.provider }, `set for key ${number} of ${changed.provider}`);
}

async function list(open: OpenContext): Promise<void> {
  const { program } = await open();
  const keys = (await listKeys(program.db)).map(({ id, ...key }) => ({
    key: id,
    ...key,
    missing: key.revokedAt === null ? missingOf(program, { id, ...key }) : [],
  }));
  const time = (date: Date | null) => date?.toISOString() ?? '-';
  out(
    keys,
    keys.length === 0
      ? 'No key: postrider feedback key create --provider NAME makes one'
      : keys
          .map((one) =>
            facts([
              ['key', `${one.key}, ${one.provider}`],
              ...(one.pinned === null ? [] : [['for', one.pinned] as [string, string]]),
              ['created', time(one.createdAt)],
              ['last event', time(one.lastEventAt)],
              ...(one.revokedAt === null ? [] : [['revoked', time(one.revokedAt)] as [string, string]]),
              ...one.missing.map((what): [string, string] => ['missing', what]),
            ]),
          )
          .join('\n\n'),
  );
}

async function revoke(open: OpenContext, id: string): Promise<void> {
  const { program } = await open();
  await revokeKey(program.db, readId(id));
  out({ key: readId(id), revoked: true }, `revoked key ${id}`);
}

function readId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Usage(`expected the number of a key, got "${text}"`);
}

/** The option that this provider's keys have; the other one is a mistake. */
function pinnedOf(name: ProviderName, { topic, publicKey }: Pins): string | null {
  const wanted = (providers[name] as Provider).pins?.option;
  if (topic !== undefined && wanted !== 'topic') throw new Usage(`--topic is for ses, not for ${name}`);
  if (publicKey !== undefined && wanted !== 'public-key')
    throw new Usage(`--public-key is for sendgrid, not for ${name}`);
  return topic ?? publicKey ?? null;
}

/** Without it every event is refused. */
function missingOf({ config }: Program, { id, provider, pinned }: FeedbackKey): string[] {
  const { pins, needsSecret } = providers[provider] as Provider;
  const lacksPin = pins !== undefined && pinned === null;
  const lacksSecret =
    needsSecret === true && !config.feedbackSecrets.some((one) => one.provider === provider);
  return [
    ...(lacksPin ? [`postrider feedback key set ${id} --${pins.option} ...`] : []),
    ...(lacksSecret ? [`put its signing key into FEEDBACK_SECRETS (${provider}:KEY) and restart`] : []),
  ];
}
