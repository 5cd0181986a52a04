/** docker-compose.yml as Compose reads it: merged, with `${NAME}` filled in from a given environment. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { root } from '../helpers/processes.ts';

export interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string | number>;
  profiles?: string[];
  ports?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
  deploy?: { replicas?: number };
}

export interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

export const composeFile = `${root}docker-compose.yml`;

/** Throws as Compose does when a variable with `:?` is unset or empty. */
export function readCompose(env: Record<string, string>): Compose {
  const filled = readFileSync(composeFile, 'utf8').replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, mark: string | undefined, rest = '') => fill(env, name, mark, rest),
  );
  return parse(filled, { merge: true }) as Compose;
}

function fill(env: Record<string, string>, name: string, mark: string | undefined, rest: string): string {
  if (env[name]) return env[name];
  if (mark === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
  return mark === '-' ? rest : '';
}

/** Every `${NAME}` of the file. */
export function variables(): string[] {
  return [...readFileSync(composeFile, 'utf8').matchAll(/\$\{(\w+)/g)].map(([, name]) => name as string);
}

/** `.env.example` as Compose would read it as `.env`; commented lines are left out. */
export function exampleEnv(): Record<string, string> {
  const lines = readFileSync(`${root}.env.example`, 'utf8').split('\n');
  const pairs = lines.map((line) => /^(\w+)=(.*)$/.exec(line)).filter((match) => match !== null);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value.trim()]));
}
