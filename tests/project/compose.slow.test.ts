import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../helpers/database.ts';
import { root, run, start } from '../helpers/processes.ts';
import { startRedis } from '../helpers/redis.ts';
import { freePort } from '../helpers/redis-server.ts';
import { type Sink, startSink } from '../helpers/sink.ts';
import { until } from '../helpers/until.ts';
import { type Compose, readCompose } from './compose.ts';

type Env = Record<string, string>;

const readers = 'email,name,language\nann@example.org,Ann,en\nli@example.org,李,zh\nbo@example.org,,\n';
const issue =
  '---\ntitle: Weekly 1\ndate: 2026-11-23\n---\n\nHello {{name | friend}},\n\nthis week we read.\n';

/** What stands behind `<` in the README's commands. */
const inputs: Record<string, string> = { 'readers.csv': readers, 'index.md': issue };

test("the Compose file's commands and settings, and README's commands on them, send an issue", async () => {
  const sink = await sinkForTest();
  const compose = composeFor(sink);
  const env = await onThisMachine(compose);
  await follow(commandOf(compose, 'migrate').join(' '), env);
  const web = start(commandOf(compose, 'web'), { env });
  const workers = replicasOf(compose).map(() => start(commandOf(compose, 'worker'), { env }));
  await until('the image says that web is healthy', () => healthy(env), {
    withinMs: 60_000,
    found: () => web.stdout + web.stderr,
  });
  await followReadme(env);
  await until('all readers and the tester have their mail', () => sink.accepted.length === 4, {
    withinMs: 60_000,
    found: () => workers.map((worker) => worker.stdout + worker.stderr).join('\n'),
  });
  const to = sink.accepted.map((mail) => mail.to).sort();
  expect(to).toEqual(['ann@example.org', 'bo@example.org', 'li@example.org', 'you@example.org']);
  for (const process of [web, ...workers]) expect((await process.stop()).code).toBe(0);
});

async function sinkForTest(): Promise<Sink> {
  const sink = await startSink();
  onTestFinished(() => sink.end());
  return sink;
}

function composeFor(sink: Sink): Compose {
  return readCompose({
    POSTGRES_PASSWORD: 'letters',
    POSTRIDER_SECRET: 'a secret of this test only and longer than 32 bytes',
    PUBLIC_URL: 'https://news.example.org',
    SMTP_URL: sink.url(),
  });
}

/** The settings of web, with the names of Compose's own network replaced by what runs here. */
async function onThisMachine(compose: Compose): Promise<Env> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const redis = await startRedis({ appendOnly: true });
  const settings = compose.services.web?.environment ?? {};
  const given = Object.entries(settings).map(([name, value]) => [name, String(value)]);
  const emails = await mkdtemp(join(tmpdir(), 'postrider-my-emails-'));
  onTestFinished(() => rm(emails, { recursive: true }));
  const here = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    PORT: String(await freePort()),
    EMAILS_DIR: emails,
  };
  return { ...Object.fromEntries(given), ...here };
}

function commandOf(compose: Compose, service: string): string[] {
  const [program, ...args] = compose.services[service]?.command ?? [];
  expect(program).toBe('postrider');
  return args;
}

function replicasOf(compose: Compose): unknown[] {
  return Array.from({ length: compose.services.worker?.deploy?.replicas ?? 1 });
}

/** The health check of the Dockerfile, as Docker would run it in the container. */
async function healthy(env: Env): Promise<boolean> {
  const dockerfile = readFileSync(`${root}Dockerfile`, 'utf8');
  const [, check = '[]'] = /^HEALTHCHECK[^[]*(\[.*\])$/m.exec(dockerfile) ?? [];
  const [node, ...args] = JSON.parse(check) as string[];
  expect(node).toBe('node');
  return (await run(args, { command: [process.execPath], env })).code === 0;
}

/** `docker compose exec web postrider ...` of the README, in its order, but readers come before the issue. */
async function followReadme(env: Env): Promise<void> {
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const lines = [...readme.matchAll(/^docker compose exec (?:-T )?web postrider (.*)$/gm)];
  const commands = lines.map(([, line = '']) => line);
  const create = commands.filter((line) => line.startsWith('newsletter create'));
  const people = commands.filter((line) => line.startsWith('subscriber import'));
  const others = commands.filter((line) => !create.includes(line) && !people.includes(line));
  expect(others.map((line) => line.split(' ')[1])).toEqual(['import', 'test', 'send']);
  for (const line of [...create, ...people, ...others]) await follow(line, env);
}

async function follow(line: string, env: Env): Promise<void> {
  const [command = '', file] = line.split(' < ');
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const input = file ? inputs[file] : undefined;
  if (file) expect(input, `no input for ${file}`).toBeDefined();
  const ended = await run(words, { env, input });
  expect(ended.code, `postrider ${line}\n${ended.stdout}${ended.stderr}`).toBe(0);
}
