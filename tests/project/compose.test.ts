import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../helpers/processes.ts';
import { composeFile, exampleEnv, readCompose, type Service, variables } from './compose.ts';

const secret = 'x'.repeat(48);
const env = {
  ...exampleEnv(),
  POSTGRES_PASSWORD: 'letters',
  POSTRIDER_SECRET: secret,
  PUBLIC_URL: 'https://news.example.org',
};
const compose = readCompose(env);
const service = (name: string): Service => {
  const found = compose.services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
};

/** What dclint finds without its rules of taste (order of keys, quotes): the Compose schema and real faults. */
function faults(file: string): string[] {
  const taste = ['service-keys-order', 'services-alphabetical-order', 'top-level-properties-order'];
  const off = [...taste, 'require-quotes-in-ports', 'no-unbound-port-interfaces', 'no-version-field'];
  const rules = Object.fromEntries(off.map((rule) => [rule, 0 as const]));
  const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
  const results: { messages: { message: string }[] }[] = linter.lintFiles([file], false);
  return results.flatMap(({ messages }) => messages.map((found) => found.message));
}

test('the Compose file keeps to the Compose schema', () => {
  expect(faults(composeFile)).toEqual([]);
});

test('the schema check would find a key that Compose does not know', () => {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const wrong = join(folder, 'docker-compose.yml');
  writeFileSync(
    wrong,
    readFileSync(composeFile, 'utf8').replace('stop_grace_period: 40s', 'stop_grace: 40s'),
  );
  expect(faults(wrong).join()).toMatch(/services\/web.*must NOT have additional properties/);
});

test('every variable of the Compose file stands in .env.example or has a default', () => {
  const example = readFileSync('.env.example', 'utf8');
  const isDocumented = (name: string) => new RegExp(`^#? ?${name}=`, 'm').test(example);
  const usable = (name: string) =>
    isDocumented(name) || new RegExp(`\\$\\{${name}:-`).test(readFileSync(composeFile, 'utf8'));
  expect(variables().filter((name) => !usable(name))).toEqual([]);
});

test('runs one web, two workers, PostgreSQL, and a Redis that keeps and never evicts the queue', () => {
  expect(service('worker').deploy?.replicas).toBe(2);
  expect(service('redis').command?.join(' ')).toContain('--appendonly yes --maxmemory-policy noeviction');
  for (const name of ['web', 'worker']) expect(service(name).stop_grace_period).toBe('40s');
  expect(service('https').profiles).toEqual(['https']);
});

test('web and workers wait for the migration, and it for the database', () => {
  expect(service('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  for (const name of ['web', 'worker'])
    expect(service(name).depends_on).toMatchObject({
      migrate: { condition: 'service_completed_successfully' },
      redis: { condition: 'service_healthy' },
    });
});

test('nothing but the https profile listens beyond this machine', () => {
  const open = Object.entries(compose.services)
    .filter(([, { ports = [] }]) => ports.some((port) => !port.startsWith('127.0.0.1:')))
    .map(([name]) => name);
  expect(open).toEqual(['https']);
});

test('images are pinned to a version, logs are bounded, and a theme has its place', () => {
  for (const [name, { image, logging }] of Object.entries(compose.services)) {
    if (image !== 'postrider') expect(image, name).toMatch(/:v?\d+\.\d+/);
    expect(logging, name).toEqual({ driver: 'json-file', options: { 'max-size': '20m', 'max-file': '5' } });
  }
  for (const name of ['web', 'worker'])
    expect(service(name)).toMatchObject({
      volumes: ['./my-emails:/emails:ro'],
      environment: { EMAILS_DIR: '/emails' },
    });
});

test('Compose refuses to start without a secret, a password of the database or a public address', () => {
  expect(() => readCompose({ ...env, POSTGRES_PASSWORD: '' })).toThrow(/POSTGRES_PASSWORD/);
  expect(() => readCompose({ ...env, POSTRIDER_SECRET: '' })).toThrow(/POSTRIDER_SECRET/);
  expect(() => readCompose({ ...env, PUBLIC_URL: '' })).toThrow(/PUBLIC_URL/);
});

test('the secret of .env.example is refused by the program, with the way out', async () => {
  const example = readCompose({ ...env, POSTRIDER_SECRET: exampleEnv().POSTRIDER_SECRET ?? '' });
  const settings = example.services.migrate?.environment ?? {};
  const given = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
  const ended = await run(['migrate'], { env: given });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/POSTRIDER_SECRET.*openssl rand -base64 48/);
});
